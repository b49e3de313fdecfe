import { hash } from 'node:crypto'
import type { NoteKey } from '../../tlog/note-keys.js'
import { strictAlgorithms } from '../../trust/x509/algorithm-policy.js'
import { parseCertificate, type Certificate } from '../../trust/x509/certificate.js'
import { parseRevocationList, type RevocationList } from '../../trust/x509/crl.js'
import { DerError } from '../../trust/x509/der.js'
import { parseOcspAnswer, type OcspAnswer } from '../../trust/x509/ocsp-answer.js'
import { isIdOf } from '../../trust/x509/ocsp-cert-id.js'
import { PathError } from '../../trust/x509/path-error.js'
import { validatePath, type PathPurpose } from '../../trust/x509/path-validation.js'
import { makeTrustStore, type RevocationPolicy } from '../../trust/x509/trust-store.js'
import type { EvidenceIndex } from '../evidence-index.js'
import type { ContainerFiles } from '../read-zip.js'
import type { RevocationProof, UncheckedRevocation } from './message-texts.js'

/** Whom the verifier believes, from elsewhere than the container. */
export interface GivenTrust {
  /** Empty where none are given; the container's own are then taken, and the report says so. */
  readonly anchors: readonly Certificate[]
  readonly logKeys: readonly NoteKey[]
  readonly witnessKeys: readonly NoteKey[]
}

/** What came of judging a certificate. */
export type CertificateVerdict =
  | {
      readonly outcome: 'good'
      readonly anchor: Certificate
      /** Why neither lists nor answers were looked into for a certificate of the path; undefined where they were for all. */
      readonly revocation: UncheckedRevocation | undefined
      /** What was looked into. */
      readonly proof: RevocationProof
    }
  /** No anchor, no list, or no answer: nothing speaks against it, and not enough for it. */
  | { readonly outcome: 'unknown'; readonly why: PathError }
  | { readonly outcome: 'bad'; readonly why: PathError }

/** Certificates and lists of a container, and how they are judged. */
export class Believed {
  /** By thumbprint, base64url of SHA-256. */
  readonly certificates: ReadonlyMap<string, Certificate>
  readonly revocationLists: readonly RevocationList[]
  readonly ocspAnswers: readonly OcspAnswer[]
  /** Whether the anchors come from elsewhere than the container. */
  readonly hasOwnAnchors: boolean
  readonly #anchors: readonly Certificate[]
  readonly #policies = new Map<string, RevocationPolicy>()
  readonly #ofBus = new Set<string>()

  constructor(files: ContainerFiles, index: EvidenceIndex, given: GivenTrust) {
    const certificates = new Map<string, Certificate>()
    const claimed: Certificate[] = []
    for (const { file, use, revocation } of index.certificates) {
      const certificate = parsed(files.get(file), parseCertificate)
      if (!certificate) continue
      const thumbprint = hash('sha256', certificate.der, 'base64url')
      certificates.set(thumbprint, certificate)
      if (revocation) this.#policies.set(thumbprint, revocation)
      if (use === 'bus') this.#ofBus.add(thumbprint)
      const isRoot = certificate.isSelfIssued && (use === 'bus' || use === 'timestamping')
      if (use === 'anchor' || isRoot) claimed.push(certificate)
    }
    this.certificates = certificates
    this.revocationLists = [...files]
      .filter(([name]) => name.endsWith('.crl'))
      .flatMap(([, der]) => parsed(der, parseRevocationList) ?? [])
    this.ocspAnswers = [...files]
      .filter(([name]) => name.endsWith('.ors'))
      .flatMap(([, der]) => parsed(der, parseOcspAnswer) ?? [])
      .sort((one, other) => other.producedAt.getTime() - one.producedAt.getTime())
    this.hasOwnAnchors = given.anchors.length > 0
    this.#anchors = this.hasOwnAnchors ? given.anchors : claimed
  }

