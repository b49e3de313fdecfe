import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { memoryIo } from '../../test/support/command-io.js'
import { makeAuthority, type TestIdentity } from '../../test/support/pki.js'
import { sampleExchangeId, sampleOutcome, sampleReceipt } from '../../test/support/receipts.js'
import { consumerId, providerId } from '../../test/support/signing.js'
import { parseSubsystemId } from '../exchange/identifier.js'
import { Fault } from '../exchange/fault.js'
import type { HttpRequestContent } from '../exchange/http-content.js'
import { keyTypeOf } from '../trust/http-signature/algorithms.js'
import { verifyRequestHead } from '../trust/http-signature/verify-request.js'
import { createHttpSigner } from '../trust/http-signer.js'
import type { SignerDirectory } from '../trust/signer-directory.js'
import { send } from './send.js'

// A small bus: it verifies what it gets with the bus's verifier, and signs with the bus's signer.
let server: Server
let url: string
let consumer: TestIdentity
let bus: TestIdentity
let files: Record<string, string | Buffer>
let seen: { request: IncomingMessage; payload: Buffer } | undefined
let answer: {
  status: number
  payload: Buffer
  /** Further header fields, which the signature covers. */
  headers?: readonly string[]
  tamper?: (rawHeaders: string[]) => string[]
}

const directory: SignerDirectory = {
  key: (thumbprint) => ({
    signer: { subsystem: parseSubsystemId(consumerId), thumbprint, serialNumber: '01' },
    publicKey: consumer.publicKey,
    keyType: keyTypeOf(consumer.publicKey)!,
  }),
  find: () => {
    throw new Fault('CERT_UNKNOWN')
  },
  checkCertificate: () => undefined,
}

function contentOf(request: IncomingMessage, payload: Buffer): HttpRequestContent {
  return {
    format: 'http',
    method: request.method!,
    scheme: 'http',
    authority: request.headers.host!,
    target: request.url!,
    rawHeaders: request.rawHeaders,
    head: () => Buffer.alloc(0),
    readPayload: () => Promise.resolve(payload),
  }
}

function signedReply(content: HttpRequestContent): string[] {
  const { head } = verifyRequestHead(content, {
    signers: directory,
    now: () => new Date(),
    freshnessMs: 300_000,
  })
  const signer = createHttpSigner({
    privateKey: bus.privateKey,
    certificateThumbprint: bus.thumbprint,
    now: () => new Date(),
  })
  const { status, payload, headers = ['Sluice-Exchange-Id', 'exchange-1'] } = answer
  const rawHeaders = ['Content-Type', 'application/json', ...headers]
  const cover = ['content-type', 'sluice-exchange-id', 'sluice-entry', 'sluice-receipt']
  const requestLabel = head.signature.label
  const added = signer.signReply({
    status,
    rawHeaders,
    cover,
    payload,
    request: content,
    requestLabel,
  })
  return [...rawHeaders, ...added]
}

beforeAll(async () => {
  const authority = await makeAuthority('Sınaq CA')
  const strange = await makeAuthority('Başqa CA')
  consumer = await authority.issue({ subject: 'SC' })
  bus = await authority.issue({ subject: 'bus' })
  const pem = (key: TestIdentity): string =>
    key.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
  files = {
    'sc.key': pem(consumer),
    'sc.pem': consumer.pem,
    'bus.pem': bus.pem,
    'bus.key': pem(bus),
    'ca.pem': authority.pem,
    'strange.pem': strange.pem,
    'body.json': '{"fayl":"Şəki"}',
  }
  server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const payload = Buffer.concat(chunks)
      seen = { request, payload }
      const rawHeaders = signedReply(contentOf(request, payload))
      response.writeHead(answer.status, answer.tamper?.(rawHeaders) ?? rawHeaders)
      response.end(answer.payload)
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})

afterAll(async () => {
  server.closeAllConnections()
  server.close()
  await once(server, 'close')
})

