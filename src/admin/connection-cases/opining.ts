import type { Act } from '../../audit-log/act.js'
import { checkedBy, judgedProtocol, linesOf, type CaseCheck } from '../../connection/case-check.js'
import { CaseError } from '../../connection/case-error.js'
import type { CaseDocument, ConnectionCase } from '../../connection/connection-case.js'
import type { CheckProtocol, RequirementSet } from '../../conformity/requirement.js'
import type { CaseContent, DocumentReference, Person } from '../../document/document-content.js'
import type { Caller } from '../caller.js'
import { Problem } from '../problem.js'
import {
  contentOf,
  findReference,
  protocolContent,
  put,
  referenceTo,
  signatory,
  unmetOf,
} from './case-contents.js'
import type { CaseMoves, LockedCase, Seen } from './case-moves.js'
import { lastCheck } from './checking.js'
import type { DeskParts } from './desk-parts.js'
import { opinionCopy, securityAsked } from './tell.js'
import { checkedByYou, notCheckedYet, nothingUnmet, undecided, unmet } from './texts.js'

/** What is demanded, beside the requirements that are not met. */
export interface Demand {
  readonly justification: string
  readonly until: Date | undefined
}

/** A check that an opinion can be given on. */
interface Checked {
  readonly content: CaseContent
  readonly protocol: CheckProtocol
  readonly set: RequirementSet
  readonly protocolDocument: CaseDocument
  readonly application: DocumentReference
  readonly check: DocumentReference
  readonly signedBy: readonly Person[]
}

/** Opinions on conformity and what follows from a negative one: by an officer who had no hand in the check. */
export class Opining {
  readonly #parts: DeskParts
  readonly #moves: CaseMoves

  constructor(parts: DeskParts, moves: CaseMoves) {
    this.#parts = parts
    this.#moves = moves
  }

