import type { ActKind } from '../../audit-log/act.js'
import { recordAct } from '../../audit-log/audit-log.store.js'
import type { JsonValue } from '../../canonical-json.js'
import { writeNotices } from '../../notice/notice.store.js'
import type { AdminDatabase, AdminTransaction } from '../admin-database.store.js'
import type { Caller } from '../caller.js'
import { page, type Page } from '../paging.js'
import { Problem } from '../problem.js'
import { checkRevision, type Seen } from '../tagged.js'
import type { AnswerTerms, FilingsQuery, NewFilingBody } from './filing-json.js'
import { filingTerms, type Filing, type FilingKind, type WholeFiling } from './filing.js'
import {
  addEvent,
  addFiling,
  changeFiling,
  countOpen,
  countSince,
  eventsOf,
  findFiling,
  isParticipant,
  listFilings,
  type FilingChange,
} from './filings.store.js'
import { filingsPerMemberDayMax, openFilingsPerMemberMax } from './limits.js'
import { acceptedAlready, endedAlready, noMember, tooMany, tooOften } from './texts.js'

const dayMs = 86_400_000

const actKinds = {
  filed: 'filing.file',
  accepted: 'filing.accept',
  answered: 'filing.answer',
  withdrawn: 'filing.withdraw',
} as const satisfies Record<string, ActKind>

/** Where participants file faults or proposals, and are answered. One desk a kind. */
export class FilingDesk {
  readonly kind: FilingKind
  readonly #database: AdminDatabase
  readonly #now: () => Date

  constructor(kind: FilingKind, database: AdminDatabase, now: () => Date) {
    this.kind = kind
    this.#database = database
    this.#now = now
  }

  /** @throws Problem FORBIDDEN for whom the caller does not speak for; CONFLICT, UNPROCESSABLE */
  file({ member, about, title, text }: NewFilingBody, caller: Caller): Promise<WholeFiling> {
    if (!caller.members.includes(member)) throw new Problem('FORBIDDEN')
    const { kind } = this
    const at = this.#now()
    return this.#database.transaction(async (client) => {
      if (!(await isParticipant(client, member))) {
        const errors = [{ pointer: '/member', detail: noMember }]
        throw new Problem('UNPROCESSABLE', { errors })
      }
      if ((await countOpen(client, member, kind)) >= openFilingsPerMemberMax) {
        throw new Problem('CONFLICT', { detail: tooMany })
      }
      const since = new Date(at.getTime() - dayMs)
      if ((await countSince(client, member, kind, since)) >= filingsPerMemberDayMax) {
        throw new Problem('CONFLICT', { detail: tooOften })
      }
      const wanted = { kind, member, about, title, body: text, filedBy: caller.name, filedAt: at }
      return this.#done(client, await addFiling(client, wanted), caller, { at })
    })
  }

  /** @throws Problem NOT_FOUND, also for whom it does not concern */
  async read(id: string, caller: Caller): Promise<WholeFiling> {
    const { pool } = this.#database
    const filing = await findFiling(pool, { kind: this.kind, id })
    if (!filing || !this.#concerns(filing, caller)) throw new Problem('NOT_FOUND')
    return { filing, history: await eventsOf(pool, id) }
  }

  async list({ limit, ...wanted }: FilingsQuery, caller: Caller): Promise<Page<Filing>> {
    const found = await listFilings(this.#database.pool, {
      ...{ ...wanted, kind: this.kind, limit: limit + 1 },
      ofMembers: this.#readsAll(caller) ? undefined : caller.members,
    })
    return page(found, limit, ({ id }) => id)
  }

  /** Somebody deals with it. @throws Problem NOT_FOUND, FORBIDDEN, CONFLICT, CHANGED_MEANWHILE */
  accept(seen: Seen, note: string | undefined, caller: Caller): Promise<WholeFiling> {
    return this.#change(seen, { state: 'accepted' }, caller, note)
  }

  /** The answer ends it. @throws Problem NOT_FOUND, FORBIDDEN, CONFLICT, CHANGED_MEANWHILE */
  answer(seen: Seen, { outcome, answer }: AnswerTerms, caller: Caller): Promise<WholeFiling> {
    return this.#change(seen, { state: 'answered', outcome, answer }, caller, answer)
  }

  /** By who filed it. @throws Problem NOT_FOUND, FORBIDDEN, CONFLICT, CHANGED_MEANWHILE */
  withdraw(seen: Seen, caller: Caller): Promise<WholeFiling> {
    return this.#change(seen, { state: 'withdrawn' }, caller)
  }

  #change(
    { id, revision }: Seen,
    change: Omit<FilingChange, 'at'>,
    caller: Caller,
    note?: string,
  ): Promise<WholeFiling> {
    const at = this.#now()
    return this.#database.transaction(async (client) => {
      const before = await findFiling(client, { kind: this.kind, id }, true)
      if (!before || !this.#concerns(before, caller)) throw new Problem('NOT_FOUND')
      if (!this.#may(change.state, before, caller)) throw new Problem('FORBIDDEN')
      checkRevision(before.revision, revision)
      assertOpen(before, change.state)
      const filing = await changeFiling(client, id, { ...change, at })
      return this.#done(client, filing, caller, { at, before, note })
    })
  }

  #may(state: FilingChange['state'], { member }: Filing, caller: Caller): boolean {
    if (state === 'withdrawn') return caller.members.includes(member as (typeof caller.members)[0])
    return filingTerms[this.kind].answeredBy.some((role) => caller.has(role))
  }

  #concerns({ member }: Filing, caller: Caller): boolean {
    return this.#readsAll(caller) || caller.members.some((each) => each === member)
  }

  #readsAll(caller: Caller): boolean {
    return filingTerms[this.kind].readBy.some((role) => caller.has(role))
  }

  async #done(
    client: AdminTransaction,
    filing: Filing,
    caller: Caller,
    made: { readonly at: Date; readonly before?: Filing; readonly note?: string | undefined },
  ): Promise<WholeFiling> {
    const { at, before, note } = made
    await addEvent(client, filing, { at, actor: caller.name, note })
    await recordAct(client, {
      ...{ ...caller.actor(), kind: actKinds[filing.state] },
      subject: `${this.kind} ${filing.number}`,
      before: before && actJson(before),
      after: actJson(filing),
    })
    await this.#tell(client, filing)
    return { filing, history: await eventsOf(client, filing.id) }
  }

  /** Who answers is told what members do, and the member what becomes of it. */
  async #tell(client: AdminTransaction, filing: Filing): Promise<void> {
    const { id: subject, number, member, title, state } = filing
    const kind = `filing.${state}` as const
    const notice = { kind, subject, data: { filing: this.kind, number, member, title } }
    const isMembers = state === 'filed' || state === 'withdrawn'
    const { answeredBy } = filingTerms[this.kind]
    const notices = isMembers
      ? answeredBy.map((role) => ({ ...notice, role }))
      : [{ ...notice, member }]
    await writeNotices(client, notices)
  }
}

function assertOpen({ state }: Filing, next: FilingChange['state']): void {
  if (state === 'answered' || state === 'withdrawn') {
    throw new Problem('CONFLICT', { detail: endedAlready })
  }
  if (state === 'accepted' && next === 'accepted') {
    throw new Problem('CONFLICT', { detail: acceptedAlready })
  }
}

function actJson(filing: Filing): JsonValue {
  return JSON.parse(JSON.stringify(filing)) as JsonValue
}