beforeEach(() => {
  seen = undefined
  answer = { status: 200, payload: Buffer.from('{"ad":"Şəfəq"}') }
})

async function run(...args: string[]) {
  const io = memoryIo(files)
  const own = ['--url', url, '--key', 'sc.key', '--cert', 'sc.pem', '--bus-cert', 'bus.pem']
  const named = ['--client', consumerId, '--service', `${providerId}/finAxtaris/v1`]
  const exitCode = await send([...own, ...named, ...args], io)
  return { exitCode, text: io.text, errors: io.errors }
}

describe('sluice send', () => {
  it('signs, sends, verifies the answer and prints it', async () => {
    const { exitCode, text } = await run(
      '--bus-ca',
      'ca.pem',
      '--path',
      '/axtar',
      '--query',
      'fin=1',
    )
    expect(exitCode).toBe(0)
    expect(text).toMatch(/^200 OK\nExchange id: exchange-1\nSigned by the bus at .* this request\./)
    expect(text).toContain('{"ad":"Şəfəq"}')
    expect(seen?.request.method).toBe('GET')
    expect(seen?.request.url).toBe(`/r1/${providerId}/finAxtaris/v1/axtar?fin=1`)
  })

  it('sends a body, an id and the envelope, text percent-encoded', async () => {
    const envelope = ['--mode', 'body', '--legal-basis', 'Maddə 12', '--case', '42/2013']
    const { exitCode } = await run('--data', '@body.json', '--id', 'sorgu-7', ...envelope)
    expect(exitCode).toBe(0)
    expect(seen?.payload.toString()).toBe('{"fayl":"Şəki"}')
    expect(seen?.request.method).toBe('POST')
    expect(seen?.request.headers).toMatchObject({
      'x-road-id': 'sorgu-7',
      'x-road-issue': '42/2013',
      'sluice-mode': 'body',
      'sluice-legal-basis': 'Madd%C9%99%2012',
      'content-type': 'application/json',
    })
  })

  it('asserts who the user is, for this very request', async () => {
    const user = ['--mode', 'user', '--assert', '{"fin":"0TEST01"}', '--acr', 'e-signature']
    await run('--data', '@body.json', '--id', 'sorgu-8', ...user)
    const token = String(seen?.request.headers['sluice-assertion'])
    const claims: unknown = JSON.parse(Buffer.from(token.split('.')[1]!, 'base64url').toString())
    expect(claims).toMatchObject({
      ...{ iss: consumerId, client: consumerId, mid: 'sorgu-8', acr: 'e-signature' },
      ...{ aud: `${providerId}/finAxtaris/v1`, sub: { fin: '0TEST01' } },
    })
    expect((await run('--assert', '0TEST01')).exitCode).toBe(2)
    expect((await run('--assert', '{}', '--acr', 'biometry')).exitCode).toBe(2)
  })

  it('sends other methods and header fields', async () => {
    const { exitCode, text } = await run(
      '--method',
      'PUT',
      '--data',
      'x',
      '--header',
      'content-type: text/plain',
      '--verbose',
    )
    expect(exitCode).toBe(0)
    expect(seen?.request.method).toBe('PUT')
    expect(seen?.request.headers['content-type']).toBe('text/plain')
    expect(text).toContain('> Signature-Input: consumer=("@method" "@target-uri"')
    expect(text).toContain('< sluice-exchange-id: exchange-1')
  })

  it('shows bytes that are no text as a count', async () => {
    answer = { status: 200, payload: Buffer.from([0xff, 0xfe]) }
    expect((await run()).text).toContain('(2 bytes that are no text)')
  })

  it('ends with 1 for a refusal', async () => {
    answer = { status: 403, payload: Buffer.from('{"code":"ACCESS_DENIED"}') }
    const { exitCode, text } = await run()
    expect(exitCode).toBe(1)
    expect(text).toContain('403 Forbidden')
    expect(text).toContain('ACCESS_DENIED')
  })

  it('ends with 1 where the bus cannot be reached', async () => {
    const { exitCode, errors } = await run('--url', 'http://127.0.0.1:9')
    expect(exitCode).toBe(1)
    expect(errors).toContain('No answer from the bus')
  })

  it('ends with 3 and shows nothing of an answer that was changed on the way', async () => {
    answer.tamper = (raw) => raw.map((value) => value.replace('exchange-1', 'exchange-2'))
    const { exitCode, text, errors } = await run()
    expect(exitCode).toBe(3)
    expect(text).not.toContain('Şəfəq')
    expect(errors).toContain('SIGNATURE_INVALID')
  })

  it('says that the answer has no receipt', async () => {
    expect((await run()).text).toContain('Receipt: none')
  })

  it('verifies the receipt, which is by a key of the bus, maybe another than the answer', async () => {
    const headers = (receipt: string, exchangeId = sampleExchangeId): string[] => [
      ...['Sluice-Exchange-Id', exchangeId, 'Sluice-Receipt', receipt],
    ]
    const leafHash = Buffer.from(sampleOutcome.leafHash).toString('base64url')
    answer.headers = [...headers(sampleReceipt(bus)), 'Sluice-Entry', leafHash]
    const { exitCode, text } = await run()
    expect(exitCode).toBe(0)
    expect(text).toContain(`Receipt: verified. Entry ${leafHash} will be in the log domain/PORTAL.`)

    answer.headers = headers(sampleReceipt(consumer))
    const byAnother = await run()
    expect(byAnother.exitCode).toBe(0)
    expect(byAnother.text).toContain(`not checked. Give the certificate with the thumbprint`)
    expect((await run('--bus-cert', 'sc.pem')).text).toContain('Receipt: verified')

    for (const wrong of [
      headers('e30.e30.AAAA'),
      headers(sampleReceipt(bus), '019ab2c4-0000-7000-8000-000000000000'),
      [...headers(sampleReceipt(bus)), 'Sluice-Entry', 'another'],
    ]) {
      answer.headers = wrong
      const { exitCode: code, errors } = await run()
      expect({ code, errors }).toEqual({
        code: 3,
        errors: expect.stringMatching(/^Receipt: WRONG/),
      })
    }
  })

  it('ends with 3 for an answer of another than the bus', async () => {
    const own = files['bus.pem']!
    files['bus.pem'] = consumer.pem
    expect((await run()).exitCode).toBe(3)
    // The bus may have a second certificate, and answer with it.
    files['second.pem'] = own
    expect((await run('--bus-cert', 'second.pem')).exitCode).toBe(0)
    files['bus.pem'] = own
    answer.tamper = (raw) => raw.slice(0, 4)
    expect((await run()).errors).toContain('SIGNATURE_MISSING')
  })

  it.each<[string[], RegExp]>([
    [['--bus-ca', 'strange.pem'], /bus\.pem: /],
    [['--key', 'bus.key'], /is not the key of/],
    [['--key', 'sc.pem'], /no unencrypted private key/],
    [['--cert', 'none.pem'], /cannot be read/],
    [['--client', 'AZ/GOV/VN'], /4 segments/],
    [['--service', 'AZ/GOV/VN/SC/x/1'], /version/],
    [['--url', 'http://bus/path'], /--url/],
    [['--method', 'get'], /--method/],
    [['--path', 'axtar'], /--path/],
    [['--header', 'no colon'], /--header/],
    [['--nonsense'], /--nonsense/],
  ])('%j is wrong usage', async (args, message) => {
    const { exitCode, errors } = await run(...args)
    expect(exitCode).toBe(2)
    expect(errors).toMatch(message)
    expect(seen).toBeUndefined()
  })

  it('names what is missing', async () => {
    const io = memoryIo(files)
    expect(await send(['--url', url], io)).toBe(2)
    expect(io.errors).toMatch(/^--key is missing/)
  })
})
