import { v7 as newId } from 'uuid'
import type { Agreement } from '../../agreement/agreement.js'
import { agreementInForce } from '../../agreement/agreement.store.js'
import type { Annex } from '../../agreement/annex.js'
import { addAnnex, annexOfCase } from '../../agreement/annex.store.js'
import { recordAct } from '../../audit-log/audit-log.store.js'
import type { CaseCaller } from '../../connection/case-effects.js'
import type { CaseDocument, ConnectionCase } from '../../connection/connection-case.js'
import type { WrittenDocument } from '../../document/document-writer.js'
import type { MemberId } from '../../exchange/identifier.js'
import type { AdminTransaction } from '../admin-database.store.js'
import { Problem } from '../problem.js'
import type { AgreementPapers } from './agreement-papers.js'
import { texts } from './texts.js'

/**
 * Gives the participant's agreement an annex for the object (R-058, C10).
 * @throws Problem CONFLICT where it has no agreement in force
 */
export async function addAnnexOf(
  client: AdminTransaction,
  connectionCase: ConnectionCase,
  caller: CaseCaller,
  { papers, now }: { readonly papers: AgreementPapers; readonly now: () => Date },
): Promise<CaseDocument[]> {
  const at = now()
  const { id: caseId, member, kind, objectId: object } = connectionCase
  const agreement = await checkAgreement(client, member, at)
  const document = await papers.annex(client, connectionCase, agreement, caller)
  const annex = {
    ...{ id: newId(), agreement: agreement.id, connectionCase: caseId, kind, object },
    ...{ document, concludedAt: at },
  }
  await addAnnex(client, annex)
  await recordAct(client, {
    ...caller.actor(),
    ...{ kind: 'agreement.annex', subject: `agreement ${agreement.id}` },
    after: { annex: annex.id, number: document.number, object, connectionCase: caseId },
  })
  return [caseDocument(document)]
}

/** A document, by what its case knows it again. */
export function caseDocument({ id, number, kind, digest }: WrittenDocument): CaseDocument {
  return { id, number, kind, digest }
}

/** @throws Problem CONFLICT where the member has no agreement in force */
export async function checkAgreement(
  client: AdminTransaction,
  member: MemberId,
  now: Date,
): Promise<Agreement> {
  const agreement = await agreementInForce(client, member, now)
  if (agreement) return agreement
  throw new Problem('CONFLICT', { detail: texts.noAgreement })
}

/** @throws Problem CONFLICT for a case without an annex */
export async function lockedAnnex(
  client: AdminTransaction,
  { id }: ConnectionCase,
): Promise<Annex> {
  const annex = await annexOfCase(client, id)
  if (annex) return annex
  throw new Problem('CONFLICT', { detail: texts.noAgreement })
}
