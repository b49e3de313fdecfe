import { once } from 'node:events'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals'
import {
  bodyContentOf,
  headerBlocks,
  mediatedSoap,
  soapBusStub,
  soapEcho,
  soapTools,
} from '../../test/support/soap-lane.js'
import { held } from '../../test/support/held.js'
import { verifiedSoap } from '../../test/support/soap-samples.js'
import {
  askOverTls,
  httpsServer,
  makeTlsFiles,
  tlsVersionCases,
  type TlsFiles,
} from '../../test/support/tls-lane.js'
import { soapContent } from '../../test/support/wss.js'
import type { ReceivedReply } from '../../src/exchange/exchange.js'
import { createAdapter } from './adapter.js'

const body = '<g:finAxtaris xmlns:g="urn:gcq"><ad>Şəfəq</ad></g:finAxtaris>'
const verified = verifiedSoap({ blocks: headerBlocks(), body })
const { envelope } = verified
const contentType = 'text/xml; charset=utf-8'

let files: TlsFiles
const closers: (() => unknown)[] = []

beforeAll(async () => {
  files = await makeTlsFiles()
})

afterEach(async () => {
  for (const closer of closers.splice(0).reverse()) await closer()
})

afterAll(() => files.remove())

const request = Buffer.concat([
  Buffer.from(
    `POST / HTTP/1.1\r\nHost: bus.test\r\nContent-Type: ${contentType}\r\n` +
      `Connection: close\r\nContent-Length: ${envelope.length}\r\n\r\n`,
  ),
  envelope,
])

async function listen(
  minVersion?: string,
  own: Readonly<Record<string, string>> = {},
  bus = soapBusStub(soapEcho),
): Promise<number> {
  const { certificateFile, keyFile } = files
  const tls = { certificateFile, keyFile, ...(minVersion !== undefined && { minVersion }), ...own }
  const adapter = createAdapter({ port: 0, limits: {}, tls }, soapTools())
  const listening = await adapter.listen!(bus)
  closers.push(() => listening.close())
  expect(listening.address).toMatch(/^https:/)
  return Number(new URL(listening.address).port)
}

/** Starts a provider over TLS; resolves with its port. */
async function provider(): Promise<number> {
  const server: Server = httpsServer(files, (_, response) => {
    response.setHeader('Content-Type', contentType).end(envelope)
  })
  closers.push(() => server.close().closeAllConnections())
  await once(server.listen(0, '127.0.0.1'), 'listening')
  return (server.address() as AddressInfo).port
}

function deliver(address: string, trusted: { readonly caFile?: string }): Promise<ReceivedReply> {
  const outbound = { privateAddresses: ['127.0.0.0/8'], ...trusted }
  const adapter = createAdapter({ limits: {}, outbound }, soapTools())
  closers.push(() => adapter.close?.())
  const content = { ...soapContent(envelope), rawHeaders: ['Content-Type', contentType] }
  const mediated = mediatedSoap({ adapter, content }, verified, { address })
  return adapter.send!(mediated, new AbortController().signal)
}

describe('SOAP consumers over TLS (at least 1.2)', () => {
  it.each(tlsVersionCases)(
    'least version %p, client %s: %s',
    async (minVersion, version, expected) => {
      const text = await askOverTls(await listen(minVersion), version, request)
      expect(text).toContain(expected)
      if (!text.startsWith('HTTP')) return
      const reply = Buffer.from(text.slice(text.indexOf('\r\n\r\n') + 4), 'latin1')
      expect(bodyContentOf(reply).toString()).toBe(body)
    },
  )
})

describe('certificates of SOAP consumers (mutual TLS)', () => {
  it('are shown to the bus by their thumbprint, and needed where they are required', async () => {
    const bus = soapBusStub(soapEcho)
    const required = { clientCertificates: 'required', clientAuthoritiesFile: files.caFile }
    const port = await listen(undefined, required, bus)
    expect(await askOverTls(port, 'TLSv1.3', request)).not.toContain('HTTP')
    expect(await askOverTls(port, 'TLSv1.3', request, files.client)).toContain('200 OK')
    expect(bus.received.map(({ clientCertificate }) => clientCertificate)).toEqual([
      files.client.thumbprint,
    ])
  })
})

describe('SOAP providers over TLS', () => {
  it('are believed by the authorities of caFile, under their name', async () => {
    const { caFile } = files
    const { content } = await deliver(`https://localhost:${await provider()}/`, { caFile })
    expect(Buffer.from(held(content.payload)).equals(envelope)).toBe(true)
  })

  it.each([
    ['an authority that nobody named', 'localhost', false],
    ['a certificate of another name', '127.0.0.1', true],
  ])('PROVIDER_UNAVAILABLE: %s', async (_what, host, isTrusted) => {
    const trusted = isTrusted ? { caFile: files.caFile } : {}
    const delivery = deliver(`https://${host}:${await provider()}/`, trusted)
    await expect(delivery).rejects.toMatchObject({ code: 'PROVIDER_UNAVAILABLE' })
  })
})
