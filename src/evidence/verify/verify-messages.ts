import { hash } from 'node:crypto'
import type { EntryFields } from '../../message-log/entry.js'
import { isAnswerHead } from '../../http/kept-head.js'
import { printable } from '../../printable.js'
import { isMqHead } from '../../mq-head.js'
import { attempted } from './attempted.js'
import type { Believed } from './believed.js'
import { rulesOf } from './container-signers.js'
import { mqDeliverySigner, verifyMqReply, verifyMqRequest } from './mq-signature.js'
import {
  deliverySigner,
  verifyRestReply,
  verifyRestRequest,
  verifySoapAnswer,
  verifySoapRequest,
  type SignedMessage,
} from './message-signature.js'
import type { ReadHalf, ReadMessage } from './read-halves.js'
import type { Findings } from './report.js'
import {
  answeredBy,
  answerUnsigned,
  askedBy,
  headDiffers,
  messageErased,
  messageFits,
  messageNeverKept,
  payloadDiffers,
  replyOfOther,
  requestOfOther,
  type MessageStep,
} from './message-texts.js'
import { tellOfCertificate } from './tell-of-certificate.js'
import { deliveryTrouble } from './verify-delivery.js'
import { verifyNotice } from './verify-notice.js'

/** Who said what: the messages as they came, against their entries, their signatures and certificates. */
export function verifyMessages(
  halves: readonly ReadHalf[],
  believed: Believed,
  stampedAt: Date | undefined,
  findings: Findings,
): void {
  let asked: SignedMessage | undefined
  for (const half of halves) {
    const isReply = half.half === 2 && isAnswer(half)
    checkDigests(half, isReply ? 'reply-message' : 'request-message', findings)
    const at = stampedAt ?? new Date(half.fields.recordedAt)
    if (half.fields.kind === 'notice') verifyNotice(half, at, believed, findings)
    else if (isReply) verifyReply(half, asked, at, believed, findings)
    else asked = verifyRequest(half, at, believed, findings) ?? asked
  }
}

/** A refusal may keep the refused request, or the answer that was refused. */
function isAnswer({ fields, message }: ReadHalf): boolean {
  // The heads of queues look alike; a refused request has no entry of its own beside its refusal's.
  if (!message || isMqHead(message.head)) return fields.requestEntry !== undefined
  return isAnswerHead(message.head)
}

/** Whether the message is the one that the entry speaks of. */
function checkDigests({ fields, message }: ReadHalf, step: MessageStep, findings: Findings): void {
  if (!message) {
    if (fields.payloadDigest === undefined) findings.note(step, messageNeverKept)
    else findings.notChecked(step, messageErased(step))
    return
  }
  const { salt, payload, head } = message
  const delivery = deliveryBytes(message)
  // Entries of format 1 say nothing of heads.
  const isHeadRight =
    fields.headDigest === undefined || digestOf(delivery, head, salt) === fields.headDigest
  if (digestOf(salt, payload) !== fields.payloadDigest) {
    findings.isFalse(step, payloadDiffers(step), message.payloadFile)
  } else if (!isHeadRight) {
    findings.isFalse(step, headDiffers(step), message.headFile)
  } else {
    findings.proved(step, messageFits(step), message.headFile)
  }
}

/** What stands before the head of an answer where it is kept: of JSON the end of its line, too. */
function deliveryBytes({ delivery, head }: ReadMessage): Buffer {
  if (!delivery) return Buffer.alloc(0)
  return isMqHead(head) ? Buffer.concat([delivery, Buffer.from('\n')]) : delivery
}

function digestOf(...parts: readonly Uint8Array[]): string {
  return hash('sha256', Buffer.concat(parts), 'base64url')
}

