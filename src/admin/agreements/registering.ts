import { noteRegistered } from '../../agreement/annex.store.js'
import type { IssuingCa } from '../../ca/issuing-ca.store.js'
import type { CaseCaller } from '../../connection/case-effects.js'
import type { ConnectionCase } from '../../connection/connection-case.js'
import type { RegistryContent } from '../../registry/registry-content.js'
import type { AdminTransaction } from '../admin-database.store.js'
import { Problem } from '../problem.js'
import type { RegistryChanges } from '../registry/registry-changes.js'
import { inPlaceOf } from '../registry/wrapped.js'
import { checkAgreement, lockedAnnex } from './annexing.js'
import { contractOf } from './documentation.js'
import { declarationPointer, objectEntry, systemOf, type ObjectEntry } from './object-entry.js'
import { personalDataEntry } from './personal-data.js'
import { broughtCertificate, holdUntilConnected, issueFor } from './system-certificate.js'

export interface RegisteringParts {
  readonly changes: RegistryChanges
  /** Undefined on a node that issues no certificates. */
  readonly ca: IssuingCa | undefined
  readonly now: () => Date
}

/**
 * Puts the object of a case into the registry, out of use until it is connected; what is there already stays in the use
 * that it has, under what the application says of it.
 * @throws Problem CONFLICT, UNPROCESSABLE with the places in the application
 */
export async function registerObject(
  client: AdminTransaction,
  connectionCase: ConnectionCase,
  caller: CaseCaller,
  { changes, ca, now }: RegisteringParts,
): Promise<void> {
  const at = now()
  const annex = await lockedAnnex(client, connectionCase)
  await checkAgreement(client, connectionCase.member, at)
  const contract = await contractOf(client, connectionCase)
  const hasPersonalData = contract?.settings.personalData !== undefined
  const entry = objectEntry(connectionCase)
  const reason = reasonOf(connectionCase)
  const object = { waits: true }
  const declare = (content: RegistryContent): object => {
    checkSystem(connectionCase, content)
    object.waits = isToWait(entry, connectionCase, content)
    return declarationOf(entry, connectionCase, content, { ...object, hasPersonalData, at })
  }
  const { prefix } = entry.document({})
  await inPlaceOf(prefix, changes.applyIn(client, declare, { caller, reason })).catch(inApplication)
  await noteRegistered(client, annex.id, at)
  if (connectionCase.kind !== 'system') return
  await issueFor(client, connectionCase, ca, caller, at)
  const system = systemOf(connectionCase)
  if (object.waits && system)
    await holdUntilConnected(client, system, { ...caller.actor(), reason })
}

/** Ends a rehearsal when all that could be said against the entry has not been said. */
class RehearsalEnd extends Error {}

/**
 * Looks whether the registry would take the object, as it is now, and writes nothing. A service whose system is not there yet is taken
 * at its word.
 * @throws Problem CONFLICT, UNPROCESSABLE with the places in the application
 */
export async function rehearseRegistration(
  client: AdminTransaction,
  connectionCase: ConnectionCase,
  caller: CaseCaller,
  { changes, now }: Pick<RegisteringParts, 'changes' | 'now'>,
): Promise<void> {
  const entry = objectEntry(connectionCase)
  const declare = (content: RegistryContent): object => {
    if (!hasSystem(connectionCase, content)) throw new RehearsalEnd()
    const waits = isToWait(entry, connectionCase, content)
    // Whether personal data need an entry is for the check to find (TT-07).
    return declarationOf(entry, connectionCase, content, {
      waits,
      hasPersonalData: false,
      at: now(),
    })
  }
  const accept = (): never => {
    throw new RehearsalEnd()
  }
  try {
    const { prefix } = entry.document({})
    await inPlaceOf(prefix, changes.applyIn(client, declare, { caller, accept }))
  } catch (error) {
    if (!(error instanceof RehearsalEnd)) inApplication(error)
  }
}

export function reasonOf({ id }: ConnectionCase): string {
  return `connection case ${id}`
}

/** @throws Problem CONFLICT for a service whose system is not in the registry yet */
function checkSystem(connectionCase: ConnectionCase, content: RegistryContent): void {
  if (hasSystem(connectionCase, content)) return
  const system = systemOf(connectionCase)
  throw new Problem('CONFLICT', {
    detail: {
      az: `Əvvəlcə ${system} sistemi qeydiyyata alınmalıdır`,
      en: `The system ${system} has to be registered first`,
    },
  })
}

function hasSystem(connectionCase: ConnectionCase, { subsystems }: RegistryContent): boolean {
  if (connectionCase.kind !== 'service') return true
  const system = systemOf(connectionCase)
  return subsystems.some(({ id }) => id === system)
}

/** Whether it is out of use until it is connected. @throws Problem CONFLICT where it is another's, or has ended */
function isToWait(
  entry: ObjectEntry,
  { member, objectId }: ConnectionCase,
  content: RegistryContent,
): boolean {
  const present = entry.present(content)
  if (!present) return true
  if (present.owner === member && present.status !== 'liquidated') {
    return present.status === 'suspended'
  }
  throw new Problem('CONFLICT', {
    detail: {
      az: `${objectId} reyestrdə başqasına məxsusdur və ya ləğv olunub`,
      en: `${objectId} belongs to another in the registry, or has ended`,
    },
  })
}

function declarationOf(
  entry: ObjectEntry,
  connectionCase: ConnectionCase,
  content: RegistryContent,
  {
    waits,
    hasPersonalData,
    at,
  }: { readonly waits: boolean; readonly hasPersonalData: boolean; readonly at: Date },
): object {
  const personalData = personalDataEntry(connectionCase, content, hasPersonalData)
  const certificate =
    connectionCase.kind === 'system' ? broughtCertificate(connectionCase, content, at) : undefined
  const { document } = entry.document({ ...(waits && { status: 'suspended' }), ...certificate })
  return { ...document, ...(personalData && { personalData: [personalData] }) }
}

/** What the registry has against the entry, in the places of the application. */
function inApplication(error: unknown): never {
  if (!(error instanceof Problem) || error.errors.length === 0) throw error
  throw new Problem(error.code, {
    detail: error.detail,
    errors: error.errors.map(({ pointer, detail }) => ({
      pointer: pointer.startsWith('/application') ? pointer : `${declarationPointer}${pointer}`,
      detail,
    })),
  })
}
