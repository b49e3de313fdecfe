import type { KeyObject } from 'node:crypto'
import type { AlgorithmPolicy } from './algorithm-policy.js'
import type { Certificate } from './certificate.js'
import { workMax } from '../../limits/certificates.js'
import { PathError } from './path-error.js'
import { isSignatureOf, type SignatureAlgorithm } from './signature.js'
import type { TrustStore } from './trust-store.js'

/** One check that was made, for those who ask why. */
export interface PathStep {
  readonly outcome: 'passed' | 'note' | 'failed'
  /** Subject of the certificate it was made on. */
  readonly subject: string
  /** Section of RFC 5280; empty where the rule is the bus's own. */
  readonly section: string
  /** One English sentence. */
  readonly text: string
}

/** RFC 5280 §6.1.1 (c), (e), (f), (g). */
export interface PolicyInputs {
  /** Undefined stands for any-policy. */
  readonly userPolicies: ReadonlySet<string> | undefined
  readonly requireExplicitPolicy: boolean
  readonly inhibitPolicyMapping: boolean
  readonly inhibitAnyPolicy: boolean
}

/** Any policy will do and none is required. */
export const noPolicyDemands: PolicyInputs = {
  userPolicies: undefined,
  requireExplicitPolicy: false,
  inhibitPolicyMapping: false,
  inhibitAnyPolicy: false,
}

/** What one validation holds on to while it searches. */
export interface PathContext {
  readonly trust: TrustStore
  readonly at: Date
  readonly algorithms: AlgorithmPolicy
  readonly policies: PolicyInputs
  readonly onStep: (step: PathStep) => void
  /** Shared by the whole search, paths of CRL issuers included. */
  readonly work: { left: number }
  /** CRL issuers under validation: none may vouch for itself. */
  readonly crlIssuers: ReadonlySet<Certificate>
}

/** Accounts for one step of search. @throws PathError too-complex */
export function spend(context: PathContext, subject: string): void {
  context.work.left -= 1
  if (context.work.left >= 0) return
  const text = `The search for a path took more than ${workMax} steps, so it was given up.`
  throw new PathError('too-complex', subject, '', text)
}

/** Something signed: a certificate or a revocation list. */
interface Signed {
  readonly tbs: Buffer
  readonly signatureAlgorithm: SignatureAlgorithm
  readonly signature: Buffer
}

// Whether a key made a signature never changes; the values live as long as the parsed objects.
const verdicts = new WeakMap<Signed, WeakMap<KeyObject, boolean>>()

/** Whether the authority's key signed this. Remembered for the objects' life. */
export function isSignedBy(signed: Signed, authority: Certificate): boolean {
  const key = authority.publicKey
  if (!key) return false
  let byKey = verdicts.get(signed)
  if (!byKey) verdicts.set(signed, (byKey = new WeakMap()))
  let verdict = byKey.get(key)
  if (verdict === undefined) {
    verdict = isSignatureOf(key, signed.signatureAlgorithm, signed.tbs, signed.signature)
    byKey.set(key, verdict)
  }
  return verdict
}

/** Day and minute, for sentences. */
export function timeText(time: Date): string {
  return `${time.toISOString().slice(0, 16).replace('T', ' ')} UTC`
}
