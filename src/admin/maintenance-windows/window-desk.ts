import { v7 as newId } from 'uuid'
import type { ActKind } from '../../audit-log/act.js'
import { recordAct } from '../../audit-log/audit-log.store.js'
import type { JsonValue } from '../../canonical-json.js'
import {
  isLate,
  stateOf,
  withTerms,
  type FiledWindow,
  type WindowState,
  type WindowTerms,
} from '../../maintenance/filed-window.js'
import { openWindowsMax, windowChangesMax, windowsPerDayMax } from '../../maintenance/limits.js'
import {
  addWindow,
  countFiledSince,
  countOpen,
  countStates,
  findWindow,
  updateWindow,
  type RevisedWindow,
} from '../../maintenance/windows.store.js'
import type { AdminDatabase, AdminTransaction } from '../admin-database.store.js'
import type { Caller } from '../caller.js'
import { Problem } from '../problem.js'
import { checkRevision } from '../tagged.js'
import { tellConcerned, type WindowNoticeKind } from './tell-concerned.js'
import {
  changedTooOften,
  filedTooOften,
  isOver,
  notPlanned,
  notRunning,
  startedAlready,
  tooManyWindows,
} from './texts.js'
import { windowJson, type NewWindow, type WindowChanges } from './window-json.js'
import { checkMayChange, targetOf } from './window-target.js'
import { checkTimes } from './window-times.js'

export interface WindowDeskParts {
  readonly database: AdminDatabase
  /** How long ahead notice is in time. */
  readonly noticeHours: number
  readonly now: () => Date
}

/** A window as its caller saw it. */
export interface Seen {
  readonly id: string
  readonly revision: number
}

interface Ending {
  readonly from: WindowState
  readonly otherwise: { readonly az: string; readonly en: string }
  readonly kind: ActKind
  readonly notice: WindowNoticeKind
  readonly end: (window: FiledWindow, now: Date) => FiledWindow
  readonly reason?: string
}

const dayMs = 86_400_000

/** Where works are announced, changed, called off and ended. */
export class WindowDesk {
  readonly #parts: WindowDeskParts

  constructor(parts: WindowDeskParts) {
    this.#parts = parts
  }

  get noticeHours(): number {
    return this.#parts.noticeHours
  }

  now(): Date {
    return this.#parts.now()
  }

