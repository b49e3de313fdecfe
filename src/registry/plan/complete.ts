import type { ContractTerms, ExchangePattern, SoapHandling } from '../../exchange/route.js'
import { memberOf, type ServiceId, type SubsystemId } from '../../exchange/identifier.js'
import type { AccessRight } from '../access-right.js'
import type { Authority } from '../authority.js'
import type { Certificate } from '../certificate.js'
import type {
  Declared,
  DeclaredAccessRight,
  DeclaredAuthority,
  DeclaredCertificate,
  DeclaredDomain,
  DeclaredMember,
  DeclaredService,
  DeclaredSubsystem,
} from '../declaration/declaration.js'
import { anyId, holdsStandIn, mayBeSame } from '../declaration/stand-in.js'
import { fieldPlace, report, type YamlPlace } from '../declaration/yaml-place.js'
import type { Domain } from '../domain.js'
import { serviceLimitDefaults } from '../../limits/registry.js'
import type { Member } from '../member.js'
import { exchangeModes, type Service } from '../service.js'
import type { Subsystem } from '../subsystem.js'

/**
 * Makes whole entries of what declarations say and what the registry holds: what is not said stays,
 * what is new gets the defaults. Each reports what is missing, and puts something there that passes
 * every further check, so that the rest of the entry is checked in the same run. Undefined where
 * nothing is left to check.
 */
export type Complete<D, T> = (declared: D, existing: T | undefined) => T | undefined

export const completeDomain: Complete<DeclaredDomain, Domain> = ({ id, patch }, existing) => ({
  code: id,
  name: kept(patch.name, existing?.name),
  status: patch.status ?? existing?.status ?? 'active',
})

export const completeMember: Complete<DeclaredMember, Member> = (declared, existing) => {
  const { id, patch } = declared
  const needed = whole(declared, { name: patch.name ?? existing?.name }, { name: anyName })
  return {
    ...needed,
    id,
    status: patch.status ?? existing?.status ?? 'active',
    successor: kept(patch.successor, existing?.successor),
    aliasUntil: kept(patch.aliasUntil, existing?.aliasUntil),
    archived: patch.archived ?? existing?.archived ?? false,
  }
}

export const completeSubsystem: Complete<DeclaredSubsystem, Subsystem> = (declared, existing) => {
  const { id, patch } = declared
  const needed = whole(
    declared,
    { domain: patch.domain ?? existing?.domain, name: patch.name ?? existing?.name },
    { domain: anyId, name: anyName },
  )
  return {
    ...needed,
    id,
    replySignature: patch.replySignature ?? existing?.replySignature ?? 'ecdsa',
    mq: patch.mq ?? existing?.mq ?? false,
    status: patch.status ?? existing?.status ?? 'active',
    successor: kept(patch.successor, existing?.successor),
    owner: patch.owner ?? existing?.owner ?? memberOf(id),
    important: patch.important ?? existing?.important ?? false,
    archivePlace: kept(patch.archivePlace, existing?.archivePlace),
    zones: patch.zones ?? existing?.zones ?? [],
    clientCertificate: patch.clientCertificate ?? existing?.clientCertificate ?? false,
    assertsUsers: patch.assertsUsers ?? existing?.assertsUsers ?? false,
    archived: patch.archived ?? existing?.archived ?? false,
  }
}

