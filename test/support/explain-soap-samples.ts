import { hash } from 'node:crypto'
import { packMessage } from '../../adapters/soap/pack-message.js'
import { requestHeaderBlocks } from '../../adapters/soap/request-blocks.js'
import { c14n } from '../../src/cli/c14n.js'
import { explain } from '../../src/cli/explain.js'
import type { SoapAttachment } from '../../src/exchange/soap-content.js'
import type { SoapSignerSettings } from '../../src/trust/wss/sign-message.js'
import { memoryIo } from './command-io.js'
import { outcomes, type ExplainJson } from './explain-samples.js'
import { makeAuthority, type TestIdentity } from './pki.js'
import { consumerId, providerId } from './signing.js'
import { signedMessage, sluice, soap11, soap12, xroad, type SampleMessage } from './wss.js'

/** What `sluice explain --json` prints of a SOAP message. */
export interface SoapExplainJson extends ExplainJson {
  readonly message?: string
  readonly side?: string
  readonly soapVersion?: string
  readonly packaging?: string
  readonly consumer?: string
  readonly certificate?: { readonly thumbprint: string; readonly subject: string }
  readonly signatures: readonly {
    readonly place: { readonly path: string }
    readonly counts: boolean
    readonly signatureMethod?: string
    readonly keyReference: string
    readonly references: readonly {
      readonly uri?: string
      readonly names: string
      readonly place?: { readonly path: string; readonly line: number }
      readonly digestMethod?: string
      readonly digestValue: string
      readonly digestFound?: string
      readonly fits?: boolean
      readonly likelyMistake?: string
      readonly c14n?: string
    }[]
  }[]
  readonly parts: readonly {
    readonly name: string
    readonly mustBeCovered: boolean
    readonly covered: boolean
  }[]
}

/** Options for all that the command can check of a request. */
export const soapWhole = ['--trust', 'ca.pem', '--crl', 'ca.crl']
/** The same for a reply of the bus. */
export const replyWhole = [...soapWhole, '--cert', 'bus.pem', '--request', 'request.http']

export const senet: SoapAttachment = {
  contentId: 'senet@vn.az',
  rawHeaders: ['Content-Type', 'application/pdf', 'Content-Transfer-Encoding', 'binary'],
  content: Buffer.from('%PDF-1.7 sənəd'),
}

export const requestBlocks = requestHeaderBlocks({
  consumer: consumerId,
  service: `${providerId}/finAxtaris/v1`,
  messageId: 'sorgu-1',
  issue: 'VN-118',
  mode: 'body',
}).map((block) => block.toString())

export interface SoapHttpSample extends SampleMessage {
  readonly action?: string
}

