import { readContentType } from '../../../adapters/soap/content-type.js'
import { readEnvelope as readSoapEnvelope } from '../../../adapters/soap/envelope.js'
import { readMultipart } from '../../../adapters/soap/multipart.js'
import { readEnvelope as readRestEnvelope } from '../../../adapters/rest/envelope.js'
import { Fault } from '../../exchange/fault.js'
import type { Envelope } from '../../exchange/envelope.js'
import type { HttpRequestContent, RawHeaders } from '../../exchange/http-content.js'
import type { SoapPayload } from '../../exchange/soap-content.js'
import type { VerifiedSignature } from '../../exchange/verified-signature.js'
import { normalisedAuthority } from '../../http/head.js'
import { firstValue } from '../../http/headers.js'
import { soapStartBytesMax } from '../../limits/soap.js'
import {
  digestMismatch,
  digestsMatch,
  readContentDigest,
  sha256Of,
} from '../../trust/http-signature/content-digest.js'
import { HeaderFields } from '../../trust/http-signature/header-fields.js'
import { replyMessage, requestMessage } from '../../trust/http-signature/message.js'
import { checkParameters, checkSignature } from '../../trust/http-signature/parameters.js'
import { busLabel } from '../../trust/http-signature/request-coverage.js'
import { signatureBase } from '../../trust/http-signature/signature-base.js'
import { readSignatures } from '../../trust/http-signature/signature-fields.js'
import { verifyReplySignature } from '../../trust/http-signature/verify-reply.js'
import {
  verifyRequestHead,
  type VerificationRules,
} from '../../trust/http-signature/verify-request.js'
import { refuseAtOnce } from '../../trust/http-signature/watch.js'
import { verifySoapReply } from '../../trust/wss/verify-reply.js'
import { verifySoapHead } from '../../trust/wss/verify-request.js'
import { HttpHeadError, parseHead, requestLineOf, statusOf } from '../../http/kept-head.js'
import type { ReadMessage } from './read-halves.js'

/** Who signed a message, and what it said. */
export interface SignedMessage {
  readonly thumbprint: string
  readonly signature: VerifiedSignature
  readonly envelope: Pick<Envelope, 'consumer' | 'messageId'>
  readonly payload: Uint8Array
  /** Services that the signature names, with a version or without; undefined where the target says it. */
  readonly services?: readonly string[]
}

/**
 * Verifies a consumer's signature over a request of the REST lane, with the bus's own verifier (RFC 9421).
 * @throws Fault, HttpHeadError
 */
export function verifyRestRequest(message: ReadMessage, rules: VerificationRules): SignedMessage {
  return underEitherScheme(message.head, message.payload, (content) => {
    const { head, signer } = verifyRequestHead(content, rules)
    const verified = head.withPayload(message.payload)
    return {
      thumbprint: signer.thumbprint,
      signature: verified.signature,
      envelope: readRestEnvelope(verified),
      payload: message.payload,
    }
  })
}

/** The same of the SOAP lane (WS-Security). @throws Fault, PackagingError, HttpHeadError */
export function verifySoapRequest(message: ReadMessage, rules: VerificationRules): SignedMessage {
  const { rawHeaders } = parseHead(message.head)
  const payload = soapPayloadOf(rawHeaders, message.payload)
  const { envelope } = payload
  const { head, signer } = verifySoapHead(
    {
      format: 'soap',
      rawHeaders,
      start: envelope.subarray(0, soapStartBytesMax),
      startIsWhole: envelope.length <= soapStartBytesMax,
      head: () => message.head,
      readPayload: () => Promise.resolve(payload),
    },
    rules,
  )
  const verified = head.withPayload(payload)
  return {
    thumbprint: signer.thumbprint,
    signature: verified.signature,
    envelope: readSoapEnvelope(verified),
    payload: message.payload,
  }
}

/**
 * Verifies a provider's signature over an answer of HTTP, which covers the signature of the delivery.
 * @returns thumbprint of its certificate
 * @throws Fault, HttpHeadError
 */
