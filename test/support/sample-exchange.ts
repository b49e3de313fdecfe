import { createHash, randomUUID } from 'node:crypto'
import { v7 } from 'uuid'
import type {
  AcceptedReply,
  Envelope,
  ReceivedRequest,
  ValidatedRequest,
} from '../../src/exchange/exchange.js'
import {
  parseServiceCode,
  parseServiceId,
  parseSubsystemId,
  type SubsystemId,
} from '../../src/exchange/identifier.js'

/** What a sample may differ in. */
export interface SampleWish {
  readonly exchangeId?: string
  readonly messageId?: string
  readonly consumer?: SubsystemId
  readonly payload?: Uint8Array
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
      readPayload: () => Promise.resolve(payload),
    },
  }
}

/** A request that passed steps 1 to 3, as the trust, registry and contract modules would make it. */
export function sampleValidated(wish: SampleWish = {}): ValidatedRequest {
  const consumer = wish.consumer ?? sampleConsumer
  const payload = wish.payload ?? Buffer.from('{"ad":"Aygün Məmmədova"}')
  const envelope: Envelope = {
    consumer,
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
  const validated: unknown = {
    ...sampleReceived(wish),
    envelope,
    signer: { subsystem: consumer, thumbprint: 'c'.repeat(43), serialNumber: '0a1b2c' },
    verified: {
      format: 'http',
      method: 'POST',
      path: '/r1/AZ/GOV/DIN/GCQ/finAxtaris',
      query: undefined,
      header: () => undefined,
      payload,
      payloadSha256: createHash('sha256').update(payload).digest(),
      signature: {
        label: 'sig1',
        keyId: 'c'.repeat(43),
        created: new Date(),
        value: Buffer.alloc(64, 7),
      },
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
      idempotent: false,
      providerSignature: 'none',
      accessRight: { id: 'right-1', legalBasis: 'Sərəncam 5', purpose: 'vergi yoxlaması' },
    },
    contractVersion: 'none',
  }
  return validated as ValidatedRequest
}

/** An answer that passed step 7. */
export function sampleAccepted(
  wish: { readonly payload?: Uint8Array; readonly head?: string; readonly status?: number } = {},
): AcceptedReply {
  const payload = wish.payload ?? Buffer.from('{"unvan":"Bakı, Nizami küç. 5"}')
  const now = new Date()
  const accepted: unknown = {
    content: {
      format: 'http',
      status: wish.status ?? 200,
      rawHeaders: [],
      payload,
      head: () => Buffer.from(wish.head ?? 'HTTP/1.1 200 OK\r\n\r\n'),
    },
    delivered: sampleReceived().content,
    deliveredAt: now,
    receivedAt: now,
    signer: undefined,
  }
  return accepted as AcceptedReply
}
