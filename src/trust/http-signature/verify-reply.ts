import type { Signer } from '../../exchange/exchange.js'
import { Fault } from '../../exchange/fault.js'
import type { Component } from './component.js'
import type { ReplyMessage } from './message.js'
import { checkFreshness, checkParameters, checkSignature } from './parameters.js'
import { busLabel, coveredNames, uncovered } from './request-coverage.js'
import { signatureBase } from './signature-base.js'
import { readSignatures, type MessageSignature } from './signature-fields.js'
import type { VerificationRules } from './verify-request.js'
import { refuseAtOnce } from './watch.js'

/**
 * Verifies a provider's signature over its answer (RFC 9421 §2.4): status, content and the signature
 * of the delivery that it answers, so that an answer cannot be moved to another request.
 * @param hasPayload whether the answer has a payload, which then must be covered
 * @throws Fault SIGNATURE_MISSING, SIGNATURE_INVALID, ALGORITHM_FORBIDDEN, CLOCK_SKEW, CERT_*
 */
export function verifyReplySignature(
  message: ReplyMessage,
  hasPayload: boolean,
  rules: VerificationRules,
): { signer: Signer; signature: MessageSignature } {
  const signature = checkParameters(providerSignature(readSignatures(message.fields)))
  checkReplyCoverage(message, signature, hasPayload)
  if (!signature.components.some((component) => bindsDelivery(component))) {
    throw uncovered('signature', 'The answer must cover the signature of the request (;req).')
  }
  checkFreshness(signature, rules.now().getTime(), rules.freshnessMs, refuseAtOnce)
  const base = signatureBase(message, signature.components, signature.parametersText)
  const by = rules.signers.key(signature.keyId)
  checkSignature(signature, base, by, refuseAtOnce)
  rules.signers.checkCertificate(signature.keyId)
  return { signer: by.signer, signature }
}

/** @throws Fault SIGNATURE_INVALID naming the part of the answer that is not covered */
export function checkReplyCoverage(
  message: ReplyMessage,
  signature: MessageSignature,
  hasPayload: boolean,
): void {
  const covered = coveredNames(signature)
  const needed = ['@status']
  if (hasPayload || message.fields.has('content-digest')) needed.push('content-digest')
  for (const name of needed) {
    if (covered.has(name)) continue
    throw uncovered(name, 'The part is present and the signature does not cover it.')
  }
}

/** Whether a component is the signature of the request that is answered, whole or of one label. */
export function bindsRequest({ name, req, bs, key }: Component, label: string): boolean {
  return name === 'signature' && req && !bs && (key === undefined || key === label)
}

function bindsDelivery(component: Component): boolean {
  return bindsRequest(component, busLabel)
}

function providerSignature(signatures: readonly MessageSignature[]): MessageSignature {
  if (signatures.some(({ label }) => label === busLabel)) {
    throw uncovered('signature-input', 'The label sluice is reserved for the bus.')
  }
  const [first, ...others] = signatures
  if (!first) throw new Fault('SIGNATURE_MISSING')
  if (others.length === 0) return first
  const qualified = signatures.filter(({ components }) =>
    components.some(({ name }) => name === '@status'),
  )
  const [only] = qualified
  if (only && qualified.length === 1) return only
  throw uncovered('signature-input', 'Exactly one of several signatures must cover @status.')
}
