import type { AcceptedReply, LoggedRequest, ReceivedReply, Signer } from '../exchange/exchange.js'
import { Fault } from '../exchange/fault.js'
import { isInMemory, type SpooledPayload } from '../exchange/payload.js'
import type { HttpReplyContent } from '../exchange/http-content.js'
import type { MqReplyContent } from '../exchange/mq-content.js'
import type { ReplyContent, SignedContent } from '../exchange/signed-content.js'
import type {
  SoapAttachment,
  SoapReplyContent,
  SpoolableAttachment,
} from '../exchange/soap-content.js'
import {
  digestMismatch,
  digestsMatch,
  readContentDigest,
  sha256Of,
  spooledDigestsMatch,
} from './http-signature/content-digest.js'
import { HeaderFields } from './http-signature/header-fields.js'
import { requestMessage } from './http-signature/message.js'
import { verifyReplySignature } from './http-signature/verify-reply.js'
import type { VerificationRules } from './http-signature/verify-request.js'
import { verifyMqAnswer } from './jws/verify-answer.js'
import { checkSignable } from './wss/signable.js'
import { verifySoapReply, verifySpooledReply } from './wss/verify-reply.js'

/**
 * Step 7: the provider's answer is held to the same rules as the request. A digest that is there must
 * match even where no signature is asked for.
 * @throws Fault of side `provider`: SIGNATURE_MISSING, SIGNATURE_INVALID, ALGORITHM_FORBIDDEN, CLOCK_SKEW, CERT_*
 */
export function createAcceptReply(
  rules: VerificationRules,
): (reply: ReceivedReply, logged: LoggedRequest) => Promise<AcceptedReply> {
  return (reply, logged) =>
    new Promise((resolve, reject) => {
      const { content } = reply
      const accept = (signer: Signer | undefined): void => {
        const { delivered, deliveredAt, receivedAt } = reply
        resolve({ content, delivered, deliveredAt, receivedAt, signer } as AcceptedReply)
      }
      if (isInMemory(content.payload)) accept(providerSigner(reply, content.payload, logged, rules))
      else spooledSigner(content, content.payload, logged, rules).then(accept, reject)
    })
}

function providerSigner(
  { content, delivered }: ReceivedReply,
  payload: Uint8Array,
  logged: LoggedRequest,
  rules: VerificationRules,
): Signer | undefined {
  const { route } = logged
  try {
    if (content.format === 'mq') return mqSignerOf(content, delivered, logged, rules)
    const fields = new HeaderFields(content.rawHeaders)
    checkDigest(fields, payload)
    if (content.format === 'soap') checkSignable(content)
    if (route.providerSignature === 'none') return undefined
    const signer =
      content.format === 'http'
        ? httpSigner(content, fields, delivered, rules)
        : soapSigner(content, payload, logged, rules)
    checkSender(signer, route)
    return signer
  } catch (error) {
    throw error instanceof Fault ? ofProvider(error) : error
  }
}

/** The same of an answer on the spool, of which every digest is made piece by piece. */
async function spooledSigner(
  content: ReplyContent,
  bytes: SpooledPayload,
  logged: LoggedRequest,
  rules: VerificationRules,
): Promise<Signer | undefined> {
  const { route, verified } = logged
  try {
    if (content.format !== 'soap') throw new TypeError('an answer of HTTP on the spool')
    const digests = readContentDigest(new HeaderFields(content.rawHeaders))
    if (digests && !(await spooledDigestsMatch(digests, bytes))) throw digestMismatch()
    checkSignable(content)
    if (route.providerSignature === 'none') return undefined
    const { envelope, attachments, isXop = false } = content
    const requestSignature = verified.signature.value
    const signer = await verifySpooledReply(
      { payload: { bytes, envelope, attachments, isXop }, rule: 'answer', requestSignature },
      rules,
    )
    checkSender(signer, route)
    return signer
  } catch (error) {
    throw error instanceof Fault ? ofProvider(error) : error
  }
}

/** A signature that is there must be right, and is asked for where the service demands one. */
function mqSignerOf(
  content: MqReplyContent,
  delivered: SignedContent,
  { exchangeId, route }: LoggedRequest,
  rules: VerificationRules,
): Signer | undefined {
  // A message in a queue that nobody answers: the bus itself says that it is there.
  if (route.pattern === 'one-way') return undefined
  if (content.signature === undefined && route.providerSignature === 'none') return undefined
  const signature = delivered.format === 'mq' ? delivered.signature : undefined
  const signer = verifyMqAnswer(content, { exchangeId, signature }, rules)
  checkSender(signer, route)
  return signer
}

function checkSender({ subsystem }: Signer, { provider }: LoggedRequest['route']): void {
  if (subsystem !== provider) throw new Fault('CERT_SENDER_MISMATCH')
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
  { envelope, attachments: given, isXop = false }: SoapReplyContent,
  bytes: Uint8Array,
  { verified }: LoggedRequest,
  rules: VerificationRules,
): Signer {
  const attachments = given.filter(isHeld)
  if (attachments.length < given.length) throw new TypeError('an attachment apart from its payload')
  const payload = { bytes, envelope, attachments, isXop }
  const requestSignature = verified.signature.value
  return verifySoapReply({ payload, rule: 'answer', requestSignature }, rules).signer
}

function isHeld(attachment: SpoolableAttachment): attachment is SoapAttachment {
  return isInMemory(attachment.content)
}

function checkDigest(fields: HeaderFields, payload: Uint8Array): void {
  const digests = readContentDigest(fields)
  if (digests && !digestsMatch(digests, payload, sha256Of(payload))) throw digestMismatch()
}

/** The verifier's faults lie with who signed; in an answer that is the provider. */
export function ofProvider({ code, field, detail, cause }: Fault): Fault {
  // What is no message as it should be is told by another code in an answer than in a request.
  const isOdd = code === 'REQUEST_INVALID' || code === 'PAYLOAD_UNSAFE'
  return new Fault(isOdd ? 'RESPONSE_INVALID' : code, {
    side: 'provider',
    cause,
    ...(field === undefined ? {} : { field }),
    ...(detail === undefined ? {} : { detail }),
  })
}
