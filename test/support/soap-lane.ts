import { readContentType } from '../../adapters/soap/content-type.js'
import { readMultipart } from '../../adapters/soap/multipart.js'
import { replaceSoapPart } from '../../adapters/soap/replace-soap-part.js'
import { held } from './held.js'
import { sampleReceipt } from './receipts.js'
import { makeAuthority } from './pki.js'
import { nobody, toolsStub, type RouteStub, type ToolsStub } from './rest-lane.js'
import { heldMessage, identifiers, sluice, xroad } from './wss.js'
import { verifiedSoap } from './soap-samples.js'
import type { BusSigner, HandleExchange } from '../../src/exchange/adapter.js'
import type { MediatedRequest, ReceivedRequest, Reply } from '../../src/exchange/exchange.js'
import { Fault, toFault } from '../../src/exchange/fault.js'
import type { ServiceId, SubsystemId } from '../../src/exchange/identifier.js'
import type { Bytes } from '../../src/exchange/payload.js'
import type { RawHeaders } from '../../src/exchange/http-content.js'
import type {
  HeldSoapRequest,
  SoapPayload,
  SoapReplyContent,
  VerifiedSoapRequest,
} from '../../src/exchange/soap-content.js'
import { sha256Of } from '../../src/trust/http-signature/content-digest.js'
import { CoveredXml } from '../../src/trust/wss/verified-element.js'
import { createSoapSigner } from '../../src/trust/wss/sign-message.js'
import { readXml } from '../../src/xml/read-xml.js'

/** A stand-in for the rest of the bus around the SOAP adapter: nothing is verified, all is noted. */

const bus = await (await makeAuthority('Kök')).issue({ keyType: 'p256', subject: 'Şlüz' })

/** The bus's own, by whose key its replies are signed. */
export const busIdentity = bus

export function soapTools(limits: Readonly<Record<string, number>> = {}): ToolsStub {
  const { privateKey, der: certificate } = bus
  const soap = createSoapSigner({ privateKey, certificate, now: () => new Date() })
  const tools = toolsStub(undefined, limits)
  const { mq } = tools.replySigner(undefined, false)
  const replySigner = (): BusSigner => ({ http: tools.signer, soap, mq })
  return { ...tools, signsWithRsa: true, replySigner }
}

export interface SoapCallSample {
  readonly consumer?: string
  /** A service with its version. */
  readonly service?: string
  readonly messageId?: string
  /** Of who the user is. */
  readonly assertion?: string
}

export const serviceId = 'AZ/GOV/DIN/GCQ/finAxtaris/v1'

const partNames = ['xRoadInstance', 'memberClass', 'memberCode', 'subsystemCode']

function identifierBlock(name: string, type: string, id: string, names: readonly string[]): string {
  const parts = id.split('/').map((part, index) => {
    const element = `id:${names[index] ?? 'more'}`
    return `<${element}>${part}</${element}>`
  })
  return `<xroad:${name} xmlns:xroad="${xroad}" xmlns:id="${identifiers}" id:objectType="${type}">${parts.join('')}</xroad:${name}>`
}

/** The header blocks of a call on behalf of an agency; with an assertion, on behalf of a user. */
export function headerBlocks({
  consumer = 'AZ/GOV/VN/EVHF',
  service = serviceId,
  messageId = 'm-1',
  assertion,
}: SoapCallSample = {}): string[] {
  const text = (name: string, value: string): string =>
    `<xroad:${name} xmlns:xroad="${xroad}">${value}</xroad:${name}>`
  const ours = (name: string, value: string): string =>
    `<s:${name} xmlns:s="${sluice}">${value}</s:${name}>`
  return [
    identifierBlock('client', 'SUBSYSTEM', consumer, partNames),
    identifierBlock('service', 'SERVICE', service, [...partNames, 'serviceCode', 'serviceVersion']),
    text('id', messageId),
    text('protocolVersion', '4.0'),
    ...(assertion === undefined
      ? [
          text('issue', 'VN-2026-000118'),
          ours('mode', 'body'),
          ours('legalBasis', 'Vergi Məcəlləsi, maddə 30'),
        ]
      : [ours('mode', 'user'), ours('assertion', assertion)]),
  ]
}

/** As if a signature had covered everything. */
export function asVerified(payload: SoapPayload): HeldSoapRequest {
  const envelope = Buffer.from(payload.envelope)
  const document = readXml(envelope)
  const header = document.firstChild(document.root)!
  const body = document.nextSibling(header)!
  const children = [...document.children(header)]
  const blocks = children.slice(0, -1).map((element) => new CoveredXml(document, element))
  return {
    ...verifiedSoap(),
    headerBlocks: blocks,
    headerBlock: (namespace, localName) =>
      blocks.find((block) => block.namespace === namespace && block.localName === localName),
    payload: payload.bytes,
    payloadSha256: sha256Of(Buffer.from(payload.bytes)),
    envelope,
    layout: {
      content: document.contentRange(document.root),
      header: document.range(header),
      security: document.range(children.at(-1)!),
      body: document.range(body),
    },
    body: new CoveredXml(document, body),
    attachments: payload.attachments,
  }
}

