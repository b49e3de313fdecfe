import type {
  AcceptedReply,
  LoggedRequest,
  ReceivedReply,
  Route,
  Signer,
} from '../exchange/exchange.js'
import { Fault, type FaultCode } from '../exchange/fault.js'
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
import { verifySoapAnswer } from './wss/verify-answer.js'

/**
 * Step 7: the provider's answer is held to the same rules as the request. A digest that is there must
 * match even where no signature is asked for.
 * @throws Fault of side `provider`: SIGNATURE_MISSING, SIGNATURE_INVALID, ALGORITHM_FORBIDDEN, CLOCK_SKEW, CERT_*
 */
export function createAcceptReply(
  rules: VerificationRules,
): (reply: ReceivedReply, logged: LoggedRequest) => Promise<AcceptedReply> {
  return (reply, { route }) =>
    new Promise((resolve) => {
      const signer = providerSigner(reply, route, rules)
      const { content, delivered, deliveredAt, receivedAt } = reply
      resolve({ content, delivered, deliveredAt, receivedAt, signer } as AcceptedReply)
    })
}

function providerSigner(
  reply: ReceivedReply,
  route: Route,
  rules: VerificationRules,
): Signer | undefined {
  const { content } = reply
  try {
    const fields = new HeaderFields(content.rawHeaders)
    checkDigest(fields, content.payload)
    if (route.providerSignature === 'none') return undefined
    const signer =
      content.format === 'soap'
        ? verifySoapAnswer(content, rules)
        : signerOverHttp(reply, fields, rules)
    if (signer.subsystem !== route.provider) throw new Fault('CERT_SENDER_MISMATCH')
    return signer
  } catch (error) {
    throw error instanceof Fault ? ofProvider(error) : error
  }
}

function signerOverHttp(
  { content: { status, payload }, delivered }: ReceivedReply,
  fields: HeaderFields,
  rules: VerificationRules,
): Signer {
  const request = delivered.format === 'http' ? requestMessage(delivered) : undefined
  const message = { kind: 'reply', status, fields, request } as const
  return verifyReplySignature(message, payload.length > 0, rules).signer
}

function checkDigest(fields: HeaderFields, payload: Uint8Array): void {
  const digests = readContentDigest(fields)
  if (digests && !digestsMatch(digests, payload, sha256Of(payload))) throw digestMismatch()
}

/** What is wrong with an answer is not wrong with the request. */
const codesOfAnswers: Partial<Record<FaultCode, FaultCode>> = {
  REQUEST_INVALID: 'RESPONSE_INVALID',
  PAYLOAD_UNSAFE: 'RESPONSE_INVALID',
}

// The verifier's faults lie with who signed; here that is the provider.
function ofProvider({ code, field, detail, cause }: Fault): Fault {
  return new Fault(codesOfAnswers[code] ?? code, {
    side: 'provider',
    cause,
    ...(field === undefined ? {} : { field }),
    ...(detail === undefined ? {} : { detail }),
  })
}
