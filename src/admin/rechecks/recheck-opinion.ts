import { checkedBy, judgedProtocol, linesOf, type CaseCheck } from '../../connection/case-check.js'
import { CaseError } from '../../connection/case-error.js'
import { withMerged } from '../../connection/case-succession.store.js'
import { findCase, stepsOf } from '../../connection/case.store.js'
import type { CaseDocument } from '../../connection/connection-case.js'
import { profileOf } from '../../connection/domain-profile.store.js'
import type { CheckProtocol, RequirementSet } from '../../conformity/requirement.js'
import { DocumentError } from '../../document/document-error.js'
import type { Recheck } from '../../recheck/recheck.js'
import type { Caller } from '../caller.js'
import {
  contentOf,
  protocolContent,
  put,
  referenceTo,
  signatory,
  unmetOf,
} from '../connection-cases/case-contents.js'
import type { LockedCase } from '../connection-cases/case-moves.js'
import { passedByOfficer, signatoriesOf } from '../connection-cases/opining.js'
import { opinionCopy } from '../connection-cases/tell.js'
import {
  checkedByYou,
  notCheckedYet,
  nothingUnmet,
  undecided,
  unmet,
} from '../connection-cases/texts.js'
import { recordAct } from '../../audit-log/audit-log.store.js'
import { writeNotices } from '../../notice/notice.store.js'
import { Problem } from '../problem.js'
import { declarationOf } from './declared-change.js'
import type { RecheckParts } from './desk-parts.js'
import { moved } from './opening.js'
import { lastCheck, type LockedRecheck, type RecheckDesk, type Seen } from './recheck-desk.js'
import { tellOfRecheck } from './tell.js'
import { texts } from './texts.js'

export interface OpinionTerms {
  readonly isPositive: boolean
  readonly remark: string | undefined
}

interface Judged {
  readonly check: CaseCheck
  readonly protocol: CheckProtocol
  readonly set: RequirementSet
}

/** Opinions on what is rechecked: by an officer who had no hand in the check, in writing as in a case. */
export class RecheckOpinion {
  readonly #parts: RecheckParts
  readonly #desk: RecheckDesk

  constructor(parts: RecheckParts, desk: RecheckDesk) {
    this.#parts = parts
    this.#desk = desk
  }

  /**
   * A positive opinion ends the recheck; after a negative one the object is suspended on its day.
   * @throws Problem NOT_FOUND, FORBIDDEN, CHANGED_MEANWHILE, CONFLICT, UNPROCESSABLE
   */
  async give(seen: Seen, opinion: OpinionTerms, caller: Caller): Promise<Recheck> {
    try {
      return await this.#desk.locked(seen, caller, (locked) => this.#give(locked, opinion, caller))
    } catch (error) {
      if (error instanceof CaseError) throw new Problem('CONFLICT', { detail: error.text })
      if (!(error instanceof DocumentError)) throw error
      throw new Problem('UNPROCESSABLE', { detail: error.message })
    }
  }

