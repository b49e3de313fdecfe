import 'reflect-metadata'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect, type SecureVersion } from 'node:tls'
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals'
import * as x509 from '@peculiar/x509'
import { held } from '../../test/support/held.js'
import { RestAdapters } from '../../test/support/rest-adapter.js'
import {
  busStub,
  echo,
  envelopeLines,
  replyOf,
  serviceTarget,
  toolsStub,
} from '../../test/support/rest-lane.js'
import type { Listening } from '../../src/exchange/adapter.js'
import { createAdapter } from './adapter.js'

const rest = new RestAdapters()
const listening: Listening[] = []
const directory = mkdtempSync(join(tmpdir(), 'rest-tls-'))
const file = (name: string): string => join(directory, name)

async function makeCertificates(): Promise<void> {
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }
  const makeKeys = () => crypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
  const authorityKeys = await makeKeys()
  const authority = await x509.X509CertificateGenerator.createSelfSigned({
    name: 'CN=Test CA',
    keys: authorityKeys,
    signingAlgorithm: algorithm,
    extensions: [new x509.BasicConstraintsExtension(true, 0, true)],
  })
  const keys = await makeKeys()
  const certificate = await x509.X509CertificateGenerator.create({
    subject: 'CN=localhost',
    issuer: authority.subject,
    publicKey: keys.publicKey,
    signingKey: authorityKeys.privateKey,
    signingAlgorithm: algorithm,
    extensions: [new x509.SubjectAlternativeNameExtension([{ type: 'dns', value: 'localhost' }])],
  })
  const pkcs8 = await crypto.subtle.exportKey('pkcs8', keys.privateKey)
  writeFileSync(file('ca.pem'), authority.toString('pem'))
  writeFileSync(file('certificate.pem'), certificate.toString('pem'))
  writeFileSync(file('key.pem'), x509.PemConverter.encode(pkcs8, 'PRIVATE KEY'))
}

async function listen(minVersion?: string, bus = busStub(echo)): Promise<number> {
  const tls = {
    certificateFile: file('certificate.pem'),
    keyFile: file('key.pem'),
    ...(minVersion !== undefined && { minVersion }),
  }
  const open = await createAdapter({ tls }, toolsStub()).listen!(bus)
  listening.push(open)
  expect(open.address).toMatch(/^https:/)
  return Number(new URL(open.address).port)
}

/** What a client of exactly this TLS version gets. */
function ask(port: number, version: SecureVersion): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect({
      port,
      host: '127.0.0.1',
      rejectUnauthorized: false,
      minVersion: version,
      maxVersion: version,
      ciphers: 'DEFAULT@SECLEVEL=0',
    })
    let text = ''
    socket.on('data', (chunk: Buffer) => (text += chunk.toString('latin1')))
    socket.on('error', (error: Error) => resolve(error.message))
    socket.on('close', () => resolve(text))
    socket.write(`GET ${serviceTarget} HTTP/1.1\r\n${envelopeLines}Connection: close\r\n\r\n`)
  })
}

async function httpsProvider(): Promise<{ address: string; named: string }> {
  const server = createServer(
    { cert: readFileSync(file('certificate.pem')), key: readFileSync(file('key.pem')) },
    (_, response) => response.end('over TLS'),
  )
  const { address } = await rest.provider(server)
  const secure = address.replace('http:', 'https:')
  return { address: secure, named: secure.replace('127.0.0.1', 'localhost') }
}

beforeAll(makeCertificates)

afterEach(async () => {
  await rest.closeAll()
  for (const open of listening.splice(0)) await open.close()
})

afterAll(() => rmSync(directory, { recursive: true }))

describe('consumers over TLS (at least 1.2)', () => {
  it.each([
    [undefined, 'TLSv1.1', 'alert protocol version'],
    [undefined, 'TLSv1.2', 'HTTP/1.1 200 OK'],
    [undefined, 'TLSv1.3', 'HTTP/1.1 200 OK'],
    ['TLSv1.3', 'TLSv1.2', 'alert protocol version'],
    ['TLSv1.3', 'TLSv1.3', 'HTTP/1.1 200 OK'],
  ] as const)('least version %p, client %s: %s', async (minVersion, version, expected) => {
    const port = await listen(minVersion)
    expect(await ask(port, version)).toContain(expected)
  })

  it('a long reply, written piece by piece, arrives whole', async () => {
    const payload = randomBytes(3 * 1_048_576 + 1)
    const port = await listen(
      undefined,
      busStub(() => Promise.resolve(replyOf(200, [], payload))),
    )
    const text = await ask(port, 'TLSv1.3')
    const body = Buffer.from(text.slice(text.indexOf('\r\n\r\n') + 4), 'latin1')
    expect(body.equals(payload)).toBe(true)
  })

  it('the listener stops in order', async () => {
    const port = await listen()
    const idle = connect({ port, host: '127.0.0.1', rejectUnauthorized: false })
    await once(idle, 'secureConnect')
    const ended = once(idle.resume(), 'close')
    await listening.splice(0)[0]!.close()
    await expect(ended).resolves.toBeDefined()
  })
})

describe('providers over TLS', () => {
  it('are believed by the authorities of caFile, under their name', async () => {
    const { named } = await httpsProvider()
    const adapter = rest.adapter({}, { privateAddresses: ['127.0.0.0/8'], caFile: file('ca.pem') })
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
    const adapter = rest.adapter({}, { privateAddresses: ['127.0.0.0/8'], caFile: file('ca.pem') })
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
