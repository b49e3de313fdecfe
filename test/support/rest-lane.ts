import { afterAll } from '@jest/globals'
import { createHash, randomUUID } from 'node:crypto'
import { rmSync } from 'node:fs'
import { connect, type AddressInfo, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Catalogue } from '../../src/exchange/metaservice.js'
import type { AdapterTools, HandleExchange } from '../../src/exchange/adapter.js'
import type { MediatedRequest, ReceivedRequest, Reply } from '../../src/exchange/exchange.js'
import { Fault, toFault } from '../../src/exchange/fault.js'
import { SharedPayloadBudget } from '../../src/exchange/payload-budget.js'
import { defaultLimits } from '../../src/limits/default-limits.js'
import { DiskSpool } from '../../src/spool/disk-spool.js'
import type { ServiceId, SubsystemId } from '../../src/exchange/identifier.js'
import type { MessageDesk } from '../../src/exchange/message-notice.js'
import type {
  HttpReplyContent,
  HttpRequestContent,
  VerifiedHttpRequest,
} from '../../src/exchange/http-content.js'
import type { HttpSigner, MqSigner } from '../../src/exchange/signers.js'

/** A stand-in for the rest of the bus around the REST adapter: nothing is verified, all is noted. */

export const serviceTarget = '/r1/AZ/GOV/DIN/GCQ/finAxtaris/v1'

/** Signs nothing: writes the names that should be covered, so that tests can read them. */
export const signerStub: HttpSigner = {
  signDelivery: ({ rawHeaders, cover, targetUri }) => [
    'Signature-Input',
    [...valuesOf(rawHeaders, 'signature-input'), `sluice=(${cover.join(' ')})`].join(', '),
    'Signature',
    [...valuesOf(rawHeaders, 'signature'), `sluice=:${targetUri}:`].join(', '),
  ],
  signReply: ({ cover, payload, requestLabel }) => [
    'Content-Digest',
    `sha-256=:${createHash('sha256').update(payload).digest('base64')}:`,
    'Signature-Input',
    `sluice=(${cover.join(' ')});req=${requestLabel ?? 'none'}`,
    'Signature',
    'sluice=:stub:',
  ],
}

const emptyCatalogue: Catalogue = {
  clients: () => [],
  methods: () => [],
  allowedMethods: () => [],
  description: () => undefined,
  isOffered: () => true,
}

const mqSignerStub: MqSigner = { sign: ({ type }) => `${type}..AA` }

const noMessages: MessageDesk = {
  hasOutcome: () => Promise.resolve(false),
  status: () => Promise.resolve(undefined),
  take: () => Promise.reject(new Error('nobody takes notices here')),
  giveUp: () => Promise.reject(new Error('nobody gives messages up here')),
  refuse: () => Promise.reject(new Error('nobody refuses notices here')),
}

type SpoolStub = DiskSpool & { readonly budget: SharedPayloadBudget }

export interface ToolsStub extends AdapterTools {
  readonly warnings: string[]
  readonly requestSpool: SpoolStub
  readonly replySpool: SpoolStub
  readonly requestBudget: SharedPayloadBudget
  readonly replyBudget: SharedPayloadBudget
}

/** @param limits - in place of those of the bus */
export function toolsStub(
  signer: HttpSigner = signerStub,
  limits: Readonly<Record<string, number>> = {},
): ToolsStub {
  const warnings: string[] = []
  const all = { ...defaultLimits, ...limits }
  return {
    signer,
    signsWithRsa: false,
    replySigner: () => ({
      http: signer,
      soap: {
        sign: ({ envelope }) => envelope,
        signSpooled: ({ envelope }) => Promise.resolve(envelope),
      },
      mq: mqSignerStub,
    }),
    hasPlaceFor: () => true,
    requestBudget: new SharedPayloadBudget('requests', {
      bytesMax: all.payloadBytesInFlightMax,
      bytesPerConsumerMax: all.payloadBytesPerConsumerMax,
    }),
    replyBudget: new SharedPayloadBudget('replies', {
      bytesMax: all.replyBytesInFlightMax,
      bytesPerConsumerMax: all.replyBytesPerConsumerMax,
    }),
    requestSpool: spoolOf('spooled requests', all, warnings),
    replySpool: spoolOf('spooled replies', all, warnings),
    mqSigner: mqSignerStub,
    catalogue: emptyCatalogue,
    messages: noMessages,
    persons: { exchangesAbout: () => Promise.resolve({ exchanges: [], next: undefined }) },
    verifyNotice: () => {
      throw new Fault('SIGNATURE_MISSING')
    },
    queueOwners: { list: () => [], senders: () => [], onChange: () => () => undefined },
    warnings,
    newExchangeId: () => randomUUID(),
    now: () => new Date(),
    warn: (event) => warnings.push(event),
  }
}