  /** All requirements are met: the positive opinion, whose copy goes to the State Agency. */
  approve(seen: Seen, remark: string | undefined, caller: Caller): Promise<ConnectionCase> {
    return this.#moves.move(seen, 'opinion', caller, async (locked) => {
      const check = await this.#judged(locked)
      const failed = linesOf(check.protocol, 'fail')
      if (failed.length > 0) throw new CaseError(unmet(failed.map(({ code }) => code)))
      await this.#parts.effects.rehearsed(locked.client, locked.connectionCase, caller)
      const checked = await this.#putProtocol(locked, check)
      const { content, application, check: reference, set, signedBy } = checked
      const opinion = await put(
        this.#parts.documents,
        locked,
        {
          ...{ ...content, kind: 'opinion', application, check: reference, remark },
          ...{ requirementSet: set.version, passedByOfficer: passedByOfficer(check.protocol) },
        },
        signedBy,
      )
      const asked = locked.profile.securityOpinion ? [securityAsked(locked.connectionCase)] : []
      return {
        ...{ note: remark, documents: [checked.protocolDocument, opinion] },
        acts: [sendingOf(locked, opinion)],
        notices: [opinionCopy(locked.connectionCase, opinion), ...asked],
      }
    })
  }

  /** Something is not met: the negative opinion, and the justified demand that names it. */
  demand(seen: Seen, { justification, until }: Demand, caller: Caller): Promise<ConnectionCase> {
    return this.#moves.move(seen, 'demand', caller, async (locked) => {
      const check = await this.#judged(locked)
      const missed = unmetOf(check.protocol, check.set)
      if (missed.length === 0) throw new CaseError(nothingUnmet)
      const checked = await this.#putProtocol(locked, check)
      const { content, application, check: reference, set, signedBy } = checked
      const { documents } = this.#parts
      const common = { ...content, requirementSet: set.version, unmet: missed }
      const negative = await put(
        documents,
        locked,
        { ...common, kind: 'negative-opinion', application, check: reference },
        signedBy,
      )
      const opinion = { number: negative.number, at: locked.at }
      const demand = await put(
        documents,
        locked,
        { ...common, kind: 'justified-demand', opinion, justification, until },
        signedBy,
      )
      return {
        note: justification,
        documents: [checked.protocolDocument, negative, demand],
        acts: [sendingOf(locked, negative)],
        notices: [opinionCopy(locked.connectionCase, negative)],
      }
    })
  }

  /** By who admits in the domain, with the grounds, which the applicant reads. */
  refuse(seen: Seen, grounds: string, caller: Caller): Promise<ConnectionCase> {
    return this.#moves.move(seen, 'refusal', caller, async (locked) => {
      const { client, connectionCase, steps, profile } = locked
      const check = await lastCheck(client, connectionCase.id)
      const protocol = judgedProtocol(check)
      if (!protocol) throw new CaseError(notCheckedYet)
      const set = await this.#parts.requirementSets.ofVersion(client, check.requirementSet)
      const capacity = profile.approver === 'OPERATOR' ? 'operator' : 'founder-administrator'
      const refusal = await put(
        this.#parts.documents,
        locked,
        {
          ...(await contentOf(locked)),
          ...{ kind: 'refusal', grounds, unmet: unmetOf(protocol, set) },
          ...{ application: referenceTo(steps, 'application'), requirementSet: set.version },
          demand: findReference(steps, 'justified-demand'),
        },
        [signatory(caller.name, capacity)],
      )
      return { note: grounds, documents: [refusal] }
    })
  }

  /** The last check where it has ended, nothing in it is open, and the caller had no hand in it. */
  async #judged({ client, connectionCase, caller }: LockedCase): Promise<{
    readonly check: CaseCheck
    readonly protocol: CheckProtocol
    readonly set: RequirementSet
  }> {
    const check = await lastCheck(client, connectionCase.id)
    const protocol = judgedProtocol(check)
    if (!protocol) throw new CaseError(notCheckedYet)
    if (this.#parts.separationOfDuties && checkedBy(check).has(caller.administratorId)) {
      throw new Problem('FORBIDDEN', { detail: checkedByYou })
    }
    const open = linesOf(protocol, 'open')
    if (open.length > 0) throw new CaseError(undecided(open.map(({ code }) => code)))
    const set = await this.#parts.requirementSets.ofVersion(client, check.requirementSet)
    return { check, protocol, set }
  }

  /** The protocol is put into writing when nothing is open in it any more, signed by whose it is. */
  async #putProtocol(
    locked: LockedCase,
    {
      check,
      protocol,
      set,
    }: {
      readonly check: CaseCheck
      readonly protocol: CheckProtocol
      readonly set: RequirementSet
    },
  ): Promise<Checked> {
    const content = await contentOf(locked)
    const protocolDocument = await put(
      this.#parts.documents,
      locked,
      protocolContent(content, locked, protocol, set),
      signatoriesOf(check),
    )
    return {
      ...{ content, protocol, set, protocolDocument },
      application: referenceTo(locked.steps, 'application'),
      check: { number: protocolDocument.number, at: locked.at },
      signedBy: [signatory(locked.caller.name, 'operator')],
    }
  }
}

const signatoriesMax = 8

export function signatoriesOf({ requestedBy, decisions }: CaseCheck): Person[] {
  const names = new Set([requestedBy.actor, ...decisions.map(({ by }) => by.actor)])
  return [...names].slice(0, signatoriesMax).map((name) => signatory(name, 'operator'))
}

export function passedByOfficer(protocol: CheckProtocol): { code: string; reason: string }[] {
  return linesOf(protocol, 'pass').flatMap(({ code, officer }) =>
    officer ? [{ code, reason: officer.reason }] : [],
  )
}

/** That the copy was sent is an act of its own. */
function sendingOf({ caller, connectionCase }: LockedCase, document: CaseDocument): Act {
  const { id, number, digest, kind } = document
  return {
    ...{ ...caller.actor(), kind: 'opinion.send', subject: `document ${id}` },
    after: { to: 'AGENCY', number, digest, kind, connectionCase: connectionCase.id },
  }
}
