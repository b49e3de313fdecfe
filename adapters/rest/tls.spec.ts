import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { connect } from 'node:tls'
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals'
import { held } from '../../test/support/held.js'
import { makeAuthority } from '../../test/support/pki.js'
import { RestAdapters } from '../../test/support/rest-adapter.js'
import {
  busStub,
  echo,
  envelopeLines,
  replyOf,
  serviceTarget,
} from '../../test/support/rest-lane.js'
import {
  askOverTls,
  clientOf,
  httpsServer,
  makeTlsFiles,
  tlsVersionCases,
  type TlsFiles,
} from '../../test/support/tls-lane.js'
import type { Listening } from '../../src/exchange/adapter.js'

const rest = new RestAdapters()
let files: TlsFiles

beforeAll(async () => {
  files = await makeTlsFiles()
})

afterEach(() => rest.closeAll())

afterAll(() => files.remove())

async function listen(
  minVersion?: string,
  bus = busStub(echo),
  own: Readonly<Record<string, string>> = {},
): Promise<{ port: number; listening: Listening }> {
  const { certificateFile, keyFile } = files
  const tls = { certificateFile, keyFile, ...(minVersion !== undefined && { minVersion }), ...own }
  const { port, listening } = await rest.listen(bus, {}, undefined, { tls })
  expect(listening.address).toMatch(/^https:/)
  return { port, listening }
}

const request = `GET ${serviceTarget} HTTP/1.1\r\n${envelopeLines}Connection: close\r\n\r\n`

async function httpsProvider(): Promise<{ address: string; named: string }> {
  const server = httpsServer(files, (_, response) => response.end('over TLS'))
  const { address } = await rest.provider(server)
  const secure = address.replace('http:', 'https:')
  return { address: secure, named: secure.replace('127.0.0.1', 'localhost') }
}

describe('consumers over TLS (at least 1.2)', () => {
  it.each(tlsVersionCases)(
    'least version %p, client %s: %s',
    async (minVersion, version, expected) => {
      const { port } = await listen(minVersion)
      expect(await askOverTls(port, version, request)).toContain(expected)
    },
  )

  it('a long reply, written piece by piece, arrives whole', async () => {
    const payload = randomBytes(3 * 1_048_576 + 1)
    const { port } = await listen(
      undefined,
      busStub(() => Promise.resolve(replyOf(200, [], payload))),
    )
    const text = await askOverTls(port, 'TLSv1.3', request)
    const body = Buffer.from(text.slice(text.indexOf('\r\n\r\n') + 4), 'latin1')
    expect(body.equals(payload)).toBe(true)
  })

  it('the listener stops in order', async () => {
    const { port, listening } = await listen()
    const idle = connect({ port, host: '127.0.0.1', rejectUnauthorized: false })
    await once(idle, 'secureConnect')
    const ended = once(idle.resume(), 'close')
    await listening.close()
    await expect(ended).resolves.toBeDefined()
  })
})

