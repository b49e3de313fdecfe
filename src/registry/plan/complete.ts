import { memberOf, type ServiceId, type SubsystemId } from '../../exchange/identifier.js'
import type { AccessRight } from '../access-right.js'
import type { Authority } from '../authority.js'
import type { Certificate } from '../certificate.js'
import type {
  DeclaredAccessRight,
  DeclaredAuthority,
  DeclaredCertificate,
  DeclaredDomain,
  DeclaredMember,
  DeclaredSubsystem,
} from '../declaration/declaration.js'
import { anyId, mayBeSame } from '../declaration/stand-in.js'
import { fieldPlace, report, type YamlPlace } from '../declaration/yaml-place.js'
import type { Domain } from '../domain.js'
import type { Member } from '../member.js'
import { exchangeModes } from '../service.js'
import type { Subsystem } from '../subsystem.js'
import { anyName, kept, whole, type Complete } from './whole-entry.js'

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
