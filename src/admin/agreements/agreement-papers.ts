import type { Agreement } from '../../agreement/agreement.js'
import { rulesInForce } from '../../agreement/rules-of-use.store.js'
import type { Annex } from '../../agreement/annex.js'
import type { CaseCaller } from '../../connection/case-effects.js'
import { namedMember, operatorAt } from '../../connection/case-parties.store.js'
import { stepsOf } from '../../connection/case.store.js'
import type { ConnectionCase } from '../../connection/connection-case.js'
import type {
  ActOfConnectionContent,
  CaseContent,
  DocumentReference,
} from '../../document/document-content.js'
import type { DocumentWriter, WrittenDocument } from '../../document/document-writer.js'
import type { AdminTransaction } from '../admin-database.store.js'
import { Problem } from '../problem.js'

/** What an act of connection says beside its case. */
export type ActFacts = Pick<ActOfConnectionContent, 'registeredAt' | 'connectedAt' | 'certificate'>

/** Puts agreements, annexes and acts of connection into writing, within the transaction that makes them so. */
export class AgreementPapers {
  readonly #documents: DocumentWriter
  readonly #now: () => Date

  constructor(documents: DocumentWriter, now: () => Date) {
    this.#documents = documents
    this.#now = now
  }

  /** @param agreement - that both sides have accepted */
  async agreement(
    client: AdminTransaction,
    { member, requirementSet, from, until, accepted }: Agreement,
    caller: CaseCaller,
  ): Promise<WrittenDocument> {
    const at = this.#now()
    const rules = await rulesInForce(client, at)
    return this.#documents.write(
      client,
      {
        kind: 'agreement',
        operator: await operatorAt(client, at),
        participant: await namedMember(client, member),
        requirementSet,
        ...{ inForceFrom: from, inForceUntil: until },
        ...(rules && { rulesOfUse: rules.version }),
      },
      {
        ...{ member, at, actor: caller.actor() },
        signedBy: [
          { name: accepted.operator?.name ?? '', capacity: 'operator' },
          { name: accepted.member?.name ?? '', capacity: 'participant' },
        ],
      },
    )
  }

  /** @param agreement - in force, to which it is the annex */
  async annex(
    client: AdminTransaction,
    connectionCase: ConnectionCase,
    agreement: Agreement,
    caller: CaseCaller,
  ): Promise<WrittenDocument> {
    const at = this.#now()
    const content = {
      ...(await caseContent(client, connectionCase, at)),
      kind: 'agreement-annex',
      agreement: agreementReference(agreement),
      opinion: await opinionOf(client, connectionCase),
      requirementSet: agreement.requirementSet,
      inForceFrom: at,
    } as const
    return this.#documents.write(client, content, termsOf(connectionCase, caller, at))
  }

  async act(
    client: AdminTransaction,
    connectionCase: ConnectionCase,
    annex: Annex,
    facts: ActFacts,
    caller: CaseCaller,
  ): Promise<WrittenDocument> {
    const at = this.#now()
    const content = {
      ...(await caseContent(client, connectionCase, at)),
      kind: 'act-of-connection',
      opinion: await opinionOf(client, connectionCase),
      annex: { number: annex.document.number, at: annex.concludedAt },
      ...facts,
    } as const
    return this.#documents.write(client, content, termsOf(connectionCase, caller, at))
  }
}

function termsOf(
  { id: caseId, member, domain }: ConnectionCase,
  caller: CaseCaller,
  at: Date,
): Parameters<DocumentWriter['write']>[2] {
  // Whoever admits in the domain: the operator, or the founder's administrator.
  const isOperator = caller.actor().role?.includes('OPERATOR') === true
  const capacity = isOperator ? 'operator' : 'founder-administrator'
  const signedBy = [{ name: caller.name, capacity }] as const
  return { member, domain, caseId, at, actor: caller.actor(), signedBy }
}

async function caseContent(
  client: AdminTransaction,
  { member, domain, kind, objectId, application }: ConnectionCase,
  at: Date,
): Promise<CaseContent> {
  return {
    operator: await operatorAt(client, at),
    participant: await namedMember(client, member),
    domain,
    object: { kind, id: objectId, name: application.name },
  }
}

function agreementReference({ document, accepted }: Agreement): DocumentReference {
  const [one, other] = [accepted.member?.at, accepted.operator?.at]
  if (!document || !one || !other) throw new Error('an agreement in force is in writing')
  return { number: document.number, at: one > other ? one : other }
}

/** The positive opinion that the case came on by. @throws Problem CONFLICT where there is none */
async function opinionOf(
  client: AdminTransaction,
  { id }: ConnectionCase,
): Promise<DocumentReference> {
  const steps = await stepsOf(client, id)
  const step = steps.findLast(({ state }) => state === 'OPINION_POSITIVE')
  const opinion = step?.documents.find(({ kind }) => kind === 'opinion')
  if (step && opinion) return { number: opinion.number, at: step.at }
  throw new Problem('CONFLICT', {
    detail: { az: 'İş üzrə müsbət rəy yoxdur', en: 'The case has no positive opinion' },
  })
}
