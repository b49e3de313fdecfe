import { createServer, type IncomingMessage, type Server } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from '@jest/globals'
import type { ProtocolAdapter } from '../../src/exchange/adapter.js'
import type { DeadlineSignal } from '../../src/exchange/deadline.js'
import type { SoapHandling } from '../../src/exchange/route.js'
import type { SoapAttachment } from '../../src/exchange/soap-content.js'
import { asVerified, headerBlocks, mediatedSoap, soapTools } from '../../test/support/soap-lane.js'
import { verifiedSoap } from '../../test/support/soap-samples.js'
import { multipartOf } from '../../test/support/whole-bus-soap.js'
import { soapContent } from '../../test/support/wss.js'
import { createAdapter } from './adapter.js'
import { readContentType } from './content-type.js'
import { readMultipart } from './multipart.js'

const body = '<g:finAxtaris xmlns:g="urn:gcq">x</g:finAxtaris>'
const { envelope } = verifiedSoap({ blocks: headerBlocks(), body })
const multipartType = 'multipart/related; type="text/xml"; boundary="sluice-test-boundary"'
const attachment: SoapAttachment = {
  contentId: 'a@b',
  rawHeaders: ['Content-Type', 'image/png'],
  content: Buffer.from('\r\n--sluice-test\r\n\0', 'latin1'),
}

interface Arrived {
  readonly incoming: IncomingMessage
  readonly payload: Buffer
}

interface DeliveryOptions {
  readonly path?: string
  readonly soap?: SoapHandling
  readonly deadline?: DeadlineSignal
}

const servers: Server[] = []
const adapters: ProtocolAdapter[] = []

afterEach(async () => {
  for (const server of servers.splice(0)) server.close().closeAllConnections()
  for (const adapter of adapters.splice(0)) await adapter.close?.()
})

