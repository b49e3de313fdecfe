import { hash, type KeyObject } from 'node:crypto'
import type {
  AuthenticatedRequest,
  AuthorisedRequest,
  IdentifiedRequest,
  LoggedRequest,
  MediatedReply,
  ReceivedReply,
  RequestStage,
  SignedRequest,
  ValidatedRequest,
} from '../exchange/exchange.js'
import type { StoredRequest } from '../exchange/stored-request.js'
import type { Fault } from '../exchange/fault.js'
import type { StoredRefusal } from '../exchange/ports.js'
import { faultFieldCharsMax } from '../limits/message-log.js'
import { unresolvedOutcome, type EntryDraft, type EntryFields } from './entry.js'
import type { RefusalSummary } from './lost-refusals.js'
import { pseudonymOf } from './pseudonym.js'

/** What an entry says beside the stage it tells of. */
export interface EntryContext {
  readonly recordedAt: Date
  readonly pseudonymKey: KeyObject
  /** Salted digest of the payload as it came; undefined where none is kept. */
  readonly payloadDigest: string | undefined
  /** Salted digest of the message's head. */
  readonly headDigest: string | undefined
  /** Digest of what is stored of both. */
  readonly sealedPayloadDigest: string | undefined
  /** Salted digest of what was passed on in place of the payload; undefined where that was the payload itself. */
  readonly derivedPayloadDigest?: string | undefined
}

/** What a refusal's entry says beside the stage that the request had reached. */
export interface RefusalCircumstances {
  /** What the provider answered, where that was refused. */
  readonly answer?: ReceivedReply | undefined
  /** Exchange domain of the subsystem whose certificate signed, as the registry has it. */
  readonly domain?: string | undefined
}

const noPayload = {
  payloadDigest: undefined,
  headDigest: undefined,
  sealedPayloadDigest: undefined,
}

// The drafts are filled field by field: on the exchange path that is several times cheaper than
// joining objects.

function draftOf(
  kind: EntryFields['kind'],
  exchangeId: string,
  context: Omit<EntryContext, 'pseudonymKey'>,
): EntryDraft {
  return {
    format: 2,
    kind,
    exchangeId,
    recordedAt: context.recordedAt.toISOString(),
    payloadDigest: context.payloadDigest,
    headDigest: context.headDigest,
    sealedPayloadDigest: context.sealedPayloadDigest,
  }
}

/** How far a request had come; each stage adds to what is known of it. */
function fillStage(draft: EntryDraft, reached: RequestStage, pseudonymKey: KeyObject): void {
  draft.receivedAt = reached.receivedAt.toISOString()
  draft.consumerProtocol = reached.adapter.protocol
  draft.remoteAddress = reached.remoteAddress
  draft.consumerIdentity = 'none'
  if ('signer' in reached) fillSigned(draft, reached)
  if ('envelope' in reached) fillIdentified(draft, reached, pseudonymKey)
  if ('route' in reached) fillAuthorised(draft, reached, pseudonymKey)
  if ('contractVersion' in reached) fillValidated(draft, reached, pseudonymKey)
}

function fillSigned(
  draft: EntryDraft,
  { signer, verified }: Pick<SignedRequest | AuthenticatedRequest, 'signer' | 'verified'>,
): void {
  draft.consumerIdentity = 'signed'
  draft.consumerCertificate = signer.thumbprint
  draft.consumerCertificateSerial = signer.serialNumber
  draft.consumerSignatureDigest = hash('sha256', verified.signature.value, 'base64url')
  // Nothing is said of a payload that was not read, or was not the one signed.
  if ('payload' in verified) draft.payloadBytes = verified.payload.length
}