describe('certificates of consumers (mutual TLS)', () => {
  const versions = ['TLSv1.2', 'TLSv1.3'] as const

  it.each(versions)(
    'are shown to the bus by their thumbprint where they may be: %s',
    async (version) => {
      const { client } = files
      const bus = busStub(echo)
      const { port } = await listen(undefined, bus, { clientCertificates: 'optional' })
      const stranger = await clientOf(await makeAuthority('Yad kök'))
      const shown: unknown[] = [client, {}, stranger]
      for (const each of shown) {
        expect(await askOverTls(port, version, request, each as object)).toContain('200 OK')
      }
      expect(bus.received.map(({ clientCertificate }) => clientCertificate)).toEqual([
        client.thumbprint,
        undefined,
        stranger.thumbprint,
      ])
    },
  )

  it.each(versions)('are needed for a connection where they are required: %s', async (version) => {
    const { caFile, client } = files
    const bus = busStub(echo)
    const required = { clientCertificates: 'required', clientAuthoritiesFile: caFile }
    const { port } = await listen(undefined, bus, required)
    expect(await askOverTls(port, version, request, client)).toContain('200 OK')
    for (const stranger of [{}, await clientOf(await makeAuthority('Yad kök'))]) {
      const text = await askOverTls(port, version, request, stranger)
      expect(text).not.toContain('HTTP')
    }
    expect(bus.received).toHaveLength(1)
  })

  it('are not asked for where nothing is said', async () => {
    const bus = busStub(echo)
    const { port } = await listen(undefined, bus)
    await askOverTls(port, 'TLSv1.3', request, files.client)
    expect(bus.received[0]!.clientCertificate).toBeUndefined()
  })

  it.each(versions)('are shown anew by each connection: none is resumed, %s', async (version) => {
    const { port } = await listen(undefined, busStub(echo), { clientCertificates: 'optional' })
    const options = { port, host: '127.0.0.1', rejectUnauthorized: false, maxVersion: version }
    let session: Buffer | undefined
    const first = connect({ ...options, ...files.client })
    first.on('session', (one: Buffer) => (session = one))
    await once(first, 'secureConnect')
    first.end(request)
    await once(first.resume(), 'close')
    const again = connect({ ...options, ...(session && { session }) })
    await once(again, 'secureConnect')
    expect(again.isSessionReused()).toBe(false)
    again.destroy()
  })

  it.each([
    [{ clientCertificates: 'required' }, /clientAuthoritiesFile: is needed/],
    [{ clientCertificates: 'perhaps' }, /clientCertificates: must be/],
    [{ clientAuthoritiesFile: 'ca.pem' }, /clientAuthoritiesFile: set clientCertificates/],
  ])('settings that cannot be meant: %j', async (own, message) => {
    await expect(listen(undefined, busStub(echo), own)).rejects.toThrow(message)
  })

  it.each(['AES128-SHA', 'AES128-GCM-SHA256', 'ECDHE-RSA-AES128-SHA', 'ECDHE-ECDSA-AES256-SHA384'])(
    'no connection with a cipher suite below the policy: %s',
    async (ciphers) => {
      const { port } = await listen()
      const socket = connect({
        ...{ port, host: '127.0.0.1', rejectUnauthorized: false, maxVersion: 'TLSv1.2', ciphers },
      })
      const [error] = (await once(socket, 'error')) as [Error]
      expect(error.message).toMatch(/handshake failure/)
    },
  )
})

describe('providers over TLS', () => {
  it('are believed by the authorities of caFile, under their name', async () => {
    const { named } = await httpsProvider()
    const { caFile } = files
    const adapter = rest.adapter({}, { privateAddresses: ['127.0.0.0/8'], caFile })
    const { content } = await rest.deliver({ address: named }, adapter)
    expect(Buffer.from(held(content.payload)).toString()).toBe('over TLS')
  })

  it('PROVIDER_UNAVAILABLE: an authority that nobody named', async () => {
    const { named } = await httpsProvider()
    await expect(rest.deliver({ address: named })).rejects.toMatchObject({
      code: 'PROVIDER_UNAVAILABLE',
    })
  })

  it('PROVIDER_UNAVAILABLE: a certificate of another name', async () => {
    const { address } = await httpsProvider()
    const { caFile } = files
    const adapter = rest.adapter({}, { privateAddresses: ['127.0.0.0/8'], caFile })
    await expect(rest.deliver({ address }, adapter)).rejects.toMatchObject({
      code: 'PROVIDER_UNAVAILABLE',
    })
  })

  it('PROVIDER_UNAVAILABLE: no TLS at all', async () => {
    const { address } = await rest.httpProvider((_, response) => response.end())
    await expect(
      rest.deliver({ address: address.replace('http:', 'https:') }),
    ).rejects.toMatchObject({ code: 'PROVIDER_UNAVAILABLE' })
  })
})