  get anchors(): readonly Certificate[] {
    return this.#anchors
  }

  get intermediates(): readonly Certificate[] {
    return [...this.certificates.values()]
  }

  /** Whether the bus, which sealed the container, says that this certificate is its own. */
  isOfBus(thumbprint: string): boolean {
    return this.#ofBus.has(thumbprint)
  }

  /**
   * Whether an anchor vouched for the certificate at a moment, and no list or answer of that time revoked it.
   * @param others - certificates that came with it
   */
  judge(
    certificate: Certificate,
    at: Date,
    purpose: PathPurpose = 'message-signature',
    others: readonly Certificate[] = [],
  ): CertificateVerdict {
    let unlisted: UncheckedRevocation | undefined
    const used = new Set<RevocationPolicy>()
    const trust = makeTrustStore({
      anchors: this.#anchors,
      intermediates: [...this.intermediates, ...others],
      revocationLists: this.revocationLists,
      ocspAnswers: (about) => this.#answersAbout(about),
      revocationPolicy: (authority) => {
        const { policy, reason } = this.#policyOf(authority)
        if (reason) unlisted = reason
        used.add(policy)
        return policy
      },
    })
    try {
      const { path } = validatePath({
        certificate,
        trust,
        at,
        algorithms: strictAlgorithms,
        purpose,
      })
      const anchor = path.at(-1)
      if (!anchor) throw new Error('a path has at least two certificates')
      return { outcome: 'good', anchor, revocation: unlisted, proof: proofOf(used) }
    } catch (error) {
      if (!(error instanceof PathError)) throw error
      return { outcome: isUnknown(error) ? 'unknown' : 'bad', why: error }
    }
  }

  /**
   * That lists or answers were asked for the operator may say, and then they must be there. That none were is believed
   * by nobody: a list or an answer that the container has is looked into, and where it has none, nothing is proved.
   */
  #policyOf(authority: Certificate): {
    readonly policy: RevocationPolicy
    readonly reason?: UncheckedRevocation
  } {
    const stated = this.#policies.get(hash('sha256', authority.der, 'base64url'))
    const hasList = this.revocationLists.some(({ issuer }) => issuer.key === authority.subject.key)
    if (stated === 'ocsp') return { policy: 'ocsp' }
    if (stated === 'crl' || hasList) return { policy: 'crl' }
    if (this.#isAnswering(authority)) return { policy: 'ocsp' }
    return { policy: 'none', reason: stated === 'none' ? 'stated-none' : 'no-list' }
  }

  #answersAbout({ serial }: Certificate): OcspAnswer[] {
    return this.ocspAnswers.filter(({ statuses }) =>
      statuses.some(({ id }) => id.serial === serial),
    )
  }

  /** Whether an answer is about a certificate of this authority. */
  #isAnswering(issuer: Certificate): boolean {
    return this.intermediates
      .filter((each) => each.issuer.key === issuer.subject.key)
      .some((certificate) =>
        this.#answersAbout(certificate).some(({ statuses }) =>
          statuses.some(({ id }) => isIdOf(id, { certificate, issuer })),
        ),
      )
  }
}

function proofOf(used: ReadonlySet<RevocationPolicy>): RevocationProof {
  if (!used.has('ocsp')) return 'list'
  return used.has('crl') ? 'both' : 'answer'
}

/** Reasons that speak for a lack of knowledge, and not against a certificate. */
export function isUnknown({ reason }: PathError): boolean {
  return unknown.has(reason)
}

const unknown: ReadonlySet<string> = new Set([
  'unknown-issuer',
  'revocation-unknown',
  'too-complex',
])

function parsed<Value>(der: Buffer | undefined, parse: (der: Buffer) => Value): Value | undefined {
  if (!der) return undefined
  try {
    return parse(der)
  } catch (error) {
    if (error instanceof DerError) return undefined
    throw error
  }
}
