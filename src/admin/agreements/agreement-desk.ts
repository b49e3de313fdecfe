import { v7 as newId } from 'uuid'
import {
  partyOf,
  type Agreement,
  type AgreementSide,
  type AgreementTerms,
} from '../../agreement/agreement.js'
import {
  addAgreement,
  conclude,
  findAgreement,
  hasAgreementAhead,
  lockAgreementsOf,
  noteAcceptance,
  withdraw,
} from '../../agreement/agreement.store.js'
import type { ActKind } from '../../audit-log/act.js'
import { recordAct } from '../../audit-log/audit-log.store.js'
import type { RequirementSets } from '../../connection/requirement-sets.js'
import type { MemberId } from '../../exchange/identifier.js'
import type { AdminDatabase, AdminTransaction } from '../admin-database.store.js'
import { oversees, type Caller } from '../caller.js'
import { Problem } from '../problem.js'
import { checkRevision, type Seen } from '../tagged.js'
import { agreementJson, type NewAgreement } from './agreement-json.js'
import type { AgreementPapers } from './agreement-papers.js'
import { termsOf } from './agreement-terms.js'
import { tellOfAgreement } from './tell.js'
import { texts } from './texts.js'

export interface AgreementDeskParts {
  readonly database: AdminDatabase
  readonly papers: AgreementPapers
  readonly requirementSets: RequirementSets
  readonly now: () => Date
}

/** Where agreements are drafted by the operator, and accepted by both sides. */
export class AgreementDesk {
  readonly #parts: AgreementDeskParts

  constructor(parts: AgreementDeskParts) {
    this.#parts = parts
  }

  /** @throws Problem CONFLICT, UNPROCESSABLE with the places */
  async draft(body: NewAgreement, caller: Caller): Promise<Agreement> {
    const { database, now, requirementSets } = this.#parts
    const at = now()
    return database.transaction(async (client) => {
      const member = body.member as MemberId
      await lockAgreementsOf(client, member)
      const terms = await termsOf(client, body, requirementSets, at)
      await checkNothingElse(client, terms, at)
      const drafted = { by: caller.name, at }
      const agreement = await addAgreement(client, newId(), terms, drafted)
      if (!agreement) {
        const isRenewal = terms.renews !== undefined
        throw new Problem('CONFLICT', { detail: isRenewal ? texts.renewedAlready : texts.waiting })
      }
      await record(client, caller, 'agreement.draft', { agreement })
      await tellOfAgreement(client, 'agreement.drafted', agreement)
      return agreement
    })
  }

  /** @throws Problem NOT_FOUND, also for whom the agreement does not concern */
  async read(id: string, caller: Caller): Promise<Agreement> {
    return concerning(caller, await findAgreement(this.#parts.database.pool, id))
  }

  /**
   * Accepts a draft in the name of a side; what both have accepted is concluded, and in writing.
   * @throws Problem NOT_FOUND, FORBIDDEN, CHANGED_MEANWHILE, CONFLICT
   */
  async accept(seen: Seen, side: AgreementSide, caller: Caller): Promise<Agreement> {
    const { database, now, papers } = this.#parts
    return database.transaction(async (client) => {
      const at = now()
      const draft = await locked(client, seen, caller)
      checkMayAccept(draft, side, caller, at)
      const { administratorId: account, name } = caller
      await noteAcceptance(client, draft.id, side, { account, name, at })
      const accepted = await reread(client, draft.id)
      if (accepted.accepted.member && accepted.accepted.operator) {
        await conclude(client, draft.id, await papers.agreement(client, accepted, caller))
      }
      const agreement = await reread(client, draft.id)
      await record(client, caller, 'agreement.accept', { agreement, before: draft })
      if (agreement.state === 'concluded') {
        await tellOfAgreement(client, 'agreement.concluded', agreement)
      }
      return agreement
    })
  }

  /** Either side takes a draft back. @throws Problem NOT_FOUND, FORBIDDEN, CHANGED_MEANWHILE, CONFLICT */
  async withdraw(seen: Seen, reason: string, caller: Caller): Promise<Agreement> {
    return this.#parts.database.transaction(async (client) => {
      const draft = await locked(client, seen, caller)
      if (!caller.has('OPERATOR') && !caller.members.includes(draft.member)) {
        throw new Problem('FORBIDDEN')
      }
      await withdraw(client, draft.id, caller.name)
      const agreement = await reread(client, draft.id)
      await record(client, caller, 'agreement.withdraw', { agreement, before: draft, reason })
      await tellOfAgreement(client, 'agreement.withdrawn', agreement)
      return agreement
    })
  }
}

/** That there is one is nobody else's business. */
function concerning(caller: Caller, agreement: Agreement | undefined): Agreement {
  if (!agreement) throw new Problem('NOT_FOUND')
  const sides = [agreement.member, partyOf(agreement)]
  if (oversees(caller) || sides.some((each) => caller.members.includes(each))) {
    return agreement
  }
  throw new Problem('NOT_FOUND')
}

/** One agreement at a time: another has to be a renewal of it. */
async function checkNothingElse(
  client: AdminTransaction,
  { member, renews }: AgreementTerms,
  now: Date,
): Promise<void> {
  if (renews === undefined && (await hasAgreementAhead(client, member, now))) {
    throw new Problem('CONFLICT', { detail: texts.goesOn })
  }
}

/** The draft, which nobody else changes until the transaction ends. */
async function locked(
  client: AdminTransaction,
  { id, revision }: Seen,
  caller: Caller,
): Promise<Agreement> {
  const agreement = concerning(caller, await findAgreement(client, id, true))
  checkRevision(agreement.revision, revision)
  if (agreement.state !== 'drafted') throw new Problem('CONFLICT', { detail: texts.decided })
  return agreement
}

function checkMayAccept(draft: Agreement, side: AgreementSide, caller: Caller, now: Date): void {
  const { member, accepted, until } = draft
  const may = side === 'operator' ? caller.has('OPERATOR') : caller.members.includes(member)
  if (!may) throw new Problem('FORBIDDEN')
  if (accepted[side]) throw new Problem('CONFLICT', { detail: texts.accepted })
  if (until <= now) throw new Problem('CONFLICT', { detail: texts.over })
  const other = accepted[side === 'operator' ? 'member' : 'operator']
  if (other?.account === caller.administratorId) {
    throw new Problem('FORBIDDEN', { detail: texts.samePerson })
  }
}

async function record(
  client: AdminTransaction,
  caller: Caller,
  kind: ActKind,
  {
    agreement,
    before,
    reason,
  }: { readonly agreement: Agreement; readonly before?: Agreement; readonly reason?: string },
): Promise<void> {
  await recordAct(client, {
    ...caller.actor(),
    ...{ kind, reason, subject: `agreement ${agreement.id}` },
    before: before && agreementJson(before),
    after: agreementJson(agreement),
  })
}

async function reread(client: AdminTransaction, id: string): Promise<Agreement> {
  const agreement = await findAgreement(client, id)
  if (!agreement) throw new Error('an agreement that was just written')
  return agreement
}