function verifyRequest(
  { fields, message }: ReadHalf,
  at: Date,
  believed: Believed,
  findings: Findings,
): SignedMessage | undefined {
  if (!message) return undefined
  const step = 'request-signature'
  const receivedAt = new Date(fields.receivedAt ?? fields.recordedAt)
  const rules = rulesOf(believed.certificates, fields.consumer ?? '', receivedAt)
  const verify = requestVerifiers[fields.consumerProtocol ?? ''] ?? verifyRestRequest
  const signed = attempted(() => verify(message, rules), step, message, findings)
  if (!signed) return undefined
  const certificate = believed.certificates.get(signed.thumbprint)
  const name = printable(certificate?.subject.text ?? signed.thumbprint)
  if (!certificate || !isOfEntry(signed, fields)) {
    findings.isFalse(step, requestOfOther(name), message.headFile)
    return undefined
  }
  const created = signed.signature.created.toISOString()
  const text = askedBy(printable(fields.consumer ?? ''), name, created)
  findings.proved(step, text, message.payloadFile)
  tellOfCertificate(certificate, at, 'request-certificate', believed, findings)
  return signed
}

const requestVerifiers: Readonly<Record<string, typeof verifyRestRequest>> = {
  mq: verifyMqRequest,
  soap: verifySoapRequest,
}

function isOfEntry(
  { thumbprint, signature, envelope, services }: SignedMessage,
  fields: EntryFields,
): boolean {
  return (
    thumbprint === fields.consumerCertificate &&
    hash('sha256', signature.value, 'base64url') === fields.consumerSignatureDigest &&
    envelope.consumer === fields.consumer &&
    envelope.messageId === fields.messageId &&
    // Of a message to several, the entry has one; the version may be the registry's choice.
    (services?.some((each) => `${fields.service}/`.startsWith(`${each}/`)) ?? true)
  )
}

function verifyReply(
  { fields, message }: ReadHalf,
  asked: SignedMessage | undefined,
  at: Date,
  believed: Believed,
  findings: Findings,
): void {
  if (!message) return
  const step = 'reply-signature'
  const provider = printable(fields.provider ?? '')
  if (fields.providerCertificate === undefined) {
    findings.note(step, answerUnsigned(provider), message.headFile)
    return
  }
  const answeredAt = new Date(fields.answeredAt ?? fields.recordedAt)
  const rules = rulesOf(believed.certificates, fields.provider ?? '', answeredAt)
  const protocol = fields.providerProtocol
  const verify = (): string => answerSigner({ fields, message }, asked, rules)
  const thumbprint = attempted(verify, step, message, findings)
  if (thumbprint === undefined) return
  const certificate = believed.certificates.get(thumbprint)
  const name = printable(certificate?.subject.text ?? thumbprint)
  if (thumbprint !== fields.providerCertificate || !certificate) {
    findings.isFalse(step, replyOfOther(name), message.headFile)
    return
  }
  const isTied = isTiedTo(fields, asked)
  const signerOf = protocol === 'mq' ? mqDeliverySigner : deliverySigner
  const trouble = isTied
    ? deliveryTrouble(signerOf(message, asked, rules), at, believed)
    : undefined
  const text = answeredBy(provider, name, isTied && !trouble)
  findings.proved(step, text, message.payloadFile)
  if (trouble?.outcome === 'false') findings.isFalse(step, trouble.text, message.headFile)
  else if (trouble) findings.notChecked(step, trouble.text, message.headFile)
  tellOfCertificate(certificate, at, 'reply-certificate', believed, findings)
}

/** Thumbprint of the certificate whose key signed an answer. @throws where none of it proves right */
function answerSigner(
  { fields, message }: { readonly fields: EntryFields; readonly message: ReadMessage },
  asked: SignedMessage | undefined,
  rules: ReturnType<typeof rulesOf>,
): string {
  if (fields.providerProtocol === 'mq') return verifyMqReply(message, fields.exchangeId, rules)
  if (fields.providerProtocol === 'soap')
    return verifySoapAnswer(message, asked?.signature.value, rules)
  return verifyRestReply(message, rules)
}

/**
 * Whether an answer's signature ties it to its request. In SOAP only a SignatureConfirmation would; of a message that was
 * carried over into another protocol, what was delivered is not in the container.
 */
function isTiedTo(
  { providerProtocol, consumerProtocol }: EntryFields,
  asked: SignedMessage | undefined,
): asked is SignedMessage {
  return providerProtocol !== 'soap' && consumerProtocol === providerProtocol && asked !== undefined
}