/** What stands between the tags of the Body. */
export function bodyContentOf(envelope: Uint8Array): Buffer {
  const document = readXml(envelope)
  const body = document.child(document.root, document.namespace(document.root), 'Body')
  if (body === undefined) throw new Error('the envelope has no Body')
  const { start, end } = document.contentRange(body)
  return Buffer.from(envelope.subarray(start, end))
}

/** A request that has come as far as delivery. */
export function mediatedSoap(
  received: Pick<ReceivedRequest, 'adapter' | 'content'> & Partial<ReceivedRequest>,
  verified: VerifiedSoapRequest,
  {
    address = 'http://127.0.0.1:1',
    replyBytesMax = 1 << 26,
    soap,
  }: RouteStub & { readonly soap?: MediatedRequest['logged']['route']['soap'] },
): MediatedRequest {
  const logged = {
    exchangeId: '0190a2b0-0000-7000-8000-000000000001',
    receivedAt: new Date(),
    remoteAddress: '127.0.0.1',
    ...received,
    verified,
    envelope: received.adapter.readEnvelope(verified),
    signer: { subsystem: 'AZ/GOV/VN/EVHF', thumbprint: 'stub', serialNumber: '01' },
    route: {
      service: serviceId as ServiceId,
      provider: 'AZ/GOV/DIN/GCQ' as SubsystemId,
      domain: 'PORTAL',
      mode: 'body',
      protocol: 'soap',
      address,
      timeLimitMs: 5_000,
      requestBytesMax: 1 << 26,
      replyBytesMax,
      concurrentMax: 100,
      idempotent: false,
      providerSignature: 'none',
      soap,
      accessRight: { id: '1', legalBasis: 'law', purpose: 'test', omit: [] },
    },
    contractVersion: 'none',
    mappingVersion: 'none',
    entry: { leafHash: new Uint8Array(32), recordedAt: new Date(), log: 'domain/PORTAL' },
  }
  return { logged, mappingVersion: 'none' } as unknown as MediatedRequest
}

/** A bus that lets every SOAP message through and answers as told; faults become refusals. */
export function soapBusStub(
  answer: (verified: VerifiedSoapRequest, received: ReceivedRequest) => SoapReplyContent,
): HandleExchange & { readonly received: ReceivedRequest[] } {
  const all: ReceivedRequest[] = []
  const handle = async (received: ReceivedRequest): Promise<Reply> => {
    all.push(received)
    const { exchangeId, content, adapter } = received
    try {
      if (content.format === 'malformed') {
        const { code, reason, field } = content
        throw new Fault(code, { detail: reason, ...(field !== undefined && { field }) })
      }
      if (content.format !== 'soap') throw new TypeError('another protocol')
      const payload = await content.readPayload(1 << 26, 'AZ/GOV/VN/EVHF' as SubsystemId, false)
      const verified = asVerified(heldMessage(payload))
      const { logged } = mediatedSoap({ ...received, adapter, content }, verified, {})
      const kept = { leafHash: Buffer.alloc(32, 7), recordedAt: new Date(), log: 'domain/PORTAL' }
      const receipt = sampleReceipt(bus, { ...kept, exchangeId, requestLeafHash: undefined })
      const entry = { ...kept, receipt }
      const reply = answer(verified, received)
      return { outcome: 'answered', exchangeId, request: logged, content: reply, entry }
    } catch (error) {
      return {
        outcome: 'refused',
        exchangeId,
        fault: toFault(error),
        ...nobody,
      }
    }
  }
  return Object.assign(handle, { received: all })
}

/** A reply of a provider: the envelope alone. */
export function soapReplyOf(
  envelope: Uint8Array,
  rawHeaders: RawHeaders = ['Content-Type', 'text/xml; charset=utf-8'],
): SoapReplyContent {
  return {
    format: 'soap',
    status: 200,
    rawHeaders,
    payload: envelope,
    envelope,
    attachments: [],
    head: () => new Uint8Array(),
    withEnvelope: (other) => other,
  }
}

/** Answers with what was asked. */
export function soapEcho(
  { envelope, payload, attachments }: VerifiedSoapRequest,
  { content }: ReceivedRequest,
): SoapReplyContent {
  if (content.format !== 'soap') throw new TypeError('another protocol')
  const types = content.rawHeaders.flatMap((name, index, all) =>
    index % 2 === 0 && name.toLowerCase() === 'content-type' ? [all[index + 1] ?? ''] : [],
  )
  const reply = soapReplyOf(envelope, ['Content-Type', types[0] ?? 'text/xml'])
  const type = readContentType(types[0])
  const withEnvelope = (other: Uint8Array): Bytes =>
    type.packaging === 'plain' ? other : replaceSoapPart(readMultipart(held(payload), type), other)
  return { ...reply, payload, attachments, withEnvelope }
}
