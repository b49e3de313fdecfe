import type { KeyObject } from 'node:crypto'
import type { AlgorithmPolicy } from './algorithm-policy.js'
import type { Certificate } from './certificate.js'
import { pathsMax, workMax } from '../../limits/certificates.js'
import { candidatePaths, type DeadEnds } from './path-building.js'
import { checkPath } from './path-checks.js'
import {
  noPolicyDemands,
  type PathContext,
  type PathStep,
  type PolicyInputs,
} from './path-context.js'
import { PathError } from './path-error.js'
import { checkRevocation } from './revocation.js'
import { checkCrlIssuer, checkMessageSigner } from './signer-checks.js'
import type { TrustStore } from './trust-store.js'

/** What the end entity's key is to be used for; `any` leaves that question to the caller. */
export type PathPurpose = 'message-signature' | 'crl-signature' | 'any'

export interface PathRequest {
  readonly certificate: Certificate
  readonly trust: TrustStore
  readonly at: Date
  readonly algorithms: AlgorithmPolicy
  /** `message-signature` by default. */
  readonly purpose?: PathPurpose
  /** Any policy will do and none is required, by default. */
  readonly policies?: Partial<PolicyInputs>
  /** Told every check, in order, whatever its outcome; paths that were tried in vain included. */
  readonly onStep?: (step: PathStep) => void
}

export interface ValidatedPath {
  /** End entity first, trust anchor last. */
  readonly path: readonly Certificate[]
  readonly publicKey: KeyObject
  /** Until when the verdict holds: the earliest end of a certificate or of a used revocation list. */
  readonly validUntil: Date
  /** Certificate policies valid for the whole path (RFC 5280 §6.1.6). */
  readonly policies: ReadonlySet<string>
}

/**
 * Finds a path from the certificate to a trust anchor that stands every check of RFC 5280 §6.
 * @throws PathError saying which certificate is refused and why, for the most promising path
 */
export function validatePath(request: PathRequest): ValidatedPath {
  return search(request.certificate, request.purpose ?? 'message-signature', {
    trust: request.trust,
    at: request.at,
    algorithms: request.algorithms,
    policies: { ...noPolicyDemands, ...request.policies },
    onStep: request.onStep ?? (() => undefined),
    work: { left: workMax },
    crlIssuers: new Set(),
  })
}

function search(
  certificate: Certificate,
  purpose: PathPurpose,
  context: PathContext,
): ValidatedPath {
  const deadEnds: DeadEnds = { error: undefined }
  let firstError: PathError | undefined
  let tried = 0
  for (const path of candidatePaths(certificate, context, deadEnds)) {
    tried += 1
    if (tried > pathsMax) break
    try {
      return validateOne(path, purpose, context)
    } catch (error) {
      if (!(error instanceof PathError) || error.reason === 'too-complex') throw error
      firstError ??= error
      const { subject, section, message } = error
      context.onStep({ outcome: 'note', subject, section, text: `This path fails: ${message}` })
    }
  }
  throw firstError ?? deadEnds.error ?? noPath(certificate)
}

function noPath(certificate: Certificate): PathError {
  const text = 'No path leads from it to a trust anchor.'
  return new PathError('unknown-issuer', certificate.subject.text, '6.1', text)
}

function validateOne(
  path: readonly Certificate[],
  purpose: PathPurpose,
  context: PathContext,
): ValidatedPath {
  const [endEntity] = path
  const publicKey = endEntity?.publicKey
  if (!endEntity) throw new Error('a path has at least two certificates')
  const names = path.map((each) => each.subject.text).join(' ← ')
  const subject = endEntity.subject.text
  context.onStep({ outcome: 'note', subject, section: '6.1', text: `Trying the path ${names}.` })
  const policies = checkPath(path, context)
  if (purpose === 'message-signature') checkMessageSigner(endEntity, context)
  if (purpose === 'crl-signature') checkCrlIssuer(endEntity, context)
  if (!publicKey) throw new Error('the algorithm policy lets no unusable key pass')
  const limits = path.map((each) => each.notAfter)
  const revokedUntil = checkRevocation(path, context, (issuer, inner) =>
    search(issuer, 'crl-signature', inner),
  )
  const times = [...limits, ...revokedUntil].map((time) => time.getTime())
  return { path, publicKey, validUntil: new Date(Math.min(...times)), policies }
}
