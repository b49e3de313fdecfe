import type { Certificate } from './certificate.js'
import { keyUsageBit } from './certificate-extensions.js'
import { NameConstraintState } from './name-constraints.js'
import { isSignedBy, timeText, type PathContext } from './path-context.js'
import { PathError, type PathReason } from './path-error.js'
import { PolicyState } from './policy-state.js'

/**
 * RFC 5280 §6.1 without revocation, from the anchor down.
 * @param path end entity first, trust anchor last
 * @returns the policies valid for the path
 * @throws PathError at the first check that fails
 */
export function checkPath(path: readonly Certificate[], context: PathContext): ReadonlySet<string> {
  const [anchor, ...below] = path.toReversed()
  if (!anchor) throw new Error('a path has at least two certificates')
  const constraints = new NameConstraintState()
  const policies = new PolicyState(below.length, context.policies)
  const length = new PathLength(below.length)
  checkAlgorithms(anchor, context, { signature: false })
  checkValidity(anchor, context)
  checkAuthority(anchor, context)
  // RFC 5937 §3: what an anchor's certificate says of itself limits what hangs on it.
  length.constrain(anchor)
  constraints.add(anchor.nameConstraints)
  let issuer = anchor
  for (const [index, certificate] of below.entries()) {
    const isLast = index === below.length - 1
    checkAlgorithms(certificate, context, { signature: true })
    checkSignature(certificate, issuer, context)
    checkValidity(certificate, context)
    checkNames(certificate, isLast, constraints, context)
    if (!policies.step(certificate, isLast)) refusePolicy(certificate, '6.1.3 (f)')
    if (!isLast) {
      if (!policies.prepareForNext(certificate)) {
        refuse(certificate, 'policy', '6.1.4 (a)', 'It maps the policy anyPolicy.')
      }
      constraints.add(certificate.nameConstraints)
      checkAuthority(certificate, context)
      length.count(certificate)
      length.constrain(certificate)
    }
    checkCriticalExtensions(certificate, context)
    issuer = certificate
  }
  const valid = policies.wrapUp(issuer)
  return valid ?? refusePolicy(issuer, '6.1.5 (g)')
}

function refuse(
  certificate: Certificate,
  reason: PathReason,
  section: string,
  text: string,
): never {
  throw new PathError(reason, certificate.subject.text, section, text)
}

function refusePolicy(certificate: Certificate, section: string): never {
  return refuse(certificate, 'policy', section, 'No certificate policy is valid for the path.')
}

function pass(certificate: Certificate, context: PathContext, section: string, text: string): void {
  context.onStep({ outcome: 'passed', subject: certificate.subject.text, section, text })
}

/** The bus's own rule. An anchor's own signature proves nothing and is not looked at. */
function checkAlgorithms(
  certificate: Certificate,
  { algorithms, onStep }: PathContext,
  looksAt: { readonly signature: boolean },
): void {
  const { publicKey, signatureAlgorithm, subject } = certificate
  const keyTrouble = publicKey ? algorithms.refusesKey(publicKey) : 'its key cannot be used'
  const trouble =
    (looksAt.signature ? algorithms.refusesSignature(signatureAlgorithm) : undefined) ?? keyTrouble
  if (trouble) refuse(certificate, 'algorithm-forbidden', '', `Not accepted: ${trouble}.`)
  const text = looksAt.signature
    ? `Key and signature algorithm (${signatureAlgorithm.name}) are allowed.`
    : 'The key of the trust anchor is allowed.'
  onStep({ outcome: 'passed', subject: subject.text, section: '', text })
}

function checkSignature(certificate: Certificate, issuer: Certificate, context: PathContext): void {
  if (!isSignedBy(certificate, issuer)) {
    const text = `Its signature was not made by the key of ${issuer.subject.text}.`
    refuse(certificate, 'bad-signature', '6.1.3 (a)(1)', text)
  }
  pass(certificate, context, '6.1.3 (a)(1)', `It was signed by ${issuer.subject.text}.`)
}

function checkValidity(certificate: Certificate, context: PathContext): void {
  const { notBefore, notAfter } = certificate
  const section = '6.1.3 (a)(2)'
  if (context.at < notBefore) {
    refuse(certificate, 'not-yet-valid', section, `It is not valid before ${timeText(notBefore)}.`)
  }
  if (context.at > notAfter) {
    refuse(certificate, 'expired', section, `It expired on ${timeText(notAfter)}.`)
  }
  const text = `It is valid from ${timeText(notBefore)} to ${timeText(notAfter)}.`
  pass(certificate, context, section, text)
}

function checkNames(
  certificate: Certificate,
  isLast: boolean,
  constraints: NameConstraintState,
  context: PathContext,
): void {
  if (certificate.isSelfIssued && !isLast) return
  const trouble = constraints.refuses(certificate)
  if (trouble) {
    refuse(certificate, 'name-constraint', '6.1.3 (b)', `Its name is not allowed: ${trouble}.`)
  }
  pass(certificate, context, '6.1.3 (b)', 'Its names keep the name constraints of the path.')
}

/** §6.1.4 (k), (n): who issues certificates must be an authority. */
function checkAuthority(certificate: Certificate, context: PathContext): void {
  if (!certificate.basicConstraints?.isCa) {
    const text = 'It is not the certificate of an authority, so it may not issue certificates.'
    refuse(certificate, 'not-a-ca', '6.1.4 (k)', text)
  }
  const { keyUsage } = certificate
  if (keyUsage !== undefined && (keyUsage & keyUsageBit.keyCertSign) === 0) {
    refuse(certificate, 'key-usage', '6.1.4 (n)', 'Its key usage does not include keyCertSign.')
  }
  pass(certificate, context, '6.1.4 (k)', 'It is an authority and may issue certificates.')
}

/** §6.1.4 (o), §6.1.5 (f). */
function checkCriticalExtensions(certificate: Certificate, context: PathContext): void {
  const oid = certificate.unknownCriticalExtension
  if (oid !== undefined) {
    const text = `It has the critical extension ${oid}, which the bus does not know.`
    refuse(certificate, 'unknown-critical-extension', '6.1.4 (o)', text)
  }
  pass(certificate, context, '6.1.4 (o)', 'It has no critical extension that is unknown.')
}

/** max_path_length of §6.1.2 (k), which counts authorities that are not self-issued. */
class PathLength {
  #left: number

  constructor(length: number) {
    this.#left = length
  }

  /** §6.1.4 (l). @throws PathError */
  count(certificate: Certificate): void {
    if (certificate.isSelfIssued) return
    if (this.#left <= 0) {
      const text = 'An authority above it does not allow a further authority on the path.'
      refuse(certificate, 'path-length', '6.1.4 (l)', text)
    }
    this.#left -= 1
  }

  /** §6.1.4 (m). */
  constrain(certificate: Certificate): void {
    this.#left = Math.min(this.#left, certificate.basicConstraints?.pathLength ?? Infinity)
  }
}
