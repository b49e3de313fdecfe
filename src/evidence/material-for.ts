import { parseCertificate, type Certificate } from '../trust/x509/certificate.js'
import { parseRevocationList, type RevocationList } from '../trust/x509/crl.js'
import { DerError } from '../trust/x509/der.js'
import { parseOcspAnswer } from '../trust/x509/ocsp-answer.js'
import type { KeptAuthority, ValidationMaterial } from './validation-material.store.js'

/**
 * What of a day's material these certificates can be judged with: the authorities that stand above them by
 * their names, the lists that those have issued, and the answers about them. A nation's other lists would be megabytes
 * for nothing.
 */
export function materialFor(
  certificates: Iterable<Buffer>,
  material: ValidationMaterial,
): ValidationMaterial {
  const authorities = readable(material.authorities)
  const wanted = new Set<string>()
  const serials = new Set<string>()
  const add = ({ issuer, serial }: Certificate): void => {
    wanted.add(issuer.key)
    serials.add(serial)
  }
  for (const der of certificates) {
    const certificate = parsed(der, parseCertificate)
    if (certificate) add(certificate)
  }
  const found = new Set<KeptAuthority>()
  // Each round finds the authorities above those of the round before.
  for (let before = -1; before < found.size;) {
    before = found.size
    for (const { authority, certificate } of authorities) {
      if (!wanted.has(certificate.subject.key)) continue
      found.add(authority)
      add(certificate)
      addIssuersOfLists(certificate, wanted)
    }
  }
  return {
    authorities: material.authorities.filter((authority) => found.has(authority)),
    revocationLists: material.revocationLists.filter((der) => {
      const list = parsed(der, parseRevocationList)
      return list !== undefined && isWanted(list, wanted)
    }),
    ocspAnswers: material.ocspAnswers.filter((der) => isAbout(der, serials)),
    busCertificates: material.busCertificates,
  }
}

function readable(
  authorities: readonly KeptAuthority[],
): { readonly authority: KeptAuthority; readonly certificate: Certificate }[] {
  return authorities.flatMap((authority) => {
    const certificate = parsed(authority.der, parseCertificate)
    return certificate ? [{ authority, certificate }] : []
  })
}

/** By serial number: who issued the certificate the verifier looks at. */
function isAbout(der: Buffer, serials: ReadonlySet<string>): boolean {
  const answer = parsed(der, parseOcspAnswer)
  return answer?.statuses.some(({ id }) => serials.has(id.serial)) ?? false
}

function addIssuersOfLists({ distributionPoints }: Certificate, wanted: Set<string>): void {
  for (const { crlIssuers } of distributionPoints) {
    for (const { key } of crlIssuers) wanted.add(key)
  }
}

/** An indirect list speaks for others than its issuer. */
function isWanted(
  { issuer, issuingDistributionPoint }: RevocationList,
  wanted: Set<string>,
): boolean {
  return wanted.has(issuer.key) || (issuingDistributionPoint?.indirect ?? false)
}

function parsed<Value>(der: Buffer, parse: (der: Buffer) => Value): Value | undefined {
  try {
    return parse(der)
  } catch (error) {
    if (error instanceof DerError) return undefined
    throw error
  }
}
