import { createHmac, type KeyObject } from 'node:crypto'
import type {
  AcceptedReply,
  AuthenticatedRequest,
  AuthorisedRequest,
  LoggedRequest,
  RequestStage,
  ValidatedRequest,
} from '../exchange/exchange.js'
import type { Fault } from '../exchange/fault.js'
import { digestOf, unresolvedOutcome, type EntryFields } from './entry.js'

/** What an entry says beside the stage it tells of. */
export interface EntryContext {
  readonly recordedAt: Date
  readonly pseudonymKey: KeyObject
  /** Salted digest of the payload as it came; undefined where none is kept. */
  readonly payloadDigest: string | undefined
}

/**
 * The same person gets the same pseudonym, and only the holder of the key, which is kept outside
 * the database, can say whose it is. The label keeps the pseudonyms of different roles apart.
 */
export function pseudonymOf(
  label: 'subject' | 'party',
  value: string | undefined,
  key: KeyObject,
): string | undefined {
  if (value === undefined) return undefined
  return createHmac('sha256', key).update(`${label}\0${value}`).digest('base64url')
}

/** How far a request had come; each stage adds to what is known of it. */
export function stageFields(reached: RequestStage, pseudonymKey: KeyObject): Partial<EntryFields> {
  const received = {
    receivedAt: reached.receivedAt.toISOString(),
    consumerProtocol: reached.adapter.protocol,
    remoteAddress: reached.remoteAddress,
  }
  if (!('verified' in reached)) return { ...received, consumerIdentity: 'none' }
  return {
    ...received,
    ...authenticatedFields(reached, pseudonymKey),
    ...('route' in reached ? authorisedFields(reached) : {}),
    ...('contractVersion' in reached ? { contractVersion: reached.contractVersion } : {}),
  }
}

function authenticatedFields(
  { envelope, signer, verified }: Pick<AuthenticatedRequest, 'envelope' | 'signer' | 'verified'>,
  pseudonymKey: KeyObject,
): Partial<EntryFields> {
  return {
    consumerIdentity: 'verified',
    consumer: envelope.consumer,
    // What was asked for; once authorised, the registry's own words take its place.
    service: envelope.serviceCode + (envelope.version ? `/${envelope.version}` : ''),
    messageId: envelope.messageId,
    correlationId: envelope.correlationId,
    domain: envelope.domain,
    mode: envelope.mode,
    purpose: envelope.purpose,
    legalBasis: envelope.legalBasis,
    caseNumber: envelope.caseNumber,
    classification: envelope.classification,
    subjectPseudonym: pseudonymOf('subject', envelope.userId, pseudonymKey),
    representedPartyPseudonym: pseudonymOf('party', envelope.representedParty, pseudonymKey),
    consumerCertificate: signer.thumbprint,
    consumerCertificateSerial: signer.serialNumber,
    consumerSignatureDigest: digestOf(verified.signature.value),
    payloadBytes: verified.payload.length,
  }
}

function authorisedFields({ route }: Pick<AuthorisedRequest, 'route'>): Partial<EntryFields> {
  return {
    provider: route.provider,
    service: route.service,
    domain: route.domain,
    mode: route.mode,
    providerProtocol: route.protocol,
    rightId: route.accessRight.id,
    rightPurpose: route.accessRight.purpose,
    rightLegalBasis: route.accessRight.legalBasis,
  }
}

/** Half 1: what was asked, before anything leaves the bus. */
export function requestEntry(validated: ValidatedRequest, context: EntryContext): EntryFields {
  return {
    ...stageFields(validated, context.pseudonymKey),
    format: 1,
    kind: 'request',
    exchangeId: validated.exchangeId,
    recordedAt: context.recordedAt.toISOString(),
    payloadDigest: context.payloadDigest,
  }
}

/** Half 2: what was answered, before the consumer sees it. */
export function replyEntry(
  accepted: AcceptedReply,
  logged: LoggedRequest,
  context: EntryContext & { readonly deliveredPayloadDigest: string | undefined },
): EntryFields {
  return {
    ...outcomeFields(logged),
    format: 1,
    kind: 'reply',
    exchangeId: logged.exchangeId,
    outcome: 'answered',
    recordedAt: context.recordedAt.toISOString(),
    deliveredAt: accepted.deliveredAt.toISOString(),
    answeredAt: accepted.receivedAt.toISOString(),
    replyStatus: accepted.content.status,
    providerProtocol: logged.route.protocol,
    providerCertificate: accepted.signer?.thumbprint,
    providerCertificateSerial: accepted.signer?.serialNumber,
    payloadDigest: context.payloadDigest,
    payloadBytes: accepted.content.payload.length,
    // One protocol on both sides means the provider got the very bytes that came.
    mappingVersion: logged.adapter.protocol === logged.route.protocol ? 'none' : undefined,
    deliveredPayloadDigest: context.deliveredPayloadDigest,
  }
}

function outcomeFields(logged: LoggedRequest): Partial<EntryFields> {
  return {
    messageId: logged.envelope.messageId,
    correlationId: logged.envelope.correlationId,
    domain: logged.route.domain,
    consumer: logged.envelope.consumer,
    provider: logged.route.provider,
    service: logged.route.service,
    requestEntry: Buffer.from(logged.entry.leafHash).toString('base64url'),
  }
}

/** Half 2: that the exchange was refused, by which rule, and how far it had come. */
export function refusalEntry(
  fault: Fault,
  reached: RequestStage,
  context: EntryContext,
): EntryFields {
  const isLogged = 'entry' in reached
  return {
    ...(isLogged ? outcomeFields(reached) : stageFields(reached, context.pseudonymKey)),
    format: 1,
    kind: 'refusal',
    exchangeId: reached.exchangeId,
    outcome: fault.code,
    faultSide: fault.side,
    faultField: fault.field,
    recordedAt: context.recordedAt.toISOString(),
    payloadDigest: context.payloadDigest,
  }
}

/** Half 2, made by the sweep: nobody can say how this exchange ended. */
export function unresolvedEntry(
  request: EntryFields,
  leafHash: Uint8Array,
  recordedAt: Date,
): EntryFields {
  return {
    format: 1,
    kind: 'unresolved',
    exchangeId: request.exchangeId,
    messageId: request.messageId,
    correlationId: request.correlationId,
    domain: request.domain,
    consumer: request.consumer,
    provider: request.provider,
    service: request.service,
    outcome: unresolvedOutcome,
    requestEntry: Buffer.from(leafHash).toString('base64url'),
    recordedAt: recordedAt.toISOString(),
  }
}
