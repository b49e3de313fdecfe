import { Fault } from '../exchange/fault.js'
import { verdictsMax } from '../limits/signatures.js'
import { keyTypeOf } from './http-signature/algorithms.js'
import { CertificateNames } from './certificate-names.js'
import type { CertificateName, RegisteredKey, SignerDirectory } from './signer-directory.js'
import type { RegisteredCertificate, TrustMaterial } from './trust-material.js'
import { trustStoreOf } from './trust-material-store.js'
import type { AlgorithmPolicy } from './x509/algorithm-policy.js'
import { parseCertificate, serialText, type Certificate } from './x509/certificate.js'
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
  /** Undefined for a good certificate. */
  readonly fault: Fault | undefined
  readonly fromMs: number
  /** Exclusive. */
  readonly untilMs: number
}

/** A registered certificate that somebody named, with its verdict once somebody proved to hold its key. */
interface KnownCertificate extends RegisteredKey {
  readonly certificate: Certificate
  readonly status: RegisteredCertificate['status']
  verdict: Verdict | undefined
}

/**
 * Answers who signs with which certificate, from the registry's snapshot. A verdict is remembered as
 * long as its path and revocation lists hold and the trust material stays the same.
 */
export class SignerVerdicts implements SignerDirectory {
  readonly #settings: SignerVerdictsSettings
  readonly #known = new Map<string, KnownCertificate>()
  #generation: number | undefined
  #trust: TrustStore | undefined
  #names: CertificateNames | undefined

  constructor(settings: SignerVerdictsSettings) {
    this.#settings = settings
  }

  key(thumbprint: string): RegisteredKey {
    return this.#certificate(thumbprint)
  }

  find(name: CertificateName): string {
    const material = this.#settings.trustMaterial()
    if (material.generation !== this.#generation) this.#startAfresh(material)
    this.#names ??= new CertificateNames(material.certificates)
    const [thumbprint, ...others] = this.#names.thumbprintsOf(name)
    if (thumbprint !== undefined && others.length === 0) return thumbprint
    const cause = thumbprint === undefined ? undefined : new Error('several have this name')
    throw new Fault('CERT_UNKNOWN', { cause })
  }

  checkCertificate(thumbprint: string): void {
    const known = this.#certificate(thumbprint)
    const now = this.#settings.now()
    const nowMs = now.getTime()
    let { verdict } = known
    if (!verdict || nowMs >= verdict.untilMs || nowMs < verdict.fromMs) {
      verdict = this.#judge(known, now)
      known.verdict = verdict
    }
    if (!verdict.fault) return
    // A fault is thrown once only: each refusal carries its own stack and exchange.
    const { code, side, detail, cause } = verdict.fault
    throw new Fault(code, { side, cause, ...(detail === undefined ? {} : { detail }) })
  }

  #certificate(thumbprint: string): KnownCertificate {
    const material = this.#settings.trustMaterial()
    if (material.generation !== this.#generation) this.#startAfresh(material)
    let known = this.#known.get(thumbprint)
    if (!known) {
      const registered = material.certificate(thumbprint)
      // Not remembered: the look-up is as cheap, and strangers could fill the memory.
      if (!registered) throw new Fault('CERT_UNKNOWN')
      known = readRegistered(thumbprint, registered)
      this.#remember(thumbprint, known)
    }
    return known
  }

  #startAfresh(material: TrustMaterial): void {
    this.#known.clear()
    this.#names = undefined
    this.#trust = trustStoreOf(material)
    this.#generation = material.generation
  }

  #judge({ certificate, status }: KnownCertificate, now: Date): Verdict {
    const fromMs = now.getTime()
    const refusal = (fault: Fault): Verdict => ({ fault, fromMs, untilMs: fromMs + refusalMs })
    if (status === 'revoked') return refusal(new Fault('CERT_REVOKED'))
    if (status === 'held') {
      return refusal(new Fault('CERT_REVOKED', { detail: 'The certificate is on hold.' }))
    }
    try {
      const { algorithms } = this.#settings
      const trust = this.#trust ?? trustStoreOf(this.#settings.trustMaterial())
      const { validUntil } = validatePath({ certificate, trust, at: now, algorithms })
      return { fault: undefined, fromMs, untilMs: validUntil.getTime() }
    } catch (error) {
      if (error instanceof PathError) return refusal(pathFault(error))
      throw error
    }
  }

  #remember(thumbprint: string, known: KnownCertificate): void {
    if (this.#known.size >= verdictsMax) {
      // The oldest goes; a map keeps the order of insertion.
      for (const oldest of this.#known.keys()) {
        this.#known.delete(oldest)
        break
      }
    }
    this.#known.set(thumbprint, known)
  }
}

function readRegistered(thumbprint: string, registered: RegisteredCertificate): KnownCertificate {
  const certificate = parsed(registered.der)
  const { publicKey } = certificate
  const keyType = publicKey && keyTypeOf(publicKey)
  // Nobody can prove to hold such a key, so nobody is told more; the registry takes none.
  if (!keyType) throw unusable(new Error('its key checks no signatures'))
  const { subsystem, status } = registered
  const signer = { subsystem, thumbprint, serialNumber: serialText(certificate) }
  return { signer, publicKey, keyType, certificate, status, verdict: undefined }
}

function parsed(der: Uint8Array): Certificate {
  try {
    return parseCertificate(der)
  } catch (error) {
    throw error instanceof DerError ? unusable(error) : error
  }
}

/** Told apart from an unknown certificate in the system log only. */
function unusable(cause: Error): Fault {
  return new Fault('CERT_UNKNOWN', { cause })
}