  async #give(locked: LockedRecheck, opinion: OpinionTerms, caller: Caller): Promise<Recheck> {
    const { client, recheck, at } = locked
    await this.#desk.checkOfficer(locked, caller)
    this.#desk.checkNotDeclarer(locked, caller)
    if (recheck.scope === 'probe') throw new CaseError(texts.byProbe)
    const judged = await this.#judged(locked, caller)
    checkLines(judged.protocol, opinion)
    const documents = await this.#write(locked, judged, opinion, caller)
    const paper = documents.at(-1)
    const state = stateAfter(recheck, opinion)
    if (state === 'confirmed') await this.#change(locked, caller)
    const after = await moved(client, recheck, state, { at, by: caller.actor(), documents })
    const number = paper && { number: paper.number }
    const kind = opinion.isPositive ? 'recheck.confirmed' : 'recheck.denied'
    await tellOfRecheck(client, kind, after, { ...number })
    return after
  }

  /** The last check where it has ended, nothing in it is open, and the caller had no hand in it. */
  async #judged({ client, recheck }: LockedRecheck, caller: Caller): Promise<Judged> {
    const check = await lastCheck(client, recheck.id)
    const protocol = judgedProtocol(check)
    if (!protocol) throw new CaseError(notCheckedYet)
    if (check.requirementSet < recheck.requirementSet) throw new CaseError(texts.olderSet)
    if (this.#parts.separationOfDuties && checkedBy(check).has(caller.administratorId)) {
      throw new Problem('FORBIDDEN', { detail: checkedByYou })
    }
    const set = await this.#parts.requirementSets.ofVersion(client, check.requirementSet)
    return { check, protocol, set }
  }

  /** Protocol and opinion, among the documents of the case that connected the object. */
  async #write(
    locked: LockedRecheck,
    { check, protocol, set }: Judged,
    { isPositive, remark }: OpinionTerms,
    caller: Caller,
  ): Promise<CaseDocument[]> {
    const asCase = await lockedCaseOf(locked, caller)
    const { documents } = this.#parts
    const content = await contentOf(asCase)
    const protocolText = protocolContent(content, asCase, protocol, set)
    const written = await put(documents, asCase, protocolText, signatoriesOf(check))
    const application = referenceTo(asCase.steps, 'application')
    const common = {
      ...{ ...content, application, remark, requirementSet: set.version },
      check: { number: written.number, at: locked.at },
    }
    const opinion = await put(
      documents,
      asCase,
      isPositive
        ? { ...common, kind: 'opinion', passedByOfficer: passedByOfficer(protocol) }
        : { ...common, kind: 'negative-opinion', unmet: unmetOf(protocol, set) },
      [signatory(caller.name, 'operator')],
    )
    await this.#send(asCase, opinion)
    return [written, opinion]
  }

  /** The copy for the State Agency, as with every opinion. */
  async #send(
    { client, caller, connectionCase, at }: LockedCase,
    document: CaseDocument,
  ): Promise<void> {
    const { id, number, digest, kind } = document
    const act = { ...caller.actor(), kind: 'opinion.send', subject: `document ${id}` } as const
    const after = { to: 'AGENCY', number, digest, kind, connectionCase: connectionCase.id }
    await recordAct(client, { ...act, after }, at)
    await writeNotices(client, [opinionCopy(connectionCase, document)])
  }

  /** What was declared is so from now on. */
  async #change({ client, recheck }: LockedRecheck, caller: Caller): Promise<void> {
    const { object, change, reason } = recheck
    const document = change && declarationOf(object, change)
    if (!document) return
    await this.#parts.changes.applyIn(client, JSON.stringify(document), { caller, reason })
  }
}

/** What is suspended stays so until there is a positive opinion. */
function stateAfter({ state }: Recheck, { isPositive }: OpinionTerms): Recheck['state'] {
  if (isPositive) return 'confirmed'
  return state === 'suspended' ? 'suspended' : 'denied'
}

function checkLines(protocol: CheckProtocol, { isPositive }: OpinionTerms): void {
  const codesOf = (result: 'open' | 'fail'): string[] =>
    linesOf(protocol, result).map(({ code }) => code)
  if (codesOf('open').length > 0) throw new CaseError(undecided(codesOf('open')))
  const failed = codesOf('fail')
  if (isPositive && failed.length > 0) throw new CaseError(unmet(failed))
  if (!isPositive && failed.length === 0) throw new CaseError(nothingUnmet)
}

/** The case that connected the object, with its owner of today. */
async function lockedCaseOf(
  { client, recheck, at }: LockedRecheck,
  caller: Caller,
): Promise<LockedCase> {
  const { connectionCase: id, member } = recheck
  const found = await findCase(client, id)
  if (!found) throw new Error('a case is never removed')
  const connectionCase = { ...found, member }
  const steps = await stepsOf(client, id)
  const profile = await profileOf(client, found.domain)
  const owners = await withMerged(client, member)
  return { client, connectionCase, steps, profile, owners, caller, at }
}
