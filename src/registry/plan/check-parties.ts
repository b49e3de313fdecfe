import { fieldPlace, report } from '../declaration/yaml-place.js'
import { warn, type WorkingCopy, type WorkingTable } from './working-copy.js'

/** Whether subsystems' domains and everybody's successors are in the registry. */
export function checkParties(copy: WorkingCopy): void {
  checkSuccessors(copy.members)
  checkSuccessors(copy.subsystems)
  checkSuccessors(copy.services)
  for (const [, { domain }, at] of copy.subsystems.declared()) {
    if (copy.domains.knows(domain)) continue
    const place = fieldPlace(at, 'domain')
    report(place, `the domain ${domain} is not registered`, 'Declare it under domains.')
  }
}

function checkSuccessors<T extends { readonly successor: string | undefined }>(
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
  for (const [, { revocation, crl }, at] of copy.authorities.declared()) {
    if (revocation === 'crl' && crl === undefined) {
      report(at, 'must have crl', 'Say where its revocation list is, or write revocation: none.')
    }
    if (revocation === 'none' && crl !== undefined) {
      report(fieldPlace(at, 'crl'), 'goes with revocation: crl only', 'Correct one of the two.')
    }
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