/** Delivers to a provider at this path that gives back what it got. */
async function deliver(
  rawHeaders: readonly string[],
  payload: Buffer = envelope as Buffer,
  { path = '/xidmet', soap, deadline = new AbortController().signal }: DeliveryOptions = {},
): Promise<Arrived> {
  const arrivals: Arrived[] = []
  const server = createServer((incoming, response) => {
    const chunks: Buffer[] = []
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk))
    incoming.on('end', () => {
      arrivals.push({ incoming, payload: Buffer.concat(chunks) })
      response.setHeader('Content-Type', incoming.headers['content-type'] ?? '')
      response.end(Buffer.concat(chunks))
    })
  })
  servers.push(server)
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const outbound = { privateAddresses: ['127.0.0.0/8'] }
  const adapter = createAdapter({ limits: {}, outbound }, soapTools())
  adapters.push(adapter)
  const type = readContentType(
    rawHeaders[rawHeaders.findIndex((name) => name.toLowerCase() === 'content-type') + 1],
  )
  const parts = type.packaging === 'plain' ? undefined : readMultipart(payload, type)
  const covered = asVerified({
    bytes: payload,
    envelope: parts?.soapPart.envelope ?? payload,
    attachments: parts?.attachments ?? [],
  })
  const verified = { ...covered, version: type.version }
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`
  const content = { ...soapContent(envelope), rawHeaders }
  const mediated = mediatedSoap({ adapter, content }, verified, { address, ...(soap && { soap }) })
  await adapter.send!(mediated, deadline)
  const [arrived] = arrivals
  if (!arrived) throw new Error('nothing was delivered')
  return arrived
}

const withAction: SoapHandling = {
  ...({ securityHeader: 'keep', xroadHeaders: 'keep' } as const),
  action: 'urn:gcq/finAxtaris',
}

const plainType = ['Content-Type', 'text/xml; charset=utf-8']

describe('a delivery', () => {
  it.each(['/xidmet', '/Xidmet.asmx/', '/'])(
    'goes to the registered address %s as it stands',
    async (path) => {
      const { incoming, payload } = await deliver(plainType, undefined, { path })
      expect(incoming).toMatchObject({ method: 'POST', url: path })
      expect(payload.equals(envelope)).toBe(true)
    },
  )

  it('says what it is about as the registry does, under the signature of the bus', async () => {
    const consumers = [...plainType, 'SOAPAction', '"urn:gcq/hamisiniSil"']
    const { incoming } = await deliver(consumers, undefined, { soap: withAction })
    expect(incoming.headers).toMatchObject({
      'content-type': 'text/xml; charset=utf-8',
      soapaction: '"urn:gcq/finAxtaris"',
      'x-road-service': 'AZ/GOV/DIN/GCQ/finAxtaris/v1',
      'sluice-exchange-id': expect.stringMatching(/^0190a2b0/),
      via: '1.1 sluice',
    })
    const covered = incoming.headers['signature-input']
    for (const name of ['content-type', 'soapaction', 'x-road-service', 'sluice-exchange-id']) {
      expect(covered).toContain(name)
    }
  })

  it('says nothing of it where the registry does not, whatever the consumer said', async () => {
    const { incoming } = await deliver([...plainType, 'SOAPAction', '"urn:gcq/hamisiniSil"'])
    expect(incoming.headers.soapaction).toBe('""')
  })

  it.each([
    ['application/soap+xml; charset=utf-8', 'application/soap+xml; charset=utf-8', undefined],
    [
      'application/soap+xml; charset=utf-8; action="urn:x"',
      'application/soap+xml; charset=utf-8',
      undefined,
    ],
    [
      'application/soap+xml; action="urn:x"; charset="utf-8"',
      'application/soap+xml; charset=utf-8; action="urn:gcq/finAxtaris"',
      withAction,
    ],
    [
      'application/soap+xml;action="urn:gcq/finAxtaris"; charset=utf-8',
      'application/soap+xml;action="urn:gcq/finAxtaris"; charset=utf-8',
      withAction,
    ],
  ] as const)('in SOAP 1.2: %s becomes %s', async (sent, delivered, soap) => {
    const { envelope: asked } = verifiedSoap({ blocks: headerBlocks(), body, version: '1.2' })
    const type = ['Content-Type', sent, 'SOAPAction', '"urn:x"']
    const { incoming, payload } = await deliver(type, asked as Buffer, soap && { soap })
    expect(incoming.headers['content-type']).toBe(delivered)
    expect(incoming.headers.soapaction).toBeUndefined()
    expect(payload.equals(asked)).toBe(true)
  })

  it('takes along nothing of the consumer’s HTTP that no signature covers and others believe', async () => {
    const { incoming } = await deliver([
      ...plainType,
      ...['X-Road-Client', 'AZ/GOV/X/Y', 'Sluice-Mode', 'user', 'Signature', 'a=:AA==:'],
      ...['Signature-Input', 'a=("@method")', 'Content-Digest', 'sha-256=:AA==:'],
      ...['Accept-Encoding', 'gzip', 'Cookie', 'a=b', 'X-Forwarded-For', '1.2.3.4'],
    ])
    const names = ['x-road-client', 'sluice-mode', 'content-digest', 'accept-encoding', 'cookie']
    for (const name of [...names, 'x-forwarded-for']) expect(incoming.headers[name]).toBeUndefined()
    expect(incoming.headers.signature).not.toContain('AA==')
  })
})

it('whose time is up before it is ready goes nowhere: nobody would end it', async () => {
  let asked = 0
  // It passes while the message is prepared, and tells nobody who listens later.
  const deadline: DeadlineSignal = {
    get aborted() {
      return asked++ > 0
    },
    addEventListener: () => undefined,
    removeEventListener: () => undefined,
  }
  const soap: SoapHandling = { securityHeader: 'strip', xroadHeaders: 'keep' }
  await expect(deliver(plainType, undefined, { soap, deadline })).rejects.toMatchObject({
    code: 'PROVIDER_TIMEOUT',
  })
})

describe('what a service has stripped', () => {
  const multipart = multipartOf('text/xml', envelope, [attachment])
  const type = ['Content-Type', multipartType]

  it('is cut out of the SOAP part; every other byte stays', async () => {
    const handling: SoapHandling = { securityHeader: 'strip', xroadHeaders: 'strip' }
    const { payload } = await deliver(type, multipart, { soap: handling })
    const packed = readContentType(multipartType)
    if (packed.packaging === 'plain') throw new Error('no multipart')
    const { soapPart, attachments } = readMultipart(payload, packed)
    expect(soapPart.envelope.toString()).not.toMatch(/wsse:Security|xroad:client|:mode/)
    expect(soapPart.envelope.toString()).toContain(`<S:Body>${body}</S:Body>`)
    expect(attachments.map(({ content }) => Buffer.from(content))).toEqual([attachment.content])
  })

  it.each([undefined, { securityHeader: 'keep', xroadHeaders: 'keep' } as const])(
    'is nothing where it says %j',
    async (soap) => {
      const { payload } = await deliver(type, multipart, soap && { soap })
      expect(payload.equals(multipart)).toBe(true)
    },
  )
})