function fillIdentified(
  draft: EntryDraft,
  { envelope }: Pick<IdentifiedRequest, 'envelope'>,
  pseudonymKey: KeyObject,
): void {
  draft.consumerIdentity = 'verified'
  draft.consumer = envelope.consumer
  // What was asked for; once authorised, the registry's own words take its place.
  draft.service = envelope.serviceCode + (envelope.version ? `/${envelope.version}` : '')
  draft.messageId = envelope.messageId
  // Its message id is taken under it, too.
  if (envelope.copy) draft.copy = String(envelope.copy)
  draft.correlationId = envelope.correlationId
  draft.mode = envelope.mode
  draft.purpose = envelope.purpose
  draft.legalBasis = envelope.legalBasis
  draft.caseNumber = envelope.caseNumber
  draft.classification = envelope.classification
  draft.subjectPseudonym = pseudonymOf('subject', envelope.userId, pseudonymKey)
  draft.representedPartyPseudonym = pseudonymOf('party', envelope.representedParty, pseudonymKey)
}

function fillAuthorised(
  draft: EntryDraft,
  { route, user }: Pick<AuthorisedRequest, 'route' | 'user'>,
  pseudonymKey: KeyObject,
): void {
  draft.provider = route.provider
  draft.service = route.service
  draft.domain = route.domain
  draft.mode = route.mode
  draft.providerProtocol = route.protocol
  draft.rightId = route.accessRight?.id
  draft.rightPurpose = route.accessRight?.purpose
  draft.rightLegalBasis = route.accessRight?.legalBasis
  if (!user) return
  // What was stated takes the form of what was proved, so that one person has one pseudonym.
  draft.subjectPseudonym = pseudonymOf('subject', user.identifiers[0]?.value, pseudonymKey)
  draft.representedPartyPseudonym = pseudonymOf('party', user.represents, pseudonymKey)
  draft.assertionDigest = user.digest
  draft.assertionIssuer = user.issuer
  draft.assurance = user.assurance
}

function fillValidated(
  draft: EntryDraft,
  { contractVersion, subjects }: Pick<ValidatedRequest, 'contractVersion' | 'subjects'>,
  pseudonymKey: KeyObject,
): void {
  draft.contractVersion = contractVersion
  if (subjects.length === 0) return
  const pseudonyms = subjects.map(({ value }) => pseudonymOf('subject', value, pseudonymKey))
  draft.namedPseudonyms = pseudonyms.join(' ')
}

/** Half 1: what was asked, before anything leaves the bus. */
export function requestEntry(validated: ValidatedRequest, context: EntryContext): EntryFields {
  const draft = draftOf('request', validated.exchangeId, context)
  fillStage(draft, validated, context.pseudonymKey)
  if (validated.derived) {
    draft.mappingVersion = validated.mappingVersion
    draft.derivedPayloadDigest = context.derivedPayloadDigest
  }
  return draft
}

/** Half 2: what was answered, before the consumer sees it. */
export function replyEntry(
  reply: MediatedReply,
  logged: LoggedRequest,
  context: EntryContext,
): EntryFields {
  const draft = draftOf('reply', logged.exchangeId, context)
  fillLogged(draft, logged)
  fillAnswer(draft, reply, logged)
  draft.outcome = 'answered'
  if (reply.mediated.derived) draft.mappingVersion = reply.mediated.mappingVersion
  if (reply.filtered !== undefined) {
    draft.filtered = reply.filtered
    draft.rightId = logged.route.accessRight?.id
  }
  draft.derivedPayloadDigest = context.derivedPayloadDigest
  draft.providerCertificate = reply.signer?.thumbprint
  draft.providerCertificateSerial = reply.signer?.serialNumber
  return draft
}

function fillAnswer(draft: EntryDraft, answer: ReceivedReply, logged: LoggedRequest): void {
  draft.deliveredAt = answer.deliveredAt.toISOString()
  draft.answeredAt = answer.receivedAt.toISOString()
  draft.replyStatus = answer.content.status
  draft.payloadBytes = answer.content.payload.length
  if (isDeliveredAsItCame(logged)) {
    draft.mappingVersion = 'none'
    draft.deliveredPayloadDigest = logged.entry.payloadDigest
  }
}

