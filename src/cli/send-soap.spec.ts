import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createAdapter } from '../../adapters/soap/adapter.js'
import { memoryIo } from '../../test/support/command-io.js'
import { held } from '../../test/support/held.js'
import type { TestIdentity } from '../../test/support/pki.js'
import { consumerId, providerId } from '../../test/support/signing.js'
import {
  busIdentity,
  soapBusStub,
  soapEcho,
  soapReplyOf,
  soapTools,
} from '../../test/support/soap-lane.js'
import { flipIn, MeddlingProxy } from '../../test/support/whole-bus-proxy.js'
import {
  makeTestTrust,
  sluice,
  soap12,
  soapContent,
  verifySoap,
  xroad,
  type TestTrust,
} from '../../test/support/wss.js'
import type { Listening } from '../exchange/adapter.js'
import { Fault } from '../exchange/fault.js'
import type { VerifiedSoapRequest } from '../exchange/soap-content.js'
import { send } from './send.js'

// The SOAP lane itself with a stand-in for the bus behind it; who stands on the way may meddle.
let answer: Parameters<typeof soapBusStub>[0] = soapEcho
const bus = soapBusStub((verified, received) => answer(verified, received))
let lane: Listening
let proxy: MeddlingProxy
let trust: TestTrust
let consumer: TestIdentity
let files: Record<string, string | Buffer>

beforeAll(async () => {
  trust = await makeTestTrust()
  consumer = await trust.authority.issue({ keyType: 'rsa-2048' })
  trust.register(consumer)
  const key = consumer.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
  files = {
    ...{ 'sc.key': key, 'sc.pem': consumer.pem, 'bus.pem': busIdentity.pem },
    'senet.pdf': '%PDF-1.7 sənəd',
    'body.xml':
      '<?xml version="1.0"?>\n<g:finAxtaris xmlns:g="urn:gcq"><ad>Şəfəq</ad></g:finAxtaris>\n',
    '-': '<g:finAxtaris xmlns:g="urn:gcq">stdin</g:finAxtaris>',
  }
  lane = await createAdapter({ port: 0 }, soapTools()).listen!(bus)
  proxy = await MeddlingProxy.before(lane.address)
})

afterEach(() => {
  answer = soapEcho
  proxy.meddle = undefined
  bus.received.length = 0
})

afterAll(async () => {
  await proxy.close()
  await lane.close()
})

function commandOf(...args: string[]): string[] {
  const keys = ['--key', 'sc.key', '--cert', 'sc.pem', '--bus-cert', 'bus.pem']
  const named = ['--client', consumerId, '--service', `${providerId}/finAxtaris/v1`]
  return ['--url', proxy.address, ...keys, ...named, '--soap', '1.1', ...args]
}

async function run(...args: string[]) {
  const io = memoryIo(files)
  const exitCode = await send(commandOf(...args), io)
  return { exitCode, text: io.text, errors: io.errors }
}

/** The latest request as the bus's verifier has it. */
function sent(): Promise<VerifiedSoapRequest> {
  if (!asked) throw new Error('no SOAP message came')
  const attachments = asked.attachments.map((each) => ({ ...each, content: held(each.content) }))
  return verifySoap(soapContent(asked.envelope, attachments), trust.rules())
}
let asked: Pick<VerifiedSoapRequest, 'envelope' | 'attachments'> | undefined

/** Echoes, and keeps what was asked. */
function echo(...[verified, received]: Parameters<typeof soapEcho>): ReturnType<typeof soapEcho> {
  asked = verified
  return soapEcho(verified, received)
}

