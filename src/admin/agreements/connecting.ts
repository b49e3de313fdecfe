import type { Annex } from '../../agreement/annex.js'
import { noteConnected } from '../../agreement/annex.store.js'
import { followLife } from '../../ca/certificate-life.store.js'
import type { CaseCaller } from '../../connection/case-effects.js'
import { isConnected } from '../../connection/case-parties.store.js'
import type { CaseDocument, ConnectionCase } from '../../connection/connection-case.js'
import type { ActOfConnectionContent } from '../../document/document-content.js'
import { providerOf, type ServiceId, type SubsystemId } from '../../exchange/identifier.js'
import { standingEffects, type Effects } from '../life-cycle/effects.js'
import type { AdminTransaction } from '../admin-database.store.js'
import { Problem } from '../problem.js'
import type { RegistryChanges } from '../registry/registry-changes.js'
import { serviceDocument } from '../registry/wrapped.js'
import type { AgreementPapers } from './agreement-papers.js'
import { caseDocument, checkAgreement, lockedAnnex } from './annexing.js'
import { checkDocumentation } from './documentation.js'
import { reasonOf } from './registering.js'
import { certificateInUse } from './system-certificate.js'

export interface ConnectingParts {
  readonly changes: RegistryChanges
  readonly papers: AgreementPapers
  readonly now: () => Date
}

/**
 * Puts a registered object into use, and writes the act of connection.
 * @throws Problem CONFLICT where what it needs is not there
 */
export async function connectObject(
  client: AdminTransaction,
  connectionCase: ConnectionCase,
  caller: CaseCaller,
  parts: ConnectingParts,
): Promise<CaseDocument[]> {
  const at = parts.now()
  const annex = await lockedAnnex(client, connectionCase)
  await checkAgreement(client, connectionCase.member, at)
  // First: nothing under an annex is put into use that is not connected.
  await noteConnected(client, annex.id, at)
  const certificate = await putIntoUse(client, connectionCase, caller, parts)
  const facts = {
    ...{ registeredAt: registeredAtOf(annex), connectedAt: at },
    ...(certificate && { certificate }),
  }
  return [caseDocument(await parts.papers.act(client, connectionCase, annex, facts, caller))]
}

async function putIntoUse(
  client: AdminTransaction,
  connectionCase: ConnectionCase,
  caller: CaseCaller,
  { changes, now }: ConnectingParts,
): Promise<ActOfConnectionContent['certificate']> {
  const { kind, objectId } = connectionCase
  const terms = { caller, reason: reasonOf(connectionCase) }
  if (kind === 'system') {
    await resumeSystem(client, objectId as SubsystemId, terms, changes)
    return certificateInUse(client, objectId as SubsystemId, now())
  }
  if (kind === 'service') {
    await checkSystem(client, objectId as ServiceId)
    await checkDocumentation(client, objectId as ServiceId)
  }
  const [instance] = objectId.split('/')
  const document =
    kind === 'service'
      ? serviceDocument(objectId, { status: 'active' }).document
      : { instance, resources: [{ id: objectId, status: 'active' }] }
  await changes.applyIn(client, JSON.stringify(document), terms)
  return undefined
}

/** As anybody resumes a system: its certificates are released with it. */
async function resumeSystem(
  client: AdminTransaction,
  system: SubsystemId,
  terms: { readonly caller: CaseCaller; readonly reason: string },
  changes: RegistryChanges,
): Promise<void> {
  let effects: Effects | undefined
  await changes.applyIn(
    client,
    (content) => {
      effects = standingEffects(content, { id: system, status: 'active' })
      return effects.document
    },
    terms,
  )
  const { subsystems, event } = effects?.certificates ?? { subsystems: [], event: undefined }
  if (event === undefined || subsystems.length === 0) return
  await followLife(client, subsystems, event, { ...terms.caller.actor(), reason: terms.reason })
}

/** an e-service is connected after its system. */
async function checkSystem(client: AdminTransaction, service: ServiceId): Promise<void> {
  const system = providerOf(service)
  if (await isConnected(client, system)) return
  throw new Problem('CONFLICT', {
    detail: {
      az: `Əvvəlcə ${system} sistemi qoşulmalıdır`,
      en: `The system ${system} has to be connected first`,
    },
  })
}

function registeredAtOf({ registeredAt }: Annex): Date {
  if (registeredAt) return registeredAt
  throw new Problem('CONFLICT', {
    detail: { az: 'Obyekt hələ qeydiyyata alınmayıb', en: 'The object is not registered yet' },
  })
}
