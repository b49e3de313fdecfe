import type { SubsystemId } from '../../exchange/identifier.js'
import { Fault } from '../../exchange/fault.js'
import { CertificateNames } from '../../trust/certificate-names.js'
import { keyTypeOf } from '../../trust/http-signature/algorithms.js'
import type { VerificationRules } from '../../trust/http-signature/verify-request.js'
import type {
  CertificateName,
  RegisteredKey,
  SignerDirectory,
} from '../../trust/signer-directory.js'
import { serialText, type Certificate } from '../../trust/x509/certificate.js'

/**
 * The certificates of a container, as the verifiers of messages ask for them. Whose they are and whether they
 * were good is found out apart, for the time of the exchange.
 */
class ContainerSigners implements SignerDirectory {
  readonly #certificates: ReadonlyMap<string, Certificate>
  readonly #subsystem: SubsystemId

  constructor(certificates: ReadonlyMap<string, Certificate>, subsystem: SubsystemId) {
    this.#certificates = certificates
    this.#subsystem = subsystem
  }

  key(thumbprint: string): RegisteredKey {
    const certificate = this.#certificates.get(thumbprint)
    const publicKey = certificate?.publicKey
    const keyType = publicKey && keyTypeOf(publicKey)
    if (!keyType) throw new Fault('CERT_UNKNOWN')
    const signer = { subsystem: this.#subsystem, thumbprint, serialNumber: serialText(certificate) }
    return { signer, publicKey, keyType }
  }

  find(name: CertificateName): string {
    const subsystem = this.#subsystem
    const registered = new Map(
      [...this.#certificates].map(([thumbprint, { der }]) => [
        thumbprint,
        { der, subsystem, status: 'active' as const },
      ]),
    )
    const [thumbprint, ...others] = new CertificateNames(registered).thumbprintsOf(name)
    if (thumbprint === undefined || others.length > 0) throw new Fault('CERT_UNKNOWN')
    return thumbprint
  }

  checkCertificate(): void {
    // For the time of the exchange, and with its lists: see `Believed`.
  }
}

/**
 * Rules as the bus had them when it received the message, but for the freshness: how far a consumer's clock
 * was allowed to be off was the configuration's matter on that day.
 */
export function rulesOf(
  certificates: ReadonlyMap<string, Certificate>,
  subsystem: string,
  receivedAt: Date,
): VerificationRules {
  return {
    signers: new ContainerSigners(certificates, subsystem as SubsystemId),
    now: () => receivedAt,
    freshnessMs: Number.MAX_SAFE_INTEGER,
  }
}