  /**
   * Announces works. Late notice is taken, and marked: the duty is to inform (C7).
   * @throws Problem FORBIDDEN, CONFLICT, UNPROCESSABLE with the places
   */
  file(asked: NewWindow, caller: Caller): Promise<RevisedWindow> {
    const { database, noticeHours } = this.#parts
    return database.transaction(async (client) => {
      const target = await targetOf(client, asked.target, caller)
      const now = this.now()
      // Works that nobody planned begin as they are told of, and are as late as can be.
      const from = asked.from === undefined ? now : new Date(asked.from)
      const terms = { from, until: new Date(asked.until) }
      checkTimes(terms, now)
      await checkNumber(client, target.subsystem, now)
      const announced = {
        ...{ id: newId(), ...target, ...terms, works: asked.works, filedAt: now, announcedAt: now },
        ...{ calledOffAt: undefined, endedAt: undefined },
      }
      const window = { ...announced, late: isLate(announced, noticeHours) }
      await addWindow(client, window)
      return this.#told(client, caller, {
        ...{ kind: 'maintenance.file', notice: 'maintenance.planned', window, now },
      })
    })
  }

  /** @throws Problem NOT_FOUND, FORBIDDEN, CONFLICT, CHANGED_MEANWHILE, UNPROCESSABLE with the places */
  change(seen: Seen, changes: WindowChanges, caller: Caller): Promise<RevisedWindow> {
    const { database, noticeHours } = this.#parts
    return database.transaction(async (client) => {
      const now = this.now()
      const before = await this.#locked(client, seen, caller)
      const state = stateOf(before, now)
      if (state !== 'planned' && state !== 'running') {
        throw new Problem('CONFLICT', { detail: isOver })
      }
      const terms = {
        from: changes.from === undefined ? before.from : new Date(changes.from),
        until: changes.until === undefined ? before.until : new Date(changes.until),
        works: changes.works ?? before.works,
      }
      // Nothing is new, and nobody is told of it.
      if (isSame(terms, before)) return before
      await checkChanges(client, before.id)
      const begun = state === 'running'
      if (begun && terms.from.getTime() !== before.from.getTime()) {
        throw new Problem('UNPROCESSABLE', {
          errors: [{ pointer: '/from', detail: startedAlready }],
        })
      }
      checkTimes(terms, now, begun)
      const window = withTerms(before, terms, { now, noticeHours })
      await updateWindow(client, window)
      return this.#told(client, caller, {
        ...{ kind: 'maintenance.change', notice: 'maintenance.changed', before, window, now },
      })
    })
  }

  /** Before they begin. @throws Problem NOT_FOUND, FORBIDDEN, CONFLICT, CHANGED_MEANWHILE */
  callOff(seen: Seen, reason: string, caller: Caller): Promise<RevisedWindow> {
    return this.#end(seen, caller, {
      ...{ from: 'planned', otherwise: notPlanned, reason },
      ...{ kind: 'maintenance.call-off', notice: 'maintenance.cancelled' },
      end: (window, now) => ({ ...window, calledOffAt: now }),
    })
  }

  /** Sooner than planned: every node lets requests pass again. @throws Problem as `callOff` */
  end(seen: Seen, caller: Caller): Promise<RevisedWindow> {
    return this.#end(seen, caller, {
      ...{ from: 'running', otherwise: notRunning },
      ...{ kind: 'maintenance.end', notice: 'maintenance.ended' },
      end: (window, now) => ({ ...window, endedAt: now }),
    })
  }

  #end(seen: Seen, caller: Caller, ending: Ending): Promise<RevisedWindow> {
    return this.#parts.database.transaction(async (client) => {
      const now = this.now()
      const before = await this.#locked(client, seen, caller)
      if (stateOf(before, now) !== ending.from) {
        throw new Problem('CONFLICT', { detail: ending.otherwise })
      }
      const window = ending.end(before, now)
      await updateWindow(client, window)
      const { kind, notice, reason } = ending
      return this.#told(client, caller, { kind, notice, reason, before, window, now })
    })
  }

  async #locked(
    client: AdminTransaction,
    { id, revision }: Seen,
    caller: Caller,
  ): Promise<RevisedWindow> {
    const window = await findWindow(client, id, true)
    if (!window) throw new Problem('NOT_FOUND')
    await checkMayChange(client, window, caller)
    checkRevision(window.revision, revision)
    return window
  }

  /** The act, and the notices, in the transaction of what they tell. */
  async #told(
    client: AdminTransaction,
    caller: Caller,
    told: {
      readonly kind: ActKind
      readonly notice: WindowNoticeKind
      readonly before?: FiledWindow
      readonly window: FiledWindow
      readonly reason?: string | undefined
      readonly now: Date
    },
  ): Promise<RevisedWindow> {
    const { kind, notice, before, window, reason, now } = told
    const { noticeHours } = this.#parts
    const json = (each: FiledWindow): JsonValue => windowJson(each, now, noticeHours)
    await recordAct(client, {
      ...caller.actor(),
      ...{ kind, reason, subject: `maintenance window ${window.id}` },
      before: before && json(before),
      after: json(window),
    })
    await tellConcerned(client, notice, window, { now, noticeHours })
    const written = await findWindow(client, window.id)
    if (!written) throw new Error('a window that was just written')
    return written
  }
}

function isSame(one: WindowTerms, other: WindowTerms): boolean {
  return (
    one.from.getTime() === other.from.getTime() &&
    one.until.getTime() === other.until.getTime() &&
    one.works.az === other.works.az &&
    one.works.en === other.works.en
  )
}

/** @throws Problem CONFLICT for a system, or a bus, with works enough */
async function checkNumber(
  client: AdminTransaction,
  subsystem: string | undefined,
  now: Date,
): Promise<void> {
  if ((await countOpen(client, subsystem, now)) >= openWindowsMax) {
    throw new Problem('CONFLICT', { detail: tooManyWindows })
  }
  const since = new Date(now.getTime() - dayMs)
  if ((await countFiledSince(client, subsystem, since)) >= windowsPerDayMax) {
    throw new Problem('CONFLICT', { detail: filedTooOften })
  }
}

/** @throws Problem CONFLICT for works that were changed often */
async function checkChanges(client: AdminTransaction, id: string): Promise<void> {
  if ((await countStates(client, id)) <= windowChangesMax) return
  throw new Problem('CONFLICT', { detail: changedTooOften })
}
