import { Fault } from '../../../exchange/fault.js'
import type { SubsystemId } from '../../../exchange/identifier.js'
import { CertificateNames } from '../../../trust/certificate-names.js'
import { keyTypeOf } from '../../../trust/http-signature/algorithms.js'
import type {
  CertificateName,
  RegisteredKey,
  SignerDirectory,
} from '../../../trust/signer-directory.js'
import { serialText, type Certificate } from '../../../trust/x509/certificate.js'
import { isAuthority } from '../../command-files.js'
import { NoCertificate } from '../no-certificate.js'

/** A certificate that may have signed. */
export interface Candidate {
  readonly thumbprint: string
  readonly certificate: Certificate
}

/**
 * Stands in for the registry: knows the certificate that was given, or else those that the message brings
 * along. An authority's certificate in a chain signs no messages, and the registry would not have it.
 */
export class ExplainSigners implements SignerDirectory {
  readonly #given: Candidate | undefined
  readonly #known = new Map<string, Candidate>()

  constructor(given: Candidate | undefined, brought: readonly Candidate[]) {
    this.#given = given
    const known = given ? [given] : brought.filter(({ certificate }) => !isAuthority(certificate))
    for (const candidate of known) this.#known.set(candidate.thumbprint, candidate)
  }

  key(thumbprint: string): RegisteredKey {
    const candidate = this.#known.get(thumbprint)
    if (!candidate) throw this.#unknown()
    const { certificate } = candidate
    const { publicKey } = certificate
    const keyType = publicKey && keyTypeOf(publicKey)
    if (!keyType) {
      const detail = 'The bus checks no signatures with a key of this kind, and registers none.'
      throw new Fault('CERT_UNKNOWN', { detail })
    }
    // Whose certificate it is only the registry knows.
    const signer = {
      subsystem: '' as SubsystemId,
      thumbprint,
      serialNumber: serialText(certificate),
    }
    return { signer, publicKey, keyType }
  }

  find(name: CertificateName): string {
    const registered = [...this.#known].map(([thumbprint, { certificate }]) => {
      const { der } = certificate
      return [thumbprint, { der, subsystem: '' as SubsystemId, status: 'active' }] as const
    })
    const [thumbprint, ...others] = new CertificateNames(new Map(registered)).thumbprintsOf(name)
    if (thumbprint !== undefined && others.length === 0) return thumbprint
    if (!this.#given) throw new NoCertificate()
    throw this.#unknown()
  }

  checkCertificate(): void {
    // The chain is checked apart, with the files that were given for it.
  }

  #unknown(): Fault {
    const detail = this.#given
      ? 'KeyInfo names another certificate than was given with --cert.'
      : 'KeyInfo names no certificate that may sign messages.'
    return new Fault('CERT_UNKNOWN', { field: 'KeyInfo', detail })
  }
}