// One protocol on both sides means the provider got the very bytes that came, unless the service has
// parts of a SOAP Header stripped.
function isDeliveredAsItCame({ adapter, route }: LoggedRequest): boolean {
  if (adapter.protocol !== route.protocol) return false
  return route.soap?.securityHeader !== 'strip' && route.soap?.xroadHeaders !== 'strip'
}

function fillLogged(draft: EntryDraft, logged: LoggedRequest): void {
  draft.messageId = logged.envelope.messageId
  draft.correlationId = logged.envelope.correlationId
  draft.domain = logged.route.domain
  draft.consumer = logged.envelope.consumer
  draft.provider = logged.route.provider
  draft.providerProtocol = logged.route.protocol
  draft.consumerProtocol = logged.adapter.protocol
  draft.service = logged.route.service
  draft.requestEntry = Buffer.from(logged.entry.leafHash).toString('base64url')
}

/** Half 2: that the exchange was refused, by which rule, and how far it had come. */
export function refusalEntry(
  fault: Fault,
  reached: RequestStage,
  context: EntryContext,
  { answer, domain }: RefusalCircumstances = {},
): EntryFields {
  const draft = draftOf('refusal', reached.exchangeId, context)
  // The registry's word: a consumer may state another domain, and then belongs in its own one's log.
  draft.domain = domain
  if ('entry' in reached) fillLogged(draft, reached)
  else fillStage(draft, reached, context.pseudonymKey)
  if ('entry' in reached && answer) fillAnswer(draft, answer, reached)
  fillFault(draft, fault)
  return draft
}

function fillFault(draft: EntryDraft, fault: Fault): void {
  draft.outcome = fault.code
  draft.faultSide = fault.side
  // It may be a name from the message, as of a signature's component or of an element.
  draft.faultField = fault.field?.slice(0, faultFieldCharsMax)
}

/** Half 2 of a one-way message that was accepted: that it was not delivered after all. */
export function storedRefusalEntry(
  fault: Fault,
  { exchangeId, facts, entry }: Pick<StoredRequest, 'exchangeId' | 'facts' | 'entry'>,
  context: EntryContext,
  answer: StoredRefusal['answer'],
): EntryFields {
  const draft = draftOf('refusal', exchangeId, context)
  draft.messageId = facts.messageId
  draft.correlationId = facts.correlationId
  draft.domain = facts.domain
  draft.consumer = facts.sender
  draft.provider = facts.provider
  draft.providerProtocol = facts.providerProtocol
  draft.consumerProtocol = facts.consumerProtocol
  draft.service = facts.recipient
  draft.requestEntry = Buffer.from(entry.leafHash).toString('base64url')
  if (answer) fillAnswer(draft, answer.reply, answer.logged)
  fillFault(draft, fault)
  return draft
}

/** Half 2 of no exchange: that so many were refused whose own entries the log could not take. */
export function refusalSummaryEntry(summary: RefusalSummary): EntryFields {
  const { exchangeId, recordedAt } = summary
  const draft = draftOf('refusal', exchangeId, { recordedAt, ...noPayload })
  draft.outcome = summary.code
  draft.refusedCount = summary.count
  draft.refusedFrom = summary.from.toISOString()
  draft.refusedUntil = summary.until.toISOString()
  return draft
}

/** Half 2, made by the sweep: nobody can say how this exchange ended. */
export function unresolvedEntry(
  request: EntryFields,
  leafHash: Uint8Array,
  recordedAt: Date,
): EntryFields {
  const { exchangeId, messageId, correlationId, domain, consumer, provider, service } = request
  return {
    ...draftOf('unresolved', exchangeId, { recordedAt, ...noPayload }),
    ...{ messageId, correlationId, domain, consumer, provider, service },
    outcome: unresolvedOutcome,
    requestEntry: Buffer.from(leafHash).toString('base64url'),
  }
}
