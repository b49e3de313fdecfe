import { hash } from 'node:crypto'
import type { VerifyEndUser } from '../exchange/end-user.js'
import type { AuthenticatedRequest } from '../exchange/exchange.js'
import type { EndUser } from '../exchange/person.js'
import { Fault } from '../exchange/fault.js'
import { serviceCodeOf, type ServiceId } from '../exchange/identifier.js'
import { rsaBitsMin } from '../limits/certificates.js'
import { assertionLimits } from '../limits/persons.js'
import { verifyByScheme } from '../trust/http-signature/algorithms.js'
import type { RegisteredKey, SignerDirectory } from '../trust/signer-directory.js'
import { assertionFault } from './assertion-fault.js'
import { readClaims, type Claims } from './claims.js'
import { readCompactAssertion, type CompactAssertion } from './compact-assertion.js'

export interface EndUserRules {
  readonly signers: SignerDirectory
  /** How far the issuer's clock may be from the bus's, milliseconds. */
  readonly freshnessMs: number
}

/**
 * Step 2 as to persons: who is the end user, in whose name is it said, and is it said of this very request? An assertion
 * is bound to the request's message id, which no second request can have, to its sender and to its service; so one that
 * was made for another request says nothing here.
 * @returns what throws Fault ASSERTION_INVALID
 */
export function createVerifyEndUser(rules: EndUserRules): VerifyEndUser {
  return (authenticated, service) => {
    const { assertion } = authenticated.envelope
    if (assertion === undefined) {
      throw assertionFault('A request in mode user brings an assertion of who the user is.')
    }
    const jws = readCompactAssertion(assertion)
    const claims = readClaims(jws.claims)
    checkTimes(claims, momentOf(authenticated), rules.freshnessMs)
    checkSignature(jws, claims, rules.signers)
    checkBinding(claims, authenticated, service)
    const { issuer, assurance, identifiers, represents } = claims
    const digest = hash('sha256', assertion, 'base64url')
    return { issuer, assurance, identifiers, represents, digest }
  }
}

/**
 * The moment by which an assertion is judged: when its request came, also where a one-way message is delivered later. What
 * waited in a queue while the bus was away is judged by when it was signed, as its own signature is.
 */
function momentOf({ content, verified, receivedAt }: AuthenticatedRequest): number {
  const hasWaited = content.format === 'mq' && content.through === 'messages'
  return (hasWaited ? verified.signature.created : receivedAt).getTime()
}

function checkTimes({ issuedAtMs, expiresAtMs }: Claims, nowMs: number, freshnessMs: number): void {
  const lifetimeMs = expiresAtMs - issuedAtMs
  if (lifetimeMs <= 0 || lifetimeMs > assertionLimits.lifetimeMsMax) {
    const seconds = assertionLimits.lifetimeMsMax / 1_000
    throw assertionFault(`The member exp must be at most ${seconds} s after iat.`, 'exp')
  }
  if (issuedAtMs > nowMs + freshnessMs) {
    throw assertionFault('The assertion was issued after the time of the bus.', 'iat')
  }
  if (expiresAtMs <= nowMs - freshnessMs) throw assertionFault('The assertion has expired.', 'exp')
}

/** Of the certificate nothing is said before its key has proved right. */
function checkSignature(jws: CompactAssertion, { issuer }: Claims, signers: SignerDirectory): void {
  const by = keyOf(jws.thumbprint, signers)
  const { publicKey, keyType, signer } = by
  const isRight =
    jws.scheme.keyType === keyType &&
    verifyByScheme(jws.scheme, publicKey, jws.signed, jws.signature)
  if (!isRight) throw assertionFault('The signature of the assertion is not right.')
  if (keyType === 'rsa' && (publicKey.asymmetricKeyDetails?.modulusLength ?? 0) < rsaBitsMin) {
    throw assertionFault(`An RSA key must have ${rsaBitsMin} bits or more.`, 'alg')
  }
  if (signer.subsystem !== issuer) {
    throw assertionFault('The certificate belongs to another system than the issuer.', 'iss')
  }
  try {
    signers.checkCertificate(jws.thumbprint)
  } catch (error) {
    if (!(error instanceof Fault)) throw error
    const detail = `The certificate of the assertion's issuer is not good: ${error.code}.`
    throw assertionFault(detail, 'x5t#S256', error)
  }
}

function keyOf(thumbprint: string, signers: SignerDirectory): RegisteredKey {
  try {
    return signers.key(thumbprint)
  } catch (error) {
    if (!(error instanceof Fault)) throw error
    throw assertionFault('No registered certificate is called so.', 'x5t#S256', error)
  }
}

function checkBinding(
  claims: Claims,
  { envelope }: AuthenticatedRequest,
  service: ServiceId,
): void {
  if (claims.messageId !== envelope.messageId) {
    throw assertionFault('The assertion was made for another request.', 'mid')
  }
  if (claims.client !== envelope.consumer) {
    throw assertionFault('The assertion was made for another system.', 'client')
  }
  if (claims.audience !== service && claims.audience !== serviceCodeOf(service)) {
    throw assertionFault('The assertion was made for another service.', 'aud')
  }
  const { userId, representedParty, consumer } = envelope
  if (userId !== undefined && !isSubject(claims, userId, consumer)) {
    throw assertionFault('The request names another user than its assertion.', 'userId')
  }
  if (representedParty !== undefined && representedParty !== claims.represents) {
    const detail = 'The request names another represented party than its assertion.'
    throw assertionFault(detail, 'representedParty')
  }
}

/** X-Road writes a user's identifier behind the code of its instance, `AZ` and the FIN; both ways name the same user. */
function isSubject(
  { identifiers }: Pick<EndUser, 'identifiers'>,
  userId: string,
  consumer: string,
) {
  const instance = consumer.slice(0, consumer.indexOf('/'))
  return identifiers.some(({ value }) => userId === value || userId === instance + value)
}