export function verifyRestReply(message: ReadMessage, rules: VerificationRules): string {
  const { delivery, payload } = message
  if (!delivery) throw new Fault('SIGNATURE_MISSING', { detail: 'The delivery is not kept.' })
  const head = parseHead(message.head)
  const fields = new HeaderFields(head.rawHeaders)
  const digests = readContentDigest(fields)
  if (digests && !digestsMatch(digests, payload, sha256Of(payload))) throw digestMismatch()
  const status = statusOf(head)
  return underEitherScheme(delivery, payload, (content) => {
    const reply = replyMessage({ status, rawHeaders: head.rawHeaders }, requestMessage(content))
    return verifyReplySignature(reply, payload.length > 0, rules).signer.thumbprint
  })
}

/** Who signed a delivery: by thumbprint, as far as the container has the certificate. */
export type DeliverySigner =
  { readonly thumbprint: string } | 'certificate-missing' | 'other-delivery'

/**
 * Who signed that this very request was delivered: the bus's signature over the delivery covers the consumer's.
 * The provider's signature covers it in turn, and so answers that request and no other. Whose certificate it is
 * has to be judged: to a signature that is there already, whoever may choose the key can find one that fits it
 * over a delivery of another request.
 * @returns other-delivery where no such signature is over this request's delivery
 */
export function deliverySigner(
  { delivery, payload }: ReadMessage,
  { signature }: SignedMessage,
  rules: VerificationRules,
): DeliverySigner {
  if (!delivery) return 'other-delivery'
  try {
    return underEitherScheme(delivery, payload, (content) => {
      const message = requestMessage(content)
      const signatures = readSignatures(message.fields)
      const ofBus = signatures.find(({ label }) => label === busLabel)
      if (!ofBus) throw new Fault('SIGNATURE_MISSING')
      const checked = checkParameters(ofBus)
      const base = signatureBase(message, checked.components, checked.parametersText)
      checkSignature(checked, base, rules.signers.key(checked.keyId), refuseAtOnce)
      const { label } = signature
      const ofConsumer = signatures.find((each) => each.label === label)
      const isCovered = checked.components.some(
        ({ name, key }) => name === 'signature' && key === label,
      )
      const isOfRequest =
        ofConsumer !== undefined && Buffer.compare(ofConsumer.value, signature.value) === 0
      return isCovered && isOfRequest ? { thumbprint: checked.keyId } : 'other-delivery'
    })
  } catch (error) {
    if (error instanceof Fault && error.code === 'CERT_UNKNOWN') return 'certificate-missing'
    if (error instanceof Fault || error instanceof HttpHeadError) return 'other-delivery'
    throw error
  }
}

/** The same of SOAP. @throws Fault, PackagingError, HttpHeadError */
export function verifySoapAnswer(
  message: ReadMessage,
  requestSignature: Uint8Array | undefined,
  rules: VerificationRules,
): string {
  const { rawHeaders } = parseHead(message.head)
  const payload = soapPayloadOf(rawHeaders, message.payload)
  return verifySoapReply({ payload, rule: 'answer', requestSignature }, rules).signer.thumbprint
}

/**
 * A head does not say by which scheme it came. Whichever the signature fits under is the one that was signed;
 * one that covers neither `@target-uri` nor `@scheme` fits under both.
 */
function underEitherScheme<Result>(
  head: Buffer,
  payload: Uint8Array,
  verify: (content: HttpRequestContent) => Result,
): Result {
  const parsed = parseHead(head)
  const { method, target } = requestLineOf(parsed)
  const contentOf = (scheme: 'http' | 'https'): HttpRequestContent => ({
    format: 'http',
    method,
    scheme,
    authority: normalisedAuthority(firstValue(parsed.rawHeaders, 'host') ?? '', scheme) ?? '',
    target,
    rawHeaders: parsed.rawHeaders,
    head: () => head,
    readPayload: () => Promise.resolve(payload),
  })
  try {
    return verify(contentOf('https'))
  } catch (error) {
    if (!(error instanceof Fault)) throw error
    return verify(contentOf('http'))
  }
}

function soapPayloadOf(rawHeaders: RawHeaders, bytes: Buffer): SoapPayload {
  const type = readContentType(firstValue(rawHeaders, 'content-type'))
  if (type.packaging === 'plain') return { bytes, envelope: bytes, attachments: [] }
  const { soapPart, attachments } = readMultipart(bytes, type)
  return { bytes, envelope: soapPart.envelope, attachments, isXop: type.packaging === 'mtom' }
}