function httpOf(first: string, headers: Readonly<Record<string, string>>, body: Buffer): Buffer {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`)
  const length = `Content-Length: ${body.length}`
  return Buffer.concat([Buffer.from([first, ...lines, length, '', ''].join('\r\n')), body])
}

function packed(envelope: Buffer, { namespace, attachments = [], action = '' }: SoapHttpSample) {
  const version = namespace === soap12 ? '1.2' : '1.1'
  return packMessage({ version, action, envelope, attachments, boundary: 'sinaq' })
}

const asXop = ['type="text/xml"', 'type="application/xop+xml"; start-info="text/xml"'] as const
const asXopPart = [
  'Content-Type: text/xml; charset=utf-8',
  'Content-Type: application/xop+xml; charset=utf-8; type="text/xml"',
] as const

/** Captured SOAP messages of a consumer, a provider and the bus, and the command run on them. */
export async function explainSoapSamples() {
  const authority = await makeAuthority('Sınaq CA')
  const consumer = await authority.issue({ subject: 'SC', keyType: 'rsa-2048' })
  const other = await authority.issue({ subject: 'Başqa' })
  const bus = await authority.issue({ subject: 'Şlüz' })

  /** An HTTP request with this envelope, as it went over the wire. */
  function request(envelope: Buffer, sample: SoapHttpSample = {}): Buffer {
    const { headers, payload } = packed(envelope, sample)
    return httpOf('POST / HTTP/1.1', { Host: 'bus.example:8082', ...headers }, payload)
  }

  /** The same request packed as MTOM. */
  function mtomRequest(envelope: Buffer, sample: SoapHttpSample = {}): Buffer {
    const { headers, payload } = packed(envelope, sample)
    const type = { 'Content-Type': headers['Content-Type']!.replace(...asXop) }
    const body = payload.toString('latin1').replace(...asXopPart)
    const fields = { Host: 'bus.example:8082', ...headers, ...type }
    return httpOf('POST / HTTP/1.1', fields, Buffer.from(body, 'latin1'))
  }

  function reply(envelope: Buffer, sample: SoapHttpSample = {}, status = '200 OK'): Buffer {
    const { headers, payload } = packed(envelope, sample)
    return httpOf(`HTTP/1.1 ${status}`, headers, payload)
  }

  function signed(
    sample: SoapHttpSample = {},
    by: TestIdentity = consumer,
    settings: Partial<SoapSignerSettings> = {},
  ): Buffer {
    return signedMessage(by, { blocks: requestBlocks, ...sample }, settings)
  }

  const good = signed()
  const goodRequest = request(good)

  /** What the bus answers to an envelope. */
  function busReply(sample: SoapHttpSample = {}, by = bus, asked = good): Buffer {
    const block = (name: string, namespace: string, text: string): string =>
      `<r:${name} xmlns:r="${namespace}">${text}</r:${name}>`
    return signed(
      {
        blocks: [
          block('id', xroad, 'sorgu-1'),
          block('requestHash', xroad, hash('sha256', asked, 'base64')),
          block('exchangeId', sluice, 'mübadilə-1'),
          block('entry', sluice, 'e'),
          block('receipt', sluice, 'e30.e30.x'),
        ],
        body: '<g:finAxtarisResponse xmlns:g="urn:gcq"><ad>Şəfəq</ad></g:finAxtarisResponse>',
        ...sample,
      },
      by,
    )
  }

  const files: Record<string, string | Buffer> = {
    'sc.pem': consumer.pem,
    'other.pem': other.pem,
    'bus.pem': bus.pem,
    'both.pem': `${other.pem}\n${bus.pem}`,
    'ca.pem': authority.pem,
    'ca.crl': await authority.revocationList(),
    'revoking.crl': await authority.revocationList([consumer.serialNumber]),
    'request.http': goodRequest,
  }

  async function run(file: Buffer | string, ...args: string[]) {
    const io = memoryIo({ ...files, capture: Buffer.from(file) })
    const exitCode = await explain(['capture', ...args], io)
    return { exitCode, text: io.text, errors: io.errors }
  }

  async function json(file: Buffer | string, ...args: string[]) {
    const { exitCode, text, errors } = await run(file, '--json', ...args)
    if (exitCode === 2) throw new Error(errors)
    const result = JSON.parse(text) as SoapExplainJson
    return { ...result, exitCode, outcomes: outcomes(result) }
  }

  /** Runs `sluice c14n …` as an explanation says it. */
  async function canonical(file: Buffer | string, command: string): Promise<Buffer> {
    const io = memoryIo({ capture: Buffer.from(file) })
    const words = [...command.matchAll(/'([^']*)'|(\S+)/g)].map(
      ([, quoted, word]) => quoted ?? word!,
    )
    if ((await c14n(words.slice(2), io)) !== 0) throw new Error(io.errors)
    return io.octets
  }

  /** An envelope, the good one for instance, changed behind its signer's back. */
  function changed(from: string | RegExp, to: string, envelope = good): Buffer {
    const text = envelope.toString()
    const after = text.replace(from, to)
    if (after === text) throw new Error('nothing was changed')
    return Buffer.from(after)
  }

  return {
    ...{ authority, consumer, other, bus, files, good, goodRequest, blocks: requestBlocks },
    ...{ request, mtomRequest, reply, signed, busReply, changed, run, json, canonical },
  }
}

/** The Reference of the first signature that names an element at the end of such a path. */
export function referenceTo({ signatures }: SoapExplainJson, ending: string) {
  return signatures[0]!.references.find(({ place }) => place?.path.endsWith(ending))!
}

export { soap11, soap12 }
