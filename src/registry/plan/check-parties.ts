import { providerOf, type ServiceId } from '../../exchange/identifier.js'
import type { Authority } from '../authority.js'
import { fieldPlace, report, type YamlPlace } from '../declaration/yaml-place.js'
import type { Subsystem } from '../subsystem.js'
import { warn, type WorkingCopy, type WorkingTable } from './working-copy.js'

/** Whether subsystems' domains and everybody's successors are in the registry. */
export function checkParties(copy: WorkingCopy): void {
  checkSuccessors(copy.members)
  checkSuccessors(copy.subsystems)
  checkSuccessors(copy.services)
  checkAliases(copy)
  checkArchived(copy)
  for (const [, subsystem, at] of copy.subsystems.declared()) {
    checkSubsystem(copy, subsystem, at)
  }
}

function checkSubsystem(copy: WorkingCopy, subsystem: Subsystem, at: YamlPlace): void {
  const { domain, owner, important, status, successor, archivePlace } = subsystem
  if (!copy.domains.knows(domain)) {
    const place = fieldPlace(at, 'domain')
    report(place, `the domain ${domain} is not registered`, 'Declare it under domains.')
  }
  if (!copy.members.knows(owner)) {
    report(fieldPlace(at, 'owner'), `${owner} is not registered`, 'Declare the owner as a member.')
  }
  if (
    important &&
    status === 'liquidated' &&
    successor === undefined &&
    archivePlace === undefined
  ) {
    report(
      fieldPlace(at, 'status'),
      'is liquidated, and the system is important',
      'Name its successor, or archivePlace: where its data are kept (R-036).',
    )
  }
}

/** Only of a member that has ended, and with somebody to go on under its name. */
function checkAliases(copy: WorkingCopy): void {
  for (const [, { aliasUntil, status, successor }, at] of copy.members.declared()) {
    if (aliasUntil === undefined || (status === 'liquidated' && successor !== undefined)) continue
    report(
      fieldPlace(at, 'aliasUntil'),
      'goes with status: liquidated and a successor only',
      'Correct one of the three.',
    )
  }
}

/** What is put away has ended, and does not begin again: a service ends with its system. */
function checkArchived({ members, subsystems, services }: WorkingCopy): void {
  const hasEnded = (id: string, status: string): boolean =>
    status === 'liquidated' ||
    subsystems.after.get(providerOf(id as ServiceId))?.status === 'liquidated'
  for (const table of [members, subsystems, services]) {
    for (const [id, { archived, status }, at] of table.declared()) {
      if (!archived || (table === services ? hasEnded(id, status) : status === 'liquidated'))
        continue
      const place = fieldPlace(at, 'archived')
      report(place, 'goes with status: liquidated only', 'What is archived has ended for good.')
    }
  }
}

export function checkSuccessors<T extends { readonly successor: string | undefined }>(
  table: WorkingTable<T>,
): void {
  for (const [id, { successor }, at] of table.declared()) {
    if (successor === undefined) continue
    const place = fieldPlace(at, 'successor')
    if (successor === id) report(place, 'names itself', 'Name another as the successor, or null.')
    else if (!table.knows(successor)) {
      report(place, `${successor} is not registered`, 'Declare the successor, or leave it out.')
    }
  }
}

/** How authorities publish revocations, and that no two are the same. */
export function checkAuthorities(copy: WorkingCopy): void {
  const nameOf = new Map<string, string>()
  for (const { name, thumbprint } of copy.authorities.after.values()) {
    const other = nameOf.get(thumbprint)
    const at = copy.authorities.declaredAt.get(name) ?? copy.authorities.declaredAt.get(other ?? '')
    if (other !== undefined && at) {
      report(at, `has the certificate of ${other}`, 'Keep one name for one certificate.')
    }
    nameOf.set(thumbprint, name)
  }
  for (const [, authority, at] of copy.authorities.declared()) checkRevocation(copy, authority, at)
}

function checkRevocation(copy: WorkingCopy, authority: Authority, at: YamlPlace): void {
  const { revocation, crl, ocsp, unreachable, status } = authority
  if (revocation === 'crl' && crl === undefined) {
    report(at, 'must have crl', 'Say where its revocation list is, or write revocation: none.')
  }
  if (revocation === 'ocsp' && ocsp === undefined) {
    report(at, 'must have ocsp', 'Give the address of its OCSP responder.')
  }
  if (revocation !== 'crl' && crl !== undefined) {
    report(fieldPlace(at, 'crl'), 'goes with revocation: crl only', 'Correct one of the two.')
  }
  if (revocation !== 'ocsp' && ocsp !== undefined) {
    report(fieldPlace(at, 'ocsp'), 'goes with revocation: ocsp only', 'Correct one of the two.')
  }
  if (unreachable === 'refuse') return
  const place = fieldPlace(at, 'unreachable')
  if (revocation !== 'ocsp') {
    report(place, 'goes with revocation: ocsp only', 'Correct one of the two.')
  } else if (status === 'accepted') {
    warn(
      copy,
      place,
      'accepts certificates without knowing whether they are revoked, while the responder is silent',
      'Whoever can cut the bus off from the responder brings a revoked certificate back; write refuse.',
    )
  }
}

/** Certificates that can no longer be used are worth a look. */
export function checkCertificates(
  copy: WorkingCopy,
  expiryOf: ReadonlyMap<string, Date>,
  now: Date,
): void {
  for (const [thumbprint, certificate, at] of copy.certificates.declared()) {
    const notAfter = expiryOf.get(thumbprint)
    if (certificate.status === 'active' && notAfter && notAfter <= now) {
      warn(copy, at, 'the certificate has expired', 'Register its successor.')
    }
  }
}