describe('sluice send --soap', () => {
  it('signs, sends, verifies the answer and prints it', async () => {
    answer = echo
    const envelope = ['--mode', 'body', '--legal-basis', 'Maddə 12 & 13', '--case', '42/2013']
    const { exitCode, text } = await run('--data', '@body.xml', '--id', 'sorgu-7', ...envelope)
    expect(text).toMatch(
      /^200 OK\nExchange id: .+\nSigned by the bus at .*, in answer to this request\./,
    )
    expect(text).toContain('\n<g:finAxtaris xmlns:g="urn:gcq"><ad>Şəfəq</ad></g:finAxtaris>')
    expect(exitCode).toBe(0)
    const verified = await sent()
    expect(verified.headerBlock(xroad, 'id')?.text()).toBe('sorgu-7')
    expect(verified.headerBlock(xroad, 'issue')?.text()).toBe('42/2013')
    expect(verified.headerBlock(sluice, 'legalBasis')?.text()).toBe('Maddə 12 & 13')
    const { content } = bus.received[0]!
    const envelopeRead = bus.received[0]!.adapter.readEnvelope(verified)
    expect(envelopeRead).toMatchObject({ consumer: consumerId, version: 'v1', mode: 'body' })
    expect(content).toMatchObject({
      rawHeaders: expect.arrayContaining(['SOAPAction', '""']) as unknown,
    })
  })

  it('sends SOAP 1.2 with its action, attachments, a path and further fields', async () => {
    answer = echo
    const attach = [
      '--attach',
      'senet.pdf;type=application/pdf;id=senet',
      '--attach',
      'body.xml;type=text/xml',
    ]
    const { exitCode, text } = await run(
      ...['--soap', '1.2', '--soap-action', 'urn:fin', '--path', '/soap', '--data', '@-'],
      ...[...attach, '--header', 'Accept-Language: az', '--verbose'],
    )
    expect(exitCode).toBe(0)
    expect(text).toContain('/soap\n> Content-Type: multipart/related; type="application/soap+xml"')
    expect(text).toContain('; action="urn:fin"\n> Accept-Language: az')
    expect(text).toContain('<g:finAxtaris xmlns:g="urn:gcq">stdin</g:finAxtaris>')
    expect(text).toMatch(
      /Attachment 1: <senet>, 16 bytes, SHA-256 [0-9a-f]{64}\nAttachment 2: <attachment-2>/,
    )
    const { version, attachments } = await sent()
    expect(version).toBe('1.2')
    expect(attachments.map(({ rawHeaders }) => rawHeaders[3])).toEqual([
      'application/pdf',
      'text/xml',
    ])
  })

  it('takes a whole Envelope, and keeps it', async () => {
    answer = echo
    files['envelope.xml'] =
      `<?xml version="1.0"?><e:Envelope xmlns:e="${soap12}" xmlns:q="urn:q"><e:Body><q:finAxtaris/></e:Body></e:Envelope>`
    expect((await run('--soap', '1.2', '--data', '@envelope.xml')).exitCode).toBe(0)
    expect(Buffer.from((await sent()).envelope).toString()).toContain('xmlns:q="urn:q"><e:Header ')
  })

  it('shows a refusal with both texts, and ends with 1', async () => {
    answer = () => {
      throw new Fault('ACCESS_DENIED')
    }
    const { exitCode, text } = await run('--data', '@body.xml')
    expect(exitCode).toBe(1)
    expect(text).toMatch(
      /^500 Internal Server Error\nExchange id: .+\nSigned by the bus at .* no request in particular/,
    )
    expect(text).toContain('REFUSED  ACCESS_DENIED: No access grant. Side: consumer.')
    expect(text).toContain('What to do: Ask the provider for an access right.')
    expect(text).toContain('Qərar: rədd edilir. Bu xidmət üzrə giriş icazəsi yoxdur.')
  })

  it('shows a Fault of the provider, which the bus passes on, and ends with 1', async () => {
    const fault =
      '<S:Envelope xmlns:S="http://schemas.xmlsoap.org/soap/envelope/"><S:Body><S:Fault>' +
      '<faultcode>S:Server</faultcode><faultstring>tapılmadı</faultstring></S:Fault></S:Body></S:Envelope>'
    answer = () => ({ ...soapReplyOf(Buffer.from(fault)), status: 500 })
    const { exitCode, text } = await run('--data', '@body.xml')
    expect(exitCode).toBe(1)
    expect(text).toMatch(/in answer to this request\.\nReceipt: verified\. .*\n\n<S:Fault>/)
    expect(text).not.toContain('REFUSED')
  })

  it.each([
    ['an answer', soapEcho, 'Şəfəq'],
    [
      'a refusal',
      () => {
        throw new Fault('ACCESS_DENIED')
      },
      'ACCESS_DENIED</f:code>',
    ],
  ])(
    'ends with 3 and shows nothing of %s that was changed on the way',
    async (_what, how, text) => {
      answer = how
      proxy.meddle = flipIn(text, 'back')
      const result = await run('--data', '@body.xml')
      expect(result.exitCode).toBe(3)
      expect(result.text).toMatch(/^\d+ [A-Za-z ]+, NOT VERIFIED$/)
      expect(result.errors).toContain('SIGNATURE_INVALID')
    },
  )

  it('ends with 3 where the answer is another one’s, or to another request', async () => {
    const io = memoryIo({ ...files, 'bus.pem': consumer.pem })
    const other = { exitCode: await send(commandOf('--data', '@body.xml'), io), errors: io.errors }
    expect([other.exitCode, other.errors]).toEqual([3, expect.stringContaining('CERT_UNKNOWN')])
    proxy.meddle = flipIn('Şəfəq', 'there')
    const elsewhere = await run('--data', '@body.xml')
    expect([elsewhere.exitCode, elsewhere.errors]).toEqual([
      3,
      expect.stringContaining('another request'),
    ])
  })

  it('takes an answer by any of the certificates of the bus', async () => {
    const io = memoryIo({ ...files, 'bus.pem': consumer.pem, 'second.pem': busIdentity.pem })
    expect(await send(commandOf('--data', '@body.xml', '--bus-cert', 'second.pem'), io)).toBe(0)
    const both = `${consumer.pem}\n${busIdentity.pem}`
    expect(
      await send(commandOf('--data', '@body.xml'), memoryIo({ ...files, 'bus.pem': both })),
    ).toBe(0)
  })

  it('ends with 1 where the bus cannot be reached', async () => {
    const { exitCode, errors } = await run('--data', '<a/>', '--url', 'http://127.0.0.1:9')
    expect([exitCode, errors]).toEqual([1, expect.stringContaining('No answer from the bus')])
  })

  it.each<[string[], RegExp]>([
    [[], /--data is missing/],
    [['--data', '<a>'], /no well-formed XML: .*line 1/],
    [['--data', '<a/>', '--soap', '1.3'], /--soap/],
    [['--data', '<a/>', '--method', 'PUT'], /belong to REST/],
    [['--data', '<a/>', '--soap-action', 'a b'], /--soap-action/],
    [['--data', '<a/>', '--attach', 'none'], /none: cannot be read/],
    [['--data', '<a/>', '--attach', 'senet.pdf;type=pdf'], /media type/],
    [['--data', '<a/>', '--attach', 'senet.pdf;name=x'], /;type=TYPE/],
    [['--data', '<a/>', '--attach', 'senet.pdf;id=<x>'], /angle brackets/],
    [['--data', '<a/>', '--attach', 'senet.pdf;type=text/xml'], /cannot be signed/],
    [['--data', `<e:Envelope xmlns:e="${soap12}"/>`], /not of SOAP 1\.1/],
    [
      ['--data', `<e:Envelope xmlns:e="${soap12}"><e:Header/></e:Envelope>`, '--soap', '1.2'],
      /Header/,
    ],
    [['--data', '<a/>', '--key', 'sc.pem'], /no unencrypted private key/],
  ])('%j is wrong usage', async (args, message) => {
    const { exitCode, errors } = await run(...args)
    expect(errors).toMatch(message)
    expect(exitCode).toBe(2)
    expect(bus.received).toHaveLength(0)
  })

  it('says so where the answer is of the other lane', async () => {
    const io = memoryIo(files)
    const args = commandOf('--data', '{}').filter((arg) => arg !== '--soap' && arg !== '1.1')
    expect(await send(args, io)).toBe(3)
    expect(io.errors).toMatch(/It is SOAP: is --url the REST lane, or is --soap missing\?$/)
    const rest = createServer((_request, response) => {
      response.writeHead(400, { 'Content-Type': 'application/problem+json' }).end('{}')
    }).listen(0, '127.0.0.1')
    await once(rest, 'listening')
    const { port } = rest.address() as AddressInfo
    const other = await run('--data', '<a/>', '--url', `http://127.0.0.1:${port}`)
    rest.close()
    rest.closeAllConnections()
    expect([other.exitCode, other.errors]).toEqual([
      3,
      expect.stringMatching(/It is no SOAP: is --url the SOAP lane\?$/),
    ])
  })

  it('has options that REST has not', async () => {
    const io = memoryIo(files)
    expect(
      await send(
        [
          '--url',
          'http://b',
          '--key',
          'k',
          '--cert',
          'c',
          '--bus-cert',
          'b',
          '--client',
          consumerId,
          '--service',
          `${providerId}/a`,
          '--attach',
          'x',
        ],
        io,
      ),
    ).toBe(2)
    expect(io.errors).toContain('belong to --soap')
  })
})
