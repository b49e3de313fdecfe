import type { AcceptedReply, LoggedRequest, ReceivedReply, Signer } from '../exchange/exchange.js'
import { Fault } from '../exchange/fault.js'
import type {
  HttpReplyContent,
  SignedContent,
  SoapReplyContent,
} from '../exchange/signed-content.js'
import {
  digestMismatch,
  digestsMatch,
  readContentDigest,
  sha256Of,
} from './http-signature/content-digest.js'
import { HeaderFields } from './http-signature/header-fields.js'
import { requestMessage } from './http-signature/message.js'
import { verifyReplySignature } from './http-signature/verify-reply.js'
import type { VerificationRules } from './http-signature/verify-request.js'
import { verifySoapReply } from './wss/verify-reply.js'

/**
 * Step 7: the provider's answer is held to the same rules as the request. A digest that is there must
 * match even where no signature is asked for.
 * @throws Fault of side `provider`: SIGNATURE_MISSING, SIGNATURE_INVALID, ALGORITHM_FORBIDDEN, CLOCK_SKEW, CERT_*
 */
export function createAcceptReply(
  rules: VerificationRules,
): (reply: ReceivedReply, logged: LoggedRequest) => Promise<AcceptedReply> {
  return (reply, logged) =>
    new Promise((resolve) => {
      const signer = providerSigner(reply, logged, rules)
      const { content, delivered, deliveredAt, receivedAt } = reply
      resolve({ content, delivered, deliveredAt, receivedAt, signer } as AcceptedReply)
    })
}

function providerSigner(
  reply: ReceivedReply,
  logged: LoggedRequest,
  rules: VerificationRules,
): Signer | undefined {
  const { content } = reply
  const { route } = logged
  try {
    const fields = new HeaderFields(content.rawHeaders)
    checkDigest(fields, content.payload)
    if (route.providerSignature === 'none') return undefined
    const signer =
      content.format === 'http'
        ? httpSigner(content, fields, reply.delivered, rules)
        : soapSigner(content, logged, rules)
    if (signer.subsystem !== route.provider) throw new Fault('CERT_SENDER_MISMATCH')
    return signer
  } catch (error) {
    throw error instanceof Fault ? ofProvider(error) : error
  }
}

function httpSigner(
  { status, payload }: HttpReplyContent,
  fields: HeaderFields,
  delivered: SignedContent,
  rules: VerificationRules,
): Signer {
  const request = delivered.format === 'http' ? requestMessage(delivered) : undefined
  const message = { kind: 'reply', status, fields, request } as const
  return verifyReplySignature(message, payload.length > 0, rules).signer
}

function soapSigner(
  { payload: bytes, envelope, attachments }: SoapReplyContent,
  { verified }: LoggedRequest,
  rules: VerificationRules,
): Signer {
  const payload = { bytes, envelope, attachments }
  const requestSignature = verified.signature.value
  return verifySoapReply({ payload, rule: 'answer', requestSignature }, rules).signer
}

function checkDigest(fields: HeaderFields, payload: Uint8Array): void {
  const digests = readContentDigest(fields)
  if (digests && !digestsMatch(digests, payload, sha256Of(payload))) throw digestMismatch()
}

// The verifier's faults lie with who signed; here that is the provider.
function ofProvider({ code, field, detail, cause }: Fault): Fault {
  // What is no message as it should be is told by another code in an answer than in a request.
  const isOdd = code === 'REQUEST_INVALID' || code === 'PAYLOAD_UNSAFE'
  return new Fault(isOdd ? 'RESPONSE_INVALID' : code, {
    side: 'provider',
    cause,
    ...(field === undefined ? {} : { field }),
    ...(detail === undefined ? {} : { detail }),
  })
}