export const completeService: Complete<DeclaredService, Service> = (declared, existing) => {
  const { id, patch } = declared
  const needed = whole(
    declared,
    {
      protocol: patch.protocol ?? existing?.protocol,
      address: patch.address ?? existing?.address,
      modes: patch.modes ?? existing?.modes,
    },
    { protocol: '', address: '', modes: exchangeModes },
  )
  const status = patch.status ?? existing?.status ?? 'active'
  // A window ends with the maintenance it belongs to, unless the declaration says otherwise.
  const window = status === 'maintenance' ? existing : undefined
  return {
    ...needed,
    id,
    name: kept(patch.name, existing?.name),
    isDefault: patch.isDefault ?? existing?.isDefault ?? false,
    pattern: patternOf(declared, existing),
    idempotent: patch.idempotent ?? existing?.idempotent ?? false,
    providerSignature: patch.providerSignature ?? existing?.providerSignature ?? 'none',
    soap: soapOf(patch.soap, existing?.soap),
    contract: contractOf(declared, needed.protocol, existing?.contract),
    classification: patch.classification ?? existing?.classification ?? 'open',
    limits: { ...(existing?.limits ?? serviceLimitDefaults), ...patch.limits },
    subjects: patch.subjects ?? existing?.subjects ?? [],
    assurance: kept(patch.assurance, existing?.assurance),
    rate: kept(patch.rate, existing?.rate),
    status,
    from: kept(patch.from, window?.from),
    until: kept(patch.until, window?.until),
    successor: kept(patch.successor, existing?.successor),
    deprecatedFrom: kept(patch.deprecatedFrom, existing?.deprecatedFrom),
    archived: patch.archived ?? existing?.archived ?? false,
  }
}

/** As the declaration says, or else a contract that comes with it. What a contract says, both must. */
function patternOf({ patch, at }: DeclaredService, existing: Service | undefined): ExchangePattern {
  const { pattern: said, contract } = patch
  const facts = contract?.facts
  if (said && facts && said !== facts.pattern) {
    report(
      fieldPlace(at, 'pattern'),
      `is ${said}, and the contract says ${facts.pattern}`,
      'Leave it out, or correct pattern in contract.yaml.',
    )
  }
  // Of a contract that is here already only the digest is at hand.
  const isHeld = contract !== null && (contract?.digest ?? existing?.contract) !== undefined
  if (said && existing && !facts && isHeld && said !== existing.pattern) {
    report(
      fieldPlace(at, 'pattern'),
      'changes under a contract, which says it too',
      'Give the folder of a contract with this pattern, or contract: null.',
    )
  }
  return said ?? facts?.pattern ?? existing?.pattern ?? 'request-reply'
}

function soapOf(
  said: DeclaredService['patch']['soap'],
  existing: SoapHandling | undefined,
): SoapHandling | undefined {
  if (said === undefined) return existing
  if (said === null) return undefined
  const { action, ...rest } = said
  return { ...(existing ?? wholeMessage), ...rest, action: kept(action, existing?.action) }
}

/** Another contract brings its own levels; what the declaration says goes before. */
function contractOf(
  { patch, at }: DeclaredService,
  protocol: string,
  existing: ContractTerms | undefined,
): ContractTerms | undefined {
  const { contract: said, validation } = patch
  const facts = said?.facts
  if (facts && protocol !== '' && !facts.protocols.includes(protocol)) {
    report(
      fieldPlace(at, 'contract'),
      `describes a service in ${facts.protocols.join(' or ')}, and the service's protocol is ${protocol}`,
      "The contract describes the provider's side.",
    )
  }
  // Of a folder that cannot be registered, the reason has been reported.
  const isUnread = said !== null && said?.folder !== undefined
  const digest = said === undefined || isUnread ? existing?.digest : said?.digest
  if (digest === undefined) {
    if (validation && !isUnread)
      report(fieldPlace(at, 'validation'), 'goes with a contract', 'Leave it out.')
    return undefined
  }
  const before = digest === existing?.digest ? existing : facts?.validation
  return {
    digest,
    request: validation?.request ?? before?.request ?? 'block',
    reply: validation?.reply ?? before?.reply ?? 'block',
  }
}

const wholeMessage: SoapHandling = { securityHeader: 'keep', xroadHeaders: 'keep' }

export const completeCertificate: Complete<DeclaredCertificate, Certificate> = (
  { id, patch, at },
  existing,
) => {
  const der = existing?.der ?? patch.facts?.der
  if (!der) {
    report(at, 'is not registered yet', 'Give the certificate itself, as file or pem.')
    return undefined
  }
  if (existing && !mayBeSame(existing.subsystem, patch.subsystem)) {
    report(
      at,
      `is registered to ${existing.subsystem}`,
      'Each system needs a certificate of its own.',
    )
    return undefined
  }
  const status = patch.status ?? existing?.status ?? 'active'
  return { thumbprint: id, der, subsystem: patch.subsystem, status }
}

