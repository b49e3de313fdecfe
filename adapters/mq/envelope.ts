import { brokerNameOf, repliesQueueOf } from '../../src/broker/names.js'
import {
  consumerValue,
  invalidField,
  missingField,
  modeValue,
  partyValue,
  printableValue,
  textValue,
  tokenValue,
} from '../../src/exchange/envelope-values.js'
import type { Envelope } from '../../src/exchange/envelope.js'
import type { VerifiedMqHead } from '../../src/exchange/mq-content.js'
import type { VerifiedContent } from '../../src/exchange/signed-content.js'
import {
  IdentifierError,
  isVersion,
  parseServiceCode,
  type ServiceCode,
  type SubsystemId,
} from '../../src/exchange/identifier.js'
import { Fault } from '../../src/exchange/fault.js'
import { messageIdCharsMax, textCharsMax, tokenCharsMax } from '../../src/limits/http.js'
import { assertionCharsMax } from '../../src/limits/persons.js'
import { mqLimits } from '../../src/limits/queues.js'

/**
 * Reads the envelope from the member `env` of a protected header whose signature has been verified. That `env` has no
 * other members, each of its kind, is for the verifier to say.
 * @throws Fault REQUEST_INVALID naming the member
 */
export function readEnvelope(verified: VerifiedMqHead): Envelope {
  const consumer = consumerOf(verified)
  const { serviceCode, version } = serviceOf(verified)
  checkReplyTo(verified.text('replyTo'), consumer)
  optional(verified, 'type', printable)
  const mode = verified.text('mode')
  return {
    consumer,
    serviceCode,
    version,
    messageId: messageIdOf(verified),
    domain: optional(verified, 'domain', token),
    mode: mode === undefined ? undefined : modeValue(mode, 'mode'),
    purpose: optional(verified, 'purpose', longText),
    legalBasis: optional(verified, 'legalBasis', longText),
    caseNumber: optional(verified, 'issue', shortText),
    userId: optional(verified, 'userId', shortText),
    assertion: optional(verified, 'assertion', assertion),
    representedParty: optional(verified, 'representedParty', partyValue),
    correlationId: optional(verified, 'correlationId', printable),
    classification: optional(verified, 'classification', token),
    copy: verified.recipient,
    expiresAt: expiresAtOf(verified),
  }
}

/**
 * Holds a message to what all its copies together may take.
 * @throws Fault PAYLOAD_TOO_LARGE naming `to`
 */
export function checkContent(verified: VerifiedContent): void {
  if (verified.format !== 'mq') return
  const copies = verified.texts('to')?.length ?? 1
  const bytesMax = Math.floor(mqLimits.copiesBytesMax / copies)
  if (verified.payload.length <= bytesMax) return
  const detail = `A message to ${copies} recipients has at most ${bytesMax} bytes.`
  throw new Fault('PAYLOAD_TOO_LARGE', { field: 'to', detail })
}

type ReadValue = (value: string, field: string) => string

const printable: ReadValue = (value, field) => printableValue(value, field, messageIdCharsMax)
const assertion: ReadValue = (value, field) => printableValue(value, field, assertionCharsMax)
const token: ReadValue = (value, field) => tokenValue(value, field, tokenCharsMax)
const longText: ReadValue = (value, field) => textValue(value, field, textCharsMax)
const shortText: ReadValue = (value, field) => textValue(value, field, messageIdCharsMax)

function optional(verified: VerifiedMqHead, field: string, read: ReadValue): string | undefined {
  const value = verified.text(field)
  return value === undefined ? undefined : read(value, field)
}

function consumerOf(verified: VerifiedMqHead): SubsystemId {
  const value = verified.text('client')
  if (value === undefined) throw missingField('client')
  return consumerValue(value, 'client')
}

function messageIdOf(verified: VerifiedMqHead): string {
  const value = verified.text('id')
  if (value === undefined) throw missingField('id')
  return printable(value, 'id')
}

interface Addressed {
  readonly serviceCode: ServiceCode
  readonly version: string | undefined
}

/** The service that this exchange is for: the message's only one, or one of its recipients. */
function serviceOf(verified: VerifiedMqHead): Addressed {
  const service = verified.text('service')
  const to = verified.texts('to')
  if (service !== undefined && to !== undefined) {
    throw invalidField('to', 'A message has either one service, or recipients.')
  }
  if (service !== undefined && verified.recipient === 0) return addressedBy(service, 'service')
  if (to === undefined) throw missingField('service')
  // All of them with the first, so that a message is refused as a whole; each later one with its own exchange.
  if (verified.recipient === 0) checkRecipients(to)
  const own = to[verified.recipient]
  if (own === undefined) throw missingField('to')
  return addressedBy(own, 'to')
}

function checkRecipients(to: readonly string[]): void {
  if (to.length === 0 || to.length > mqLimits.recipientsMax) {
    throw invalidField('to', `A message has 1 to ${mqLimits.recipientsMax} recipients.`)
  }
  if (new Set(to).size < to.length) throw invalidField('to', 'A recipient is named twice.')
  for (const service of to) addressedBy(service, 'to')
}

/** `AZ/GOV/DIN/GCQ/finAxtaris`, with `/v1` where the consumer asks for a version. */
function addressedBy(text: string, field: string): Addressed {
  const cut = text.lastIndexOf('/')
  const last = text.slice(cut + 1)
  const hasVersion = isVersion(last) && text.split('/', 7).length === 6
  try {
    const serviceCode = parseServiceCode(hasVersion ? text.slice(0, cut) : text)
    return { serviceCode, version: hasVersion ? last : undefined }
  } catch (error) {
    if (!(error instanceof IdentifierError)) throw error
    throw invalidField(field, `The identifier of the service is invalid: ${error.message}.`, error)
  }
}

const replySuffix = /^[A-Za-z0-9._-]+$/

/** Whether a queue is one in which this subsystem reads replies. */
export function isReplyQueueOf(consumer: SubsystemId, queue: string): boolean {
  const own = repliesQueueOf(consumer)
  if (queue === own) return true
  const suffix = queue.slice(own.length + 1)
  return (
    queue.startsWith(`${own}.`) &&
    suffix.length <= mqLimits.replySuffixCharsMax &&
    replySuffix.test(suffix)
  )
}

function checkReplyTo(queue: string | undefined, consumer: SubsystemId): void {
  if (queue === undefined || isReplyQueueOf(consumer, queue)) return
  const own = `${brokerNameOf(consumer)}.replies`
  throw invalidField('replyTo', `It must be ${own}, or one of your own below it (${own}.…).`)
}

function expiresAtOf(verified: VerifiedMqHead): Date | undefined {
  const seconds = verified.integer('expires')
  if (seconds === undefined) return undefined
  const lifeMs = seconds * 1_000 - verified.signature.created.getTime()
  if (lifeMs > 0 && lifeMs <= mqLimits.expiresAfterMsMax) return new Date(seconds * 1_000)
  const days = mqLimits.expiresAfterMsMax / 86_400_000
  throw invalidField('expires', `It must be after iat, and at most ${days} days after it.`)
}
