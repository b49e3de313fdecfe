import 'reflect-metadata'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { SubjectAlternativeNameExtension } from '@peculiar/x509'
import { once } from 'node:events'
import { createServer, type ServerOptions } from 'node:https'
import type { AddressInfo } from 'node:net'
import { connect, type SecureVersion } from 'node:tls'
import { privateKeyPem } from '../../src/trust/issuing/key-pair.js'
import { makeAuthority, type TestAuthority } from '../support/pki.js'
import { expectAnswered, expectRefused } from '../support/whole-bus-expect.js'
import { services } from '../support/whole-bus-sample.js'
import { startWholeBus, type WholeBus } from '../support/whole-bus.js'

let bus: WholeBus

beforeAll(async () => {
  bus = await startWholeBus({ isTls: true })
})

afterAll(() => bus.close())

beforeEach(() => bus.providers.taxes.reset())

/** How a handshake with exactly this version ends. */
async function handshake(version: SecureVersion): Promise<string> {
  const { hostname, port } = new URL(bus.address)
  const socket = connect({
    host: hostname,
    port: Number(port),
    ca: bus.authority.pem,
    ...{ minVersion: version, maxVersion: version },
    ciphers: 'DEFAULT@SECLEVEL=0',
  })
  return new Promise((resolve) => {
    socket.once('secureConnect', () => {
      resolve(socket.getProtocol() ?? '')
      socket.destroy()
    })
    socket.once('error', (error: Error) => resolve(error.message))
  })
}

/** A provider behind TLS, and its address in the registry for as long as `work` takes. */
async function withTlsProvider(
  authority: TestAuthority,
  options: ServerOptions,
  work: () => Promise<void>,
): Promise<void> {
  const san = new SubjectAlternativeNameExtension([{ type: 'ip', value: '127.0.0.1' }])
  const { pem, privateKey } = await authority.issue({ extensions: [san], without: ['2.5.29.37'] })
  const server = createServer(
    { cert: pem, key: privateKeyPem(privateKey), ...options },
    (incoming, response) => incoming.pipe(response),
  ).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = `https://127.0.0.1:${(server.address() as AddressInfo).port}`
  await bus.registry.change(services.taxes, { address })
  try {
    await work()
  } finally {
    await bus.registry.change(services.taxes, { address: bus.providers.taxes.address })
    server.closeAllConnections()
    server.close()
  }
}

describe('R-086: only allowed TLS versions', () => {
  it.each(['TLSv1', 'TLSv1.1'] as const)('a consumer with %s is refused', async (version) => {
    expect(await handshake(version)).toMatch(/alert protocol version/)
  })

  it.each(['TLSv1.2', 'TLSv1.3'] as const)('a consumer with %s is served', async (version) => {
    expect(await handshake(version)).toBe(version)
  })

  it('an exchange over TLS is signed and logged like any other', async () => {
    const answer = await bus.portal.call()
    await expectAnswered(bus, answer)
    expect(bus.providers.taxes.latest.header('sluice-original-target')).toMatch(/^https:/)
  })

  it('a provider over TLS that an accepted authority vouches for is served', async () => {
    await withTlsProvider(bus.authority, {}, async () => {
      await expectAnswered(bus, await bus.portal.call())
    })
  })

  it.each([
    [
      'of TLS 1.1',
      undefined,
      { minVersion: 'TLSv1.1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' },
    ],
    ['of an unknown authority', 'Yad kök', {}],
  ] as const)(
    'a provider %s gets nothing: PROVIDER_UNAVAILABLE',
    async (_what, stranger, options) => {
      const authority = stranger === undefined ? bus.authority : await makeAuthority(stranger)
      await withTlsProvider(authority, options, async () => {
        const answer = await bus.portal.call()
        await expectRefused(bus, answer, 'PROVIDER_UNAVAILABLE', {
          status: 503,
          side: 'provider',
          entries: 2,
        })
      })
    },
  )
})
