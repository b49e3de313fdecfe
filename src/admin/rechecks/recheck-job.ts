import { judgedProtocol, linesOf } from '../../connection/case-check.js'
import { checksOfRecheck } from '../../connection/case-check.store.js'
import {
  connectedBefore,
  requirementsDue,
  type RequirementsDue,
} from '../../recheck/connected.store.js'
import { recheckDays, rechecksPerTurn } from '../../recheck/limits.js'
import type { ConnectedObject, Recheck } from '../../recheck/recheck.js'
import { takeOverdue, takeProbed, takeWarnings } from '../../recheck/recheck.store.js'
import type { AdminTransaction } from '../admin-database.store.js'
import { Problem } from '../problem.js'
import { declarationOf } from './declared-change.js'
import type { RecheckParts } from './desk-parts.js'
import { moved, openRecheck } from './opening.js'
import { suspendObject } from './suspending.js'
import { tellConsumers, tellOfRecheck } from './tell.js'
import { texts } from './texts.js'

/** Who acts when a day has come. */
const bus = { actor: 'sluice', role: 'bus' }
const dayMs = 86_400_000

export type RecheckJobParts = Pick<RecheckParts, 'database' | 'requirementSets' | 'changes'>

/**
 * Opens the rechecks that new requirements ask for, warns of those that are open, suspends what has no positive opinion on its
 * day, and makes the changes that the kit accepts. Several nodes may run it: each thing happens once.
 */
export class RecheckJob {
  readonly #parts: RecheckJobParts

  constructor(parts: RecheckJobParts) {
    this.#parts = parts
  }

  /**
   * One turn.
   * @returns how many rechecks were opened, warned of, or came to an end
   * @throws Error of the database
   */
  async turn(now: Date): Promise<number> {
    const opened = await this.#open(now)
    const warned = await this.#warn(now)
    const settled = await this.#settle(now)
    return opened + warned + settled + (await this.#suspend(now))
  }

  async #open(now: Date): Promise<number> {
    const { database } = this.#parts
    const due = await requirementsDue(database.pool, now)
    if (!due) return 0
    let opened = 0
    for (const connected of await connectedBefore(database.pool, due.version, rechecksPerTurn)) {
      const recheck = await database.transaction((client) => open(client, connected, due, now))
      if (recheck) opened += 1
    }
    return opened
  }

  #warn(now: Date): Promise<number> {
    return this.#parts.database.transaction(async (client) => {
      const due = await takeWarnings(client, now, rechecksPerTurn)
      for (const { days, ...recheck } of due) {
        await tellOfRecheck(client, 'recheck.due', recheck, { days })
      }
      return due.length
    })
  }

  async #suspend(now: Date): Promise<number> {
    const { database, changes } = this.#parts
    const tried: string[] = []
    const troubles: Problem[] = []
    while (tried.length < rechecksPerTurn) {
      try {
        const one = (client: AdminTransaction): Promise<boolean> =>
          suspendNext(client, changes, now, tried)
        if (!(await database.transaction(one))) break
      } catch (error) {
        if (!(error instanceof Problem)) throw error
        troubles.push(error)
      }
    }
    // What the registry has something against keeps nothing else from its day.
    if (troubles[0]) throw troubles[0]
    return tried.length
  }

  /** One that waits for an officer stays, and the next is looked at. */
  async #settle(now: Date): Promise<number> {
    let settled = 0
    let after: string | undefined
    for (let looked = 0; looked < rechecksPerTurn; looked += 1) {
      const found = await this.#settleNext(after, now)
      if (!found) break
      after = found.id
      if (found.state !== 'open') settled += 1
    }
    return settled
  }

  async #settleNext(after: string | undefined, now: Date): Promise<Recheck | undefined> {
    const { database } = this.#parts
    let taken: Recheck | undefined
    try {
      return await database.transaction(async (client) => {
        taken = await takeProbed(client, after)
        return taken && this.#judge(client, taken, now)
      })
    } catch (error) {
      // The registry has something against the change by now.
      if (!(error instanceof Problem) || !taken) throw error
      const recheck = taken
      return database.transaction((client) => refuse(client, recheck, now))
    }
  }

  async #judge(client: AdminTransaction, recheck: Recheck, now: Date): Promise<Recheck> {
    const { requirementSets, changes } = this.#parts
    const check = (await checksOfRecheck(client, recheck.id)).at(-1)
    const protocol = check && judgedProtocol(check)
    if (!protocol) return recheck
    const { requirements } = await requirementSets.ofVersion(client, check.requirementSet)
    const probed = new Set(
      requirements.filter(({ by }) => by === 'automatic').map(({ code }) => code),
    )
    const lines = linesOf(protocol, 'fail', 'open').filter(({ code }) => probed.has(code))
    if (lines.some(({ result }) => result === 'fail')) return refuse(client, recheck, now)
    if (lines.length > 0) return recheck
    const { object, change, openedBy, reason } = recheck
    const document = change && declarationOf(object, change)
    if (document) {
      const terms = { caller: { actor: () => openedBy }, reason }
      await changes.applyIn(client, JSON.stringify(document), terms)
    }
    const after = await moved(client, recheck, 'confirmed', { at: now, by: bus })
    await tellOfRecheck(client, 'recheck.confirmed', after)
    return after
  }
}

function open(
  client: AdminTransaction,
  connected: ConnectedObject,
  { version, recheckUntil }: RequirementsDue,
  at: Date,
): Promise<Recheck | undefined> {
  // What is connected after that day by older requirements has its time as well.
  const until = recheckUntil > at ? recheckUntil : new Date(at.getTime() + recheckDays * dayMs)
  return openRecheck(client, connected, {
    ...{ cause: 'requirements', scope: 'full', requirementSet: version, until },
    ...{ by: bus, at },
  })
}

async function suspendNext(
  client: AdminTransaction,
  changes: RecheckParts['changes'],
  now: Date,
  tried: string[],
): Promise<boolean> {
  const recheck = await takeOverdue(client, now, tried)
  if (!recheck) return false
  tried.push(recheck.id)
  await suspendObject(client, changes, recheck, { actor: bus, reason: texts.suspended.az })
  const after = await moved(client, recheck, 'suspended', { at: now, by: bus })
  await tellOfRecheck(client, 'recheck.suspended', after)
  await tellConsumers(client, 'recheck.suspended', after, now)
  return true
}

async function refuse(client: AdminTransaction, recheck: Recheck, now: Date): Promise<Recheck> {
  const after = await moved(client, recheck, 'refused', { at: now, by: bus })
  await tellOfRecheck(client, 'recheck.refused', after)
  return after
}