const spoolDirectory = join(tmpdir(), `sluice-test-spool-${process.pid}`)
// Not at the end of the process: the one that jest shows a test never ends.
afterAll(() => rmSync(spoolDirectory, { recursive: true, force: true }))

function spoolOf(
  what: 'spooled requests' | 'spooled replies',
  limits: typeof defaultLimits,
  warnings: string[],
): SpoolStub {
  const budget = new SharedPayloadBudget(what, {
    bytesMax: limits.spoolBytesMax,
    bytesPerConsumerMax: limits.spoolBytesPerConsumerMax,
  })
  const directory = spoolDirectory
  const spool = new DiskSpool({ directory, budget, warn: (event) => warnings.push(event) })
  return Object.assign(spool, { budget })
}

/** Values of a header field, in order. */
export function valuesOf(rawHeaders: readonly string[], lowerName: string): string[] {
  return rawHeaders.filter(
    (_, index) => index % 2 === 1 && rawHeaders[index - 1]?.toLowerCase() === lowerName,
  )
}

/** As if a signature had covered everything. */
export function verifiedOf(content: HttpRequestContent, payload: Uint8Array): VerifiedHttpRequest {
  const [path = '', ...query] = content.target.split('?')
  return {
    format: 'http',
    method: content.method,
    path,
    query: query.length === 0 ? undefined : query.join('?'),
    header: (name) => {
      const values = valuesOf(content.rawHeaders, name)
      return values.length === 0 ? undefined : values.join(', ')
    },
    payload,
    payloadSha256: createHash('sha256').update(payload).digest(),
    signature: {
      label: 'consumer',
      keyId: 'stub',
      created: new Date(),
      value: new Uint8Array(64),
    },
  }
}

export interface RouteStub {
  readonly address?: string
  readonly requestBytesMax?: number
  readonly replyBytesMax?: number
}

/** A request that has come as far as delivery. */
export function mediatedOf(
  received: ReceivedRequest,
  payload: Uint8Array,
  { address = 'http://127.0.0.1:1', requestBytesMax = 1 << 26, replyBytesMax = 1 << 26 }: RouteStub,
): MediatedRequest {
  if (received.content.format !== 'http') throw new Error('not an HTTP request')
  const verified = verifiedOf(received.content, payload)
  const logged = {
    ...received,
    verified,
    envelope: received.adapter.readEnvelope(verified),
    signer: { subsystem: 'AZ/GOV/VN/EVHF', thumbprint: 'stub', serialNumber: '01' },
    route: {
      service: 'AZ/GOV/DIN/GCQ/finAxtaris/v1' as ServiceId,
      provider: 'AZ/GOV/DIN/GCQ' as SubsystemId,
      domain: 'PORTAL',
      mode: 'body',
      protocol: 'rest',
      address,
      timeLimitMs: 5_000,
      requestBytesMax,
      replyBytesMax,
      concurrentMax: 100,
      idempotent: false,
      providerSignature: 'none',
      accessRight: { id: '1', legalBasis: 'law', purpose: 'test', omit: [] },
    },
    contractVersion: 'none',
    mappingVersion: 'none',
    entry: { leafHash: new Uint8Array(32), recordedAt: new Date(), log: 'domain/PORTAL' },
  }
  return { logged, mappingVersion: 'none' } as unknown as MediatedRequest
}