export const completeAuthority: Complete<DeclaredAuthority, Authority> = (declared, existing) => {
  const { id, patch } = declared
  const given: Pick<Authority, 'thumbprint' | 'der'> | undefined = patch.certificate ?? existing
  const { file, role, revocation } = whole(
    declared,
    {
      file: given,
      role: patch.role ?? existing?.role,
      revocation: patch.revocation ?? existing?.revocation,
    },
    {
      file: { thumbprint: anyId + id, der: new Uint8Array() },
      role: 'anchor',
      revocation: patch.crl ? 'crl' : patch.ocsp ? 'ocsp' : 'none',
    },
  )
  return {
    name: id,
    thumbprint: file.thumbprint,
    der: file.der,
    role,
    revocation,
    crl: kept(patch.crl, revocation === 'crl' ? existing?.crl : undefined),
    ocsp: kept(patch.ocsp, revocation === 'ocsp' ? existing?.ocsp : undefined),
    unreachable:
      patch.unreachable ?? (revocation === 'ocsp' ? existing?.unreachable : undefined) ?? 'refuse',
    status: patch.status ?? existing?.status ?? 'accepted',
  }
}

export const completeAccessRight: Complete<DeclaredAccessRight, AccessRight> = (
  declared,
  existing,
) => {
  const { id, patch, at } = declared
  const needed = whole(
    declared,
    {
      consumer: patch.consumer ?? existing?.consumer,
      service: patch.service ?? existing?.service,
      legalBasis: patch.legalBasis ?? existing?.legalBasis,
      purpose: patch.purpose ?? existing?.purpose,
      from: patch.from ?? existing?.from,
      modes: patch.modes ?? existing?.modes,
    },
    {
      consumer: anyId as SubsystemId,
      service: anyId as ServiceId,
      legalBasis: '',
      purpose: '',
      from: new Date(0),
      modes: exchangeModes,
    },
  )
  reportOtherParties(at, needed, existing)
  return {
    ...needed,
    id,
    until: kept(patch.until, existing?.until),
    status: patch.status ?? existing?.status ?? 'active',
    omit: patch.omit ?? existing?.omit ?? [],
    dailyQuota: kept(patch.dailyQuota, existing?.dailyQuota),
  }
}

function reportOtherParties(
  at: YamlPlace,
  said: Pick<AccessRight, 'consumer' | 'service'>,
  existing: AccessRight | undefined,
): void {
  for (const party of ['consumer', 'service'] as const) {
    if (!existing || existing[party] === said[party]) continue
    report(
      fieldPlace(at, party),
      `is ${existing[party]} in the registry`,
      'Parties of a right do not change: withdraw it and declare another.',
    )
  }
}

/** A field that was not said stays; `null` takes it away. */
export function kept<T>(said: T | null | undefined, existing: T | undefined): T | undefined {
  return said === undefined ? existing : (said ?? undefined)
}

export type Present<F> = { readonly [K in keyof F]: Exclude<F[K], undefined> }

export const anyName = { az: '', en: '' }

/** The fields, and the stand-ins of those that are missing. */
export function whole<F extends Readonly<Record<string, unknown>>>(
  { id, at }: Declared<string, unknown>,
  fields: F,
  standIns: Present<F>,
): Present<F> {
  const missing = Object.keys(fields).filter((key) => fields[key] === undefined)
  if (missing.length === 0) return fields as Present<F>
  // Those that are there and wrong have been reported while reading. Of a thing whose identifier is
  // wrong nobody can say what the registry has of it.
  const absent = missing.filter((key) => fieldPlace(at, key).node === undefined)
  if (absent.length > 0 && !holdsStandIn(id)) {
    report(at, `must have ${absent.join(', ')}`, 'It is not in the registry yet.')
  }
  const given = Object.entries(fields).filter(([, value]) => value !== undefined)
  return { ...standIns, ...Object.fromEntries(given) }
}
