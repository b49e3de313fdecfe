import { v7 as newId } from 'uuid'
import { recordAct } from '../../audit-log/audit-log.store.js'
import type { Act } from '../../audit-log/act.js'
import type { JsonValue } from '../../canonical-json.js'
import { providerOf, type SubsystemId } from '../../exchange/identifier.js'
import type { AdminDatabase, AdminTransaction } from '../admin-database.store.js'
import type { Caller } from '../caller.js'
import { RegistryOwners } from '../owner-reader.store.js'
import { Problem } from '../problem.js'
import type { RegistryChanges } from '../registry/registry-changes.js'
import { inPlaceOf } from '../registry/wrapped.js'
import { checkRevision, type Seen } from '../tagged.js'
import { grantedTerms } from './granted-terms.js'
import { openRequestsPerConsumerMax } from './limits.js'
import { declarationOf, rightIdOf } from './right-asked-for.js'
import { requestJson, type GrantTerms } from './request-json.js'
import type { AccessRightRequest, AskedTerms, Ground } from './request.js'
import { addRequest, countOpen, decide, findRequest, type Decision } from './requests.store.js'
import { ownsSystem, standingOf } from './sides.js'
import type { RequestNoticeKind, Tell } from './tell.js'
import { askedAlready, decidedAlready, tooMany } from './texts.js'

export interface DeskParts {
  readonly database: AdminDatabase
  readonly changes: RegistryChanges
  readonly tell: Tell
}

/** Where access rights are asked for, and requests answered. */
export class RequestDesk {
  readonly #parts: DeskParts

  constructor(parts: DeskParts) {
    this.#parts = parts
  }

  /**
   * Asks for a right. What the registry could not take is refused at once, by its own rules.
   * @throws Problem FORBIDDEN, CONFLICT, UNPROCESSABLE with the places
   */
  async ask(asked: AskedTerms, caller: Caller): Promise<AccessRightRequest> {
    const { database } = this.#parts
    const owners = new RegistryOwners(database.pool)
    if (!caller.has('OPERATOR') && !(await ownsSystem(caller, asked.consumer, owners))) {
      throw new Problem('FORBIDDEN')
    }
    await this.#plan(asked, caller)
    const provider = providerOf(asked.service)
    const id = newId()
    return database.transaction(async (client) => {
      if ((await countOpen(client, asked.consumer)) >= openRequestsPerConsumerMax) {
        throw new Problem('CONFLICT', { detail: tooMany })
      }
      const isNew = await addRequest(client, id, asked, { provider, askedBy: caller.name })
      if (!isNew) throw new Problem('CONFLICT', { detail: askedAlready })
      const request = await reread(client, id)
      await this.#record(client, caller, { kind: 'access-right.ask', request })
      await this.#notify(client, 'access-right.asked', request, provider)
      return request
    })
  }

  /** @throws Problem NOT_FOUND, also for whom the request does not concern */
  async read(id: string, caller: Caller): Promise<AccessRightRequest> {
    const { pool } = this.#parts.database
    const request = await findRequest(pool, id)
    if (!request) throw new Problem('NOT_FOUND')
    await standingOf(caller, request, new RegistryOwners(pool))
    return request
  }

  /**
   * The provider grants what was asked for, or less: the right is in the registry in the same transaction.
   * @throws Problem NOT_FOUND, FORBIDDEN, CONFLICT, CHANGED_MEANWHILE, UNPROCESSABLE with the places
   */
  async grant(seen: Seen, terms: GrantTerms, caller: Caller): Promise<AccessRightRequest> {
    const { database, changes } = this.#parts
    const request = await this.read(seen.id, caller)
    const granted = grantedTerms(request, terms)
    const accessRight = rightIdOf(request)
    const decision = { state: 'granted', by: caller.name, accessRight } as const
    const done = { isTrue: false }
    const also = async (client: AdminTransaction): Promise<void> => {
      await this.#decide(client, request, decision, caller, terms.reason)
      done.isTrue = true
    }
    const check = async (client: AdminTransaction): Promise<void> => {
      await this.#locked(client, seen, caller, 'provider')
    }
    const declare = declarationOf(granted)
    const { reason } = terms
    await inPlaceOf(prefix, changes.apply(declare, { caller, reason, check, also }))
    // The very right was in force already: there was nothing to write but the answer.
    if (!done.isTrue) {
      await database.transaction(async (client) => {
        await check(client)
        await also(client)
      })
    }
    return this.read(seen.id, caller)
  }