/** A bus that lets everything through and answers as told; faults become refusals. */
export function busStub(
  answer: (received: ReceivedRequest, payload: Uint8Array) => Promise<HttpReplyContent>,
  { requestBytesMax = 1 << 26 }: RouteStub = {},
): HandleExchange & { readonly received: ReceivedRequest[] } {
  const all: ReceivedRequest[] = []
  const handle = async (received: ReceivedRequest): Promise<Reply> => {
    all.push(received)
    const { exchangeId, content } = received
    try {
      if (content.format === 'malformed') throw malformedFault(content)
      if (content.format !== 'http') throw new TypeError('another protocol')
      const [consumer = 'nobody'] = valuesOf(content.rawHeaders, 'x-road-client')
      const payload = await content.readPayload(requestBytesMax, consumer as SubsystemId)
      const { logged } = mediatedOf(received, payload, {})
      const reply = await answer(received, payload)
      const entry = {
        leafHash: new Uint8Array(32).fill(7),
        recordedAt: new Date(),
        log: 'domain/PORTAL',
        receipt: 'receipt-of-answer',
      }
      return { outcome: 'answered', exchangeId, request: logged, content: reply, entry }
    } catch (error) {
      return { outcome: 'refused', exchangeId, fault: toFault(error), ...nobody }
    }
  }
  return Object.assign(handle, { received: all })
}

/** Of a refusal of which nothing is known, and that the log has no entry of. */
export const nobody = {
  signer: undefined,
  verified: undefined,
  entry: undefined,
}

function malformedFault({
  code,
  reason,
  field,
}: {
  code: 'PAYLOAD_UNSAFE' | 'PAYLOAD_TOO_LARGE' | 'REQUEST_INVALID' | 'THROTTLED'
  reason: string
  field?: string
}): Fault {
  return new Fault(code, { detail: reason, ...(field !== undefined && { field }) })
}

/** Answers with what was asked. */
export function echo(received: ReceivedRequest, payload: Uint8Array): Promise<HttpReplyContent> {
  if (received.content.format !== 'http') throw new Error('not an HTTP request')
  const [type = 'text/plain'] = valuesOf(received.content.rawHeaders, 'content-type')
  return Promise.resolve(replyOf(200, ['Content-Type', type], payload))
}

/** A reply of a provider. */
export function replyOf(
  status: number,
  rawHeaders: readonly string[],
  payload: Uint8Array = new Uint8Array(),
): HttpReplyContent {
  return { format: 'http', status, rawHeaders, payload, head: () => new Uint8Array() }
}

/** Opens a server on a free port of the loopback interface. */
export async function portOf(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()))
  return (server.address() as AddressInfo).port
}

export interface RawAnswer {
  /** Everything that came back, as Latin-1 text. */
  readonly text: string
  /** Whether the connection ended with a reset. */
  readonly reset: boolean
}

/** Sends bytes as they are, and collects what comes back until the server closes. */
export function sendBytes(
  port: number,
  bytes: string | Uint8Array,
  options: { readonly onData?: (text: string, socket: Socket) => void } = {},
): Promise<RawAnswer> {
  return new Promise((resolve) => {
    let text = ''
    let reset = false
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: false }, () => {
      socket.write(bytes)
    })
    socket.on('data', (chunk: Buffer) => {
      text += chunk.toString('latin1')
      options.onData?.(text, socket)
    })
    socket.on('error', () => {
      reset = true
    })
    socket.on('close', () => resolve({ text, reset }))
  })
}

/** Resolves once the condition holds. For what no event tells. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve))
}

/** The header lines of every request of these tests. */
export const envelopeLines =
  'Host: bus.test\r\nX-Road-Client: AZ/GOV/VN/EVHF\r\nX-Road-Id: 1\r\nSignature-Input: consumer=("@method")\r\nSignature: consumer=:AA==:\r\n'

export const envelopeHeaders = {
  'x-road-client': 'AZ/GOV/VN/EVHF',
  'x-road-id': '1',
  'signature-input': 'consumer=("@method")',
  signature: 'consumer=:AA==:',
}
