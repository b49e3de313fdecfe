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
import { Obstacles } from './obstacles.js'
import { personalDataEntry } from './personal-data.js'
import {
  broughtCertificate,
  checkCa,
  checkKey,
  holdUntilConnected,
  issueFor,
} from './system-certificate.js'

export interface RegisteringParts {
  readonly changes: RegistryChanges
  /** Undefined on a node that issues no certificates. */
  readonly ca: IssuingCa | undefined
  readonly now: () => Date
}

/**
 * Puts the object of a case into the registry, out of use until it is connected; what is there already stays in the use
 * that it has, under what the application says of it.
 * @throws Problem with every obstacle: CONFLICT, UNPROCESSABLE with the places in the application, UNAVAILABLE
 */
export async function registerObject(
  client: AdminTransaction,
  connectionCase: ConnectionCase,
  caller: CaseCaller,
  parts: RegisteringParts,
): Promise<void> {
  const { changes, ca, now } = parts
  const at = now()
  const annex = await lockedAnnex(client, connectionCase)
  await lookForObstacles(client, connectionCase, caller, { ...parts, phase: 'registration' })
  const contract = await contractOf(client, connectionCase)
  const hasPersonalData = contract?.settings.personalData !== undefined
  const entry = objectEntry(connectionCase)
  const reason = reasonOf(connectionCase)
  const object = { waits: true }
  const declare = (content: RegistryContent): object => {
    object.waits = isToWait(entry, connectionCase, content)
    const personalData = personalDataEntry(connectionCase, content, hasPersonalData)
    const certificate = certificateOf(connectionCase, content, at)
    return declarationOf(entry, { ...object, personalData, certificate })
  }
  await inPlaces(entry, changes.applyIn(client, declare, { caller, reason }))
  await noteRegistered(client, annex.id, at)
  if (connectionCase.kind !== 'system') return
  await issueFor(client, connectionCase, ca, caller, at)
  const system = systemOf(connectionCase)
  if (object.waits && system)
    await holdUntilConnected(client, system, { ...caller.actor(), reason })
}

/**
 * Looks whether the registry would take the object, as it is now, and writes nothing. A service whose system is not there yet is taken
 * at its word.
 * @throws Problem CONFLICT, UNPROCESSABLE with the places in the application
 */
export function rehearseRegistration(
  client: AdminTransaction,
  connectionCase: ConnectionCase,
  caller: CaseCaller,
  parts: Pick<RegisteringParts, 'changes' | 'now'>,
): Promise<void> {
  const terms = { ...parts, ca: undefined, phase: 'rehearsal' } as const
  return lookForObstacles(client, connectionCase, caller, terms)
}

/** Ends a rehearsal when all that could be said against the entry has not been said. */
class RehearsalEnd extends Error {}

interface LookTerms extends RegisteringParts {
  readonly phase: 'rehearsal' | 'registration'
}

/** All that stands in the way of a registration, one beside the other; nothing is written. @throws Problem that names it */
async function lookForObstacles(
  client: AdminTransaction,
  connectionCase: ConnectionCase,
  caller: CaseCaller,
  terms: LookTerms,
): Promise<void> {
  const { changes, ca, now, phase } = terms
  const at = now()
  const found = new Obstacles()
  if (phase === 'registration') {
    const { member } = connectionCase
    await found.noteAsync('agreement', () => checkAgreement(client, member, at))
    await found.noteAsync('ca', () => checkCa(connectionCase, ca))
  }
  await found.noteAsync('certificate', () => checkKey(client, connectionCase, phase))
  const hasPersonalData = await personalDataIn(client, connectionCase, found, phase)
  const entry = found.note('declaration', () => objectEntry(connectionCase))
  if (entry) {
    const declare = (content: RegistryContent): object =>
      lookedAt(entry, connectionCase, content, { found, phase, hasPersonalData, at })
    const accept = (): never => {
      throw new RehearsalEnd()
    }
    await found.noteAsync('declaration', async () => {
      await inPlaces(entry, changes.applyIn(client, declare, { caller, accept })).catch(endOf)
    })
  }
  found.check(phase)
}

function endOf(error: unknown): void {
  if (!(error instanceof RehearsalEnd)) throw error
}

/** What would be declared, with all that stands against it already noted. */
function lookedAt(
  entry: ObjectEntry,
  connectionCase: ConnectionCase,
  content: RegistryContent,
  {
    found,
    phase,
    hasPersonalData,
    at,
  }: {
    readonly found: Obstacles
    readonly phase: LookTerms['phase']
    readonly hasPersonalData: boolean
    readonly at: Date
  },
): object {
  if (phase === 'registration') {
    found.note('system', () => checkSystem(connectionCase, content))
    found.note('member', () => checkMember(connectionCase, content))
  }
  const waits = found.note('object', () => isToWait(entry, connectionCase, content)) ?? true
  const personalData = found.note('personal-data', () =>
    personalDataEntry(connectionCase, content, hasPersonalData),
  )
  const certificate = found.note('certificate', () => certificateOf(connectionCase, content, at))
  const { domain, member, application } = connectionCase
  // Whatever else that system will be, it is one of this owner and domain.
  const system = hasSystem(connectionCase, content)
    ? undefined
    : { domain, owner: member, name: application.name, mq: true }
  return declarationOf(entry, { waits, personalData, certificate, system })
}

/** Whether a contract says that there are personal data. Before there is an opinion, the check looks at it (TT-07). */
async function personalDataIn(
  client: AdminTransaction,
  connectionCase: ConnectionCase,
  found: Obstacles,
  phase: LookTerms['phase'],
): Promise<boolean> {
  if (phase === 'rehearsal' && connectionCase.state !== 'CHECKING') return false
  let hasPersonalData = false
  await found.noteAsync('contract', async () => {
    const contract = await contractOf(client, connectionCase)
    hasPersonalData = contract?.settings.personalData !== undefined
  })
  return hasPersonalData
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

/** @throws Problem CONFLICT for a participant that is out of the exchange, whose system gets no certificate */
function checkMember({ kind, member }: ConnectionCase, { members }: RegistryContent): void {
  if (kind !== 'system') return
  if (members.find(({ id }) => id === member)?.status === 'active') return
  throw new Problem('CONFLICT', {
    detail: { az: `${member} fəal deyil`, en: `${member} is not active` },
  })
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

function certificateOf(
  connectionCase: ConnectionCase,
  content: RegistryContent,
  at: Date,
): object | undefined {
  if (connectionCase.kind !== 'system') return undefined
  return broughtCertificate(connectionCase, content, at)
}

function declarationOf(
  entry: ObjectEntry,
  {
    waits,
    personalData,
    certificate,
    system,
  }: {
    readonly waits: boolean
    readonly personalData: object | undefined
    readonly certificate: object | undefined
    readonly system?: Readonly<Record<string, unknown>> | undefined
  },
): object {
  const more = { ...(waits && { status: 'suspended' }), ...certificate }
  const { document } = entry.document(more, system)
  return { ...document, ...(personalData && { personalData: [personalData] }) }
}

/** What the registry has against the entry, in the places of the application. */
async function inPlaces<Result>(entry: ObjectEntry, work: Promise<Result>): Promise<Result> {
  const { prefix } = entry.document({})
  return inPlaceOf(prefix, work).catch(inApplication)
}

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
