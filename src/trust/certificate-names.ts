import { hash } from 'node:crypto'
import type { CertificateName } from './signer-directory.js'
import type { RegisteredCertificate } from './trust-material.js'
import {
  issuerName,
  readCertificateIdentity,
  withoutLeadingZeros,
  type CertificateIdentity,
} from './x509/certificate-identity.js'
import { namesSame } from './x509/name-text.js'

type Certificates = ReadonlyMap<string, RegisteredCertificate>
type Kind = 'serial' | 'subject-key-id' | 'sha1'

/** Bytes of a snapshot never change, and most of a new snapshot are the old one's. */
const identities = new WeakMap<Uint8Array, CertificateIdentity | null>()
const sha1s = new WeakMap<Uint8Array, string>()

const none: readonly string[] = []

/**
 * Registered certificates by what messages name them by. Each index is made when the first message
 * asks for it: most senders name their certificate by its bytes.
 */
export class CertificateNames {
  readonly #certificates: Certificates
  readonly #indices = new Map<Kind, ReadonlyMap<string, readonly string[]>>()

  constructor(certificates: Certificates) {
    this.#certificates = certificates
  }

  /** Thumbprints of all certificates with this name. */
  thumbprintsOf(name: CertificateName): readonly string[] {
    if (name.by !== 'issuer-serial') return this.#index(name.by).get(name.value) ?? none
    const { serialNumber, issuer } = name
    if (!decimal.test(serialNumber)) return none
    const serial = withoutLeadingZeros(BigInt(serialNumber).toString(16))
    return (this.#index('serial').get(serial) ?? none).filter((thumbprint) => {
      const der = this.#certificates.get(thumbprint)?.der
      const identity = der && identityOf(der)
      return identity && namesSame(issuer, issuerName(identity))
    })
  }

  #index(kind: Kind): ReadonlyMap<string, readonly string[]> {
    let index = this.#indices.get(kind)
    if (!index) {
      index = indexBy(kind, this.#certificates)
      this.#indices.set(kind, index)
    }
    return index
  }
}

/** A serial number has 20 octets at most (RFC 5280 §4.1.2.2), some have a few more. */
const decimal = /^[0-9]{1,100}$/

function indexBy(kind: Kind, certificates: Certificates): Map<string, string[]> {
  const index = new Map<string, string[]>()
  for (const [thumbprint, { der }] of certificates) {
    const value = valueOf(kind, der)
    if (value === undefined) continue
    const others = index.get(value)
    if (others) others.push(thumbprint)
    else index.set(value, [thumbprint])
  }
  return index
}

function valueOf(kind: Kind, der: Uint8Array): string | undefined {
  switch (kind) {
    case 'serial':
      return identityOf(der)?.serial
    case 'subject-key-id':
      return identityOf(der)?.subjectKeyId
    case 'sha1':
      return sha1Of(der)
  }
}

function identityOf(der: Uint8Array): CertificateIdentity | undefined {
  let identity = identities.get(der)
  if (identity === undefined) {
    try {
      identity = readCertificateIdentity(der)
    } catch {
      // What cannot be read cannot be found; the registry takes no such certificate.
      identity = null
    }
    identities.set(der, identity)
  }
  return identity ?? undefined
}

/** WS-Security's ThumbprintSHA1: it tells certificates apart, and its weakness breaks no signature. */
function sha1Of(der: Uint8Array): string {
  let sha1 = sha1s.get(der)
  if (sha1 === undefined) sha1s.set(der, (sha1 = hash('sha1', der, 'hex')))
  return sha1
}
