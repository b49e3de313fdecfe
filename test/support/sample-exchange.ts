import { createHash, randomUUID } from 'node:crypto'
import { v7 } from 'uuid'
import type { Envelope } from '../../src/exchange/envelope.js'
import type {
  IdentifiedRequest,
  MediatedReply,
  ReceivedRequest,
  SignedRequest,
  ValidatedRequest,
} from '../../src/exchange/exchange.js'
import { isInMemory, type Payload } from '../../src/exchange/payload.js'
import {
  parseServiceCode,
  parseServiceId,
  parseSubsystemId,
  type SubsystemId,
} from '../../src/exchange/identifier.js'
import { held } from './held.js'

/** What a sample may differ in. */
export interface SampleWish {
  readonly exchangeId?: string
  readonly messageId?: string
  readonly consumer?: SubsystemId
  readonly payload?: Payload
  readonly head?: string
  readonly envelope?: Partial<Envelope>
  readonly receivedAt?: Date
}

export const sampleConsumer = parseSubsystemId('AZ/GOV/VN/VSDS')
const provider = parseSubsystemId('AZ/GOV/DIN/GCQ')
const service = parseServiceId('AZ/GOV/DIN/GCQ/finAxtaris/v1')

/** A request of which nothing is known yet. */
export function sampleReceived(wish: SampleWish = {}): ReceivedRequest {
  const head = wish.head ?? 'POST /r1/AZ/GOV/DIN/GCQ/finAxtaris HTTP/1.1\r\n\r\n'
  const payload = wish.payload ?? Buffer.from('{"ad":"Aygün Məmmədova"}')
  return {
    exchangeId: wish.exchangeId ?? v7(),
    receivedAt: wish.receivedAt ?? new Date(),
    remoteAddress: '10.0.0.7',
    adapter: {
      protocol: 'rest',
      readEnvelope: () => {
        throw new Error('not read in this test')
      },
    },
    content: {
      format: 'http',
      method: 'POST',
      scheme: 'https',
      authority: 'bus.example',
      target: '/r1/AZ/GOV/DIN/GCQ/finAxtaris',
      rawHeaders: [],
      head: () => Buffer.from(head),
      readPayload: () => Promise.resolve(held(payload)),
    },
  }
}

/** A request of which the head is signed with a registered certificate's key. */
export function sampleSigned(wish: SampleWish = {}): SignedRequest {
  const signed: unknown = {
    ...sampleReceived(wish),
    signer: {
      subsystem: wish.consumer ?? sampleConsumer,
      thumbprint: 'c'.repeat(43),
      serialNumber: '0a1b2c',
    },
    verified: {
      format: 'http',
      method: 'POST',
      path: '/r1/AZ/GOV/DIN/GCQ/finAxtaris',
      query: undefined,
      header: () => undefined,
      signature: {
        label: 'sig1',
        keyId: 'c'.repeat(43),
        created: new Date(),
        value: Buffer.alloc(64, 7),
      },
    },
  }
  return signed as SignedRequest
}

/** A request of which is known who asks for what; its payload is not read. */
export function sampleIdentified(wish: SampleWish = {}): IdentifiedRequest {
  const envelope: Envelope = {
    consumer: wish.consumer ?? sampleConsumer,
    serviceCode: parseServiceCode('AZ/GOV/DIN/GCQ/finAxtaris'),
    version: 'v1',
    messageId: wish.messageId ?? randomUUID(),
    domain: 'PORTAL',
    mode: 'body',
    purpose: 'vergi yoxlaması',
    legalBasis: 'Vergi Məcəlləsi, maddə 23',
    caseNumber: '2026/114',
    userId: undefined,
    representedParty: undefined,
    correlationId: undefined,
    classification: undefined,
    ...wish.envelope,
  }
  const identified: unknown = { ...sampleSigned(wish), envelope }
  return identified as IdentifiedRequest
}

/** A request that passed steps 1 to 3, as the trust, registry and contract modules would make it. */
export function sampleValidated(wish: SampleWish = {}): ValidatedRequest {
  const payload = wish.payload ?? Buffer.from('{"ad":"Aygün Məmmədova"}')
  const identified = sampleIdentified(wish)
  const validated: unknown = {
    ...identified,
    verified: {
      ...identified.verified,
      payload,
      payloadSha256: isInMemory(payload)
        ? createHash('sha256').update(payload).digest()
        : payload.sha256,
    },
    route: {
      service,
      provider,
      domain: 'PORTAL',
      mode: 'body',
      protocol: 'rest',
      address: 'http://127.0.0.1:9/',
      timeLimitMs: 10_000,
      requestBytesMax: 1 << 20,
      replyBytesMax: 1 << 20,
      concurrentMax: 10,
      pattern: 'request-reply',
      idempotent: false,
      providerSignature: 'none',
      subjects: [],
      assurance: undefined,
      accessRight: {
        id: 'right-1',
        legalBasis: 'Sərəncam 5',
        purpose: 'vergi yoxlaması',
        omit: [],
      },
    },
    user: undefined,
    contractVersion: 'none',
    mappingVersion: 'none',
    subjects: [],
  }
  return validated as ValidatedRequest
}

/** An answer that passed step 7. */
export function sampleAccepted(
  wish: {
    readonly payload?: Payload
    readonly head?: string
    readonly status?: number
    readonly rawHeaders?: readonly string[]
  } = {},
): MediatedReply {
  const payload = wish.payload ?? Buffer.from('{"unvan":"Bakı, Nizami küç. 5"}')
  const now = new Date()
  const content = {
    format: 'http',
    status: wish.status ?? 200,
    rawHeaders: wish.rawHeaders ?? [],
    payload,
    head: () => Buffer.from(wish.head ?? 'HTTP/1.1 200 OK\r\n\r\n'),
  }
  const accepted: unknown = {
    content,
    forConsumer: content,
    mediated: { mappingVersion: 'none', derived: undefined },
    delivered: sampleReceived().content,
    deliveredAt: now,
    receivedAt: now,
    signer: undefined,
  }
  return accepted as MediatedReply
}