  /** The provider refuses, and says why. @throws Problem NOT_FOUND, FORBIDDEN, CONFLICT, CHANGED_MEANWHILE */
  refuse(seen: Seen, ground: Ground, caller: Caller): Promise<AccessRightRequest> {
    return this.#end(seen, { state: 'refused', by: caller.name, ground }, caller, 'provider')
  }

  /** Who asked does not ask any more. @throws Problem NOT_FOUND, FORBIDDEN, CONFLICT, CHANGED_MEANWHILE */
  withdraw(seen: Seen, caller: Caller): Promise<AccessRightRequest> {
    return this.#end(seen, { state: 'withdrawn', by: caller.name }, caller, 'consumer')
  }

  #end(
    seen: Seen,
    decision: Decision,
    caller: Caller,
    side: 'consumer' | 'provider',
  ): Promise<AccessRightRequest> {
    return this.#parts.database.transaction(async (client) => {
      const request = await this.#locked(client, seen, caller, side)
      return this.#decide(client, request, decision, caller)
    })
  }

  /** The request, which nobody else changes until the transaction ends, where this caller may decide it. */
  async #locked(
    client: AdminTransaction,
    { id, revision }: Seen,
    caller: Caller,
    side: 'consumer' | 'provider',
  ): Promise<AccessRightRequest> {
    const request = await findRequest(client, id, true)
    if (!request) throw new Problem('NOT_FOUND')
    // Within the transaction: one that waits for another connection could wait for itself.
    const owners = new RegistryOwners(client)
    const { asks, provides } = await standingOf(caller, request, owners)
    // For a provider nobody else decides, and who operates the bus least of all.
    const may = side === 'provider' ? provides : asks || caller.has('OPERATOR')
    if (!may) throw new Problem('FORBIDDEN')
    checkRevision(request.revision, revision)
    if (request.state !== 'asked') throw new Problem('CONFLICT', { detail: decidedAlready })
    return request
  }

  async #decide(
    client: AdminTransaction,
    before: AccessRightRequest,
    decision: Decision,
    caller: Caller,
    reason?: string,
  ): Promise<AccessRightRequest> {
    await decide(client, before.id, decision)
    const request = await reread(client, before.id)
    const { state } = decision
    await this.#record(client, caller, { kind: actKinds[state], request, before, reason })
    const other = state === 'withdrawn' ? request.provider : request.consumer
    await this.#notify(client, `access-right.${state}`, request, other)
    return request
  }

  /** What the registry would say of the right, without writing it. */
  async #plan(terms: AskedTerms, caller: Caller): Promise<void> {
    const { changes } = this.#parts
    await inPlaceOf(prefix, changes.apply(declarationOf(terms), { caller, dryRun: true }))
  }

  async #record(
    client: AdminTransaction,
    caller: Caller,
    { kind, request, before, reason }: RecordedAct,
  ): Promise<void> {
    await recordAct(client, {
      ...caller.actor(),
      ...{ kind, reason, subject: `access right request ${request.id}` },
      before: before && actJson(before),
      after: actJson(request),
    })
  }

  async #notify(
    client: AdminTransaction,
    kind: RequestNoticeKind,
    { id, consumer, service }: AccessRightRequest,
    to: SubsystemId,
  ): Promise<void> {
    const member = await new RegistryOwners(client).ownerOf(to)
    if (member === undefined) return
    await this.#parts.tell(client, { member, kind, subject: id, data: { consumer, service } })
  }
}

interface RecordedAct {
  readonly kind: Act['kind']
  readonly request: AccessRightRequest
  readonly before?: AccessRightRequest
  readonly reason?: string | undefined
}

const actKinds = {
  granted: 'access-right.grant',
  refused: 'access-right.refuse',
  withdrawn: 'access-right.withdraw',
} as const

const prefix = '/accessRights/0'

async function reread(client: AdminTransaction, id: string): Promise<AccessRightRequest> {
  const request = await findRequest(client, id)
  if (!request) throw new Error('a request that was just written')
  return request
}

function actJson(request: AccessRightRequest): JsonValue {
  return requestJson(request)
}
