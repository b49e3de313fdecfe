import { Fault } from '../exchange/fault.js'
import { verdictsMax } from '../limits.js'
import { keyTypeOf } from './http-signature/algorithms.js'
import type { SignerDirectory, VerifiedSigner } from './signer-directory.js'
import type { RegisteredCertificate, TrustMaterial } from './trust-material.js'
import { trustStoreOf } from './trust-material-store.js'
import type { AlgorithmPolicy } from './x509/algorithm-policy.js'
import { parseCertificate, serialText } from './x509/certificate.js'
import { DerError } from './x509/der.js'
import { PathError } from './x509/path-error.js'
import { pathFault } from './x509/path-fault.js'
import { validatePath } from './x509/path-validation.js'
import type { TrustStore } from './x509/trust-store.js'

/** A refusal is looked at again after this: time may have made the certificate or a list valid. */
export const refusalMs = 5_000

export interface SignerVerdictsSettings {
  readonly trustMaterial: () => TrustMaterial
  readonly now: () => Date
  readonly algorithms: AlgorithmPolicy
}

interface Verdict {
  readonly signer: VerifiedSigner | undefined
  readonly fault: Fault | undefined
  readonly fromMs: number
  /** Exclusive. */
  readonly untilMs: number
}

/**
 * Answers who signs with which certificate, from the registry's snapshot. A verdict is remembered as
 * long as its path and revocation lists hold and the trust material stays the same.
 */
export class SignerVerdicts implements SignerDirectory {
  readonly #settings: SignerVerdictsSettings
  readonly #verdicts = new Map<string, Verdict>()
  #generation: number | undefined
  #trust: TrustStore | undefined

  constructor(settings: SignerVerdictsSettings) {
    this.#settings = settings
  }

  /**
   * @param thumbprint base64url SHA-256 of the certificate's DER
   * @throws Fault CERT_UNKNOWN, CERT_EXPIRED, CERT_REVOKED, ALGORITHM_FORBIDDEN
   */
  signer(thumbprint: string): VerifiedSigner {
    const material = this.#settings.trustMaterial()
    if (material.generation !== this.#generation) this.#startAfresh(material)
    const now = this.#settings.now()
    const nowMs = now.getTime()
    let verdict = this.#verdicts.get(thumbprint)
    if (!verdict || nowMs >= verdict.untilMs || nowMs < verdict.fromMs) {
      const registered = material.certificate(thumbprint)
      // Not remembered: the look-up is as cheap, and strangers could fill the memory.
      if (!registered) throw new Fault('CERT_UNKNOWN')
      verdict = this.#judge(thumbprint, registered, now)
      this.#remember(thumbprint, verdict)
    }
    if (verdict.signer) return verdict.signer
    // A fault is thrown once only: each refusal carries its own stack and exchange.
    const { code, side, detail, cause } = verdict.fault ?? new Fault('INTERNAL_ERROR')
    throw new Fault(code, { side, cause, ...(detail === undefined ? {} : { detail }) })
  }

  #startAfresh(material: TrustMaterial): void {
    this.#verdicts.clear()
    this.#trust = trustStoreOf(material)
    this.#generation = material.generation
  }

  #judge(thumbprint: string, registered: RegisteredCertificate, now: Date): Verdict {
    const fromMs = now.getTime()
    const refusal = (fault: Fault): Verdict => {
      return { signer: undefined, fault, fromMs, untilMs: fromMs + refusalMs }
    }
    if (registered.status === 'revoked') return refusal(new Fault('CERT_REVOKED'))
    try {
      const certificate = parseCertificate(registered.der)
      const { algorithms } = this.#settings
      const trust = this.#trust ?? trustStoreOf(this.#settings.trustMaterial())
      const { publicKey, validUntil } = validatePath({ certificate, trust, at: now, algorithms })
      const keyType = keyTypeOf(publicKey)
      if (!keyType) return refusal(new Fault('ALGORITHM_FORBIDDEN'))
      const { subsystem } = registered
      const signer = { subsystem, thumbprint, serialNumber: serialText(certificate) }
      const untilMs = validUntil.getTime()
      return { signer: { signer, publicKey, keyType }, fault: undefined, fromMs, untilMs }
    } catch (error) {
      return refusal(faultOf(error))
    }
  }

  #remember(thumbprint: string, verdict: Verdict): void {
    this.#verdicts.delete(thumbprint)
    if (this.#verdicts.size >= verdictsMax) {
      // The oldest verdict goes; a map keeps the order of insertion.
      for (const oldest of this.#verdicts.keys()) {
        this.#verdicts.delete(oldest)
        break
      }
    }
    this.#verdicts.set(thumbprint, verdict)
  }
}

function faultOf(error: unknown): Fault {
  if (error instanceof PathError) return pathFault(error)
  if (!(error instanceof DerError)) throw error
  const detail = 'The registered certificate cannot be read.'
  return new Fault('CERT_UNKNOWN', { side: 'bus', detail, cause: error })
}
