import { afterEach, beforeAll, describe, expect, it } from '@jest/globals'
import { once } from 'node:events'
import type { RequestListener, ServerResponse } from 'node:http'
import { createServer as createHttpServer } from 'node:http'
import {
  createServer as createTcpServer,
  type AddressInfo,
  type Server,
  type Socket,
} from 'node:net'
import { createServer as createTlsServer } from 'node:tls'
import { createServer } from 'node:https'
import { describedBy } from '../../test/support/contract-samples.js'
import { makeAuthority, SubjectAlternativeNameExtension } from '../../test/support/pki.js'
import { newExchangeId } from '../new-exchange-id.js'
import { createHttpSigner } from '../trust/http-signer.js'
import { privateKeyPem } from '../trust/issuing/key-pair.js'
import { createSoapSigner } from '../trust/wss/sign-message.js'
import { checkConformity } from './check-conformity.js'
import type { ConformityTools } from './conformity-tools.js'
import { firstRequirementSet } from './first-requirements.js'
import { probeLimits } from './limits.js'
import { readApplication } from './read-application.js'
import type { CheckLine } from './requirement.js'

// What an endpoint may do to who probes it. Real sockets and real TLS; the contract has little to say, so that the transport does.

const service = 'AZ/GOV/NN/DASIMA/xett/v1'
const openApi = JSON.stringify({
  openapi: '3.0.3',
  info: { title: 'Xətt', version: '1' },
  paths: {
    '/xett': {
      get: {
        operationId: 'xett',
        responses: {
          200: {
            description: '',
            content: {
              'application/json': {
                schema: { type: 'object', properties: { ad: { type: 'string', maxLength: 50 } } },
              },
            },
          },
        },
      },
    },
  },
})
const settings = 'limits: { timeLimitMs: 400, replyBytesMax: 100000 }\n'

let tls: { key: string; cert: string }
let authorities: string
let signer: ConformityTools['signer']
let selfSigned: { key: string; cert: string }

beforeAll(async () => {
  const authority = await makeAuthority('Endpoint CA')
  authorities = authority.pem
  const extensions = [new SubjectAlternativeNameExtension([{ type: 'dns', value: 'localhost' }])]
  const { pem, privateKey, der, thumbprint } = await authority.issue({
    ...{ subject: 'localhost', extensions, without: ['2.5.29.37'] },
  })
  tls = { key: privateKeyPem(privateKey), cert: pem }
  // As OpenSSL makes one: no authority's.
  const without = ['2.5.29.15', '2.5.29.19']
  const own = await makeAuthority('localhost', { extensions, without })
  selfSigned = { key: privateKeyPem(own.privateKey), cert: own.pem }
  const now = (): Date => new Date()
  signer = {
    http: createHttpSigner({ privateKey, certificateThumbprint: thumbprint, now }),
    soap: createSoapSigner({ privateKey, certificate: der, now }),
  }
})

const open: Server[] = []
const sockets = new Set<Socket>()

afterEach(async () => {
  for (const socket of sockets) socket.destroy()
  await Promise.all(
    open.splice(0).map(async (server) => {
      server.close()
      await once(server, 'close')
    }),
  )
})

async function listening(server: Server): Promise<number> {
  server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  open.push(server)
  return (server.address() as AddressInfo).port
}

const overTls = (answer: RequestListener): Promise<number> => listening(createServer(tls, answer))

interface Terms {
  readonly allow?: readonly string[]
  readonly own?: ConformityTools['addresses']['own']
  readonly plainHttp?: boolean
}

/** Lines of a check of an endpoint at this address. */
async function checked(address: string, terms: Terms = {}): Promise<Map<string, CheckLine>> {
  const { application } = readApplication({
    ...{ kind: 'service', member: 'AZ/GOV/NN', domain: 'PORTAL', objectId: service },
    name: { az: 'Xətt', en: 'Line' },
    declaration: { protocol: 'rest', address },
    contract: 'digest',
    probes: {
      good: { target: '/xett' },
      bad: { target: '/yox' },
      echo: { request: { target: '/xett' }, text: 'Şəki' },
    },
    regulation: { title: 'R', reference: '1', answerMsMax: 10_000 },
  })
  const files = describedBy({ service, settings }, 'openapi.json', openApi)
  const folder = new Map(Object.entries(files).map(([name, text]) => [name, Buffer.from(text)]))
  const { allow = ['127.0.0.0/8'], own = [], plainHttp = false } = terms
  const { lines } = await checkConformity(application!, firstRequirementSet, {
    ...{ now: () => new Date(), newExchangeId, signer, registry: undefined },
    contract: () => Promise.resolve({ files: folder, samples: new Map() }),
    addresses: { privateAddresses: allow, own, authorities, plainHttp },
  })
  return new Map(lines.map((line) => [line.code, line]))
}

const at = (port: number): string => `https://localhost:${port}`

/** Result and finding of a line. */
function told(lines: ReadonlyMap<string, CheckLine>, code: string): string {
  const line = lines.get(code)
  // Whoever reads it in either language is told as much.
  expect(line?.finding.az).not.toBe('')
  if (line?.result === 'fail') expect(line.remedy).toMatchObject({ az: expect.anything() })
  return `${line?.result}: ${line?.finding.en}`
}

const json = (response: ServerResponse, status: number, body: unknown): void => {
  response.writeHead(status, { 'content-type': 'application/json' })
  response.end(JSON.stringify(body))
}

describe('an endpoint that behaves', () => {
  it('is called thrice, each call signed as the bus signs deliveries', async () => {
    const seen: [string, string][] = []
    const port = await overTls(({ url = '', headers }, response) => {
      seen.push([url, String(headers['signature-input'])])
      expect(headers).toMatchObject({
        'x-road-client': 'AZ/GOV/NN/DASIMA',
        'x-road-service': service,
        'sluice-exchange-id': headers['x-road-id'],
        via: '1.1 sluice',
      })
      json(response, url === '/xett' ? 200 : 404, { ad: 'Şəki' })
    })
    const lines = await checked(at(port))
    expect(seen.map(([url]) => url)).toEqual(['/yox', '/xett', '/xett'])
    expect(seen.every(([, input]) => input.startsWith('sluice=("@method" "@target-uri"'))).toBe(
      true,
    )
    for (const code of ['TT-02', 'TT-04', 'TT-05', 'TT-10', 'TT-14']) {
      expect(told(lines, code)).toMatch(/^pass/)
    }
  })
})

describe('hostile answers', () => {
  it.each<[string, RequestListener, RegExp]>([
    [
      'a body without end',
      (_, response) => {
        const more = (): void => {
          while (response.write(Buffer.alloc(65_536, 0x20)));
          response.once('drain', more)
        }
        response.writeHead(200, { 'content-type': 'application/json' })
        more()
      },
      /longer than 100000 bytes/,
    ],
    [
      'a slow drip',
      (_, response) => {
        response.writeHead(200, { 'content-type': 'application/json' })
        const drip = setInterval(() => response.write(' '), 50)
        response.on('close', () => clearInterval(drip))
      },
      /has not answered in the time/,
    ],
    ['silence', () => undefined, /has not answered in the time/],
    [
      'a redirect to the metadata address',
      (_, response) => {
        response.writeHead(302, { location: 'http://169.254.169.254/latest/meta-data/' }).end()
      },
      /redirects \(HTTP 302\)/,
    ],
    [
      'huge headers',
      (_, response) => {
        response.writeHead(200, { 'x-huge': 'a'.repeat(probeLimits.headBytesMax) }).end('{}')
      },
      /longer than 16384 bytes/,
    ],
    ['a broken connection', (_, { socket }) => socket?.destroy(), /broke the connection off/],
    ['no HTTP', ({ socket }) => socket.end('SSH-2.0-OpenSSH_9.2\r\n'), /no well-formed HTTP/],
    [
      'a page of HTML with a good status',
      (_, response) =>
        response.writeHead(200, { 'content-type': 'text/html' }).end('<html></html>'),
      /web page/,
    ],
    [
      'an array where an object is due',
      (_, response) => json(response, 200, []),
      /breaks the contract/,
    ],
  ])('%s fails, and nothing else happens', async (_, answer, finding) => {
    const lines = await checked(at(await overTls(answer)))
    expect(told(lines, 'TT-02')).toMatch(/^pass/)
    expect(told(lines, 'TT-04')).toMatch(/^fail/)
    expect(told(lines, 'TT-04')).toMatch(finding)
    expect(told(lines, 'TT-05')).toMatch(/^fail/)
    expect(told(lines, 'TT-14')).toMatch(/^fail/)
  })

  it('text that went through another encoding is not the one that was sent', async () => {
    const port = await overTls(({ url }, response) => {
      const ad = Buffer.from('Şəki').toString('latin1')
      json(response, url === '/xett' ? 200 : 404, { ad })
    })
    const lines = await checked(at(port))
    expect(told(lines, 'TT-04')).toMatch(/^pass/)
    expect(told(lines, 'TT-14')).toMatch(/^fail: The text does not stand/)
  })
})

describe('hostile transports: nothing is sent', () => {
  const nothing = (): never => {
    throw new Error('a request came')
  }
  const closedTo = /^fail: No test request was sent/

  it('a self-signed certificate', async () => {
    const lines = await checked(at(await listening(createServer(selfSigned, nothing))))
    expect(told(lines, 'TT-02')).toMatch(/^fail: The certificate is self-signed/)
    expect(told(lines, 'TT-04')).toMatch(closedTo)
  })

  it('a certificate of another name', async () => {
    const port = await overTls(nothing)
    const lines = await checked(`https://127.0.0.1:${port}`)
    expect(told(lines, 'TT-02')).toMatch(/^fail: The certificate is for another name/)
  })

  it.each([
    ['TLSv1.1', 'TLSv1.1', /^fail: Only an old version is spoken \(TLSv1.1\)/],
    ['TLSv1', 'TLSv1.2', /^warning: TLSv1.2.*the old TLSv1.1 is spoken/],
  ] as const)('versions from %s to %s', async (minVersion, maxVersion, finding) => {
    const ciphers = 'DEFAULT:@SECLEVEL=0'
    const server = createServer({ ...tls, minVersion, maxVersion, ciphers }, (_, response) =>
      json(response, 200, {}),
    )
    const lines = await checked(at(await listening(server)))
    expect(told(lines, 'TT-02')).toMatch(finding)
  })

  it('garbage, and a handshake that ends in nothing', async () => {
    const garbage = await listening(
      createTcpServer((socket) => socket.on('error', () => undefined).end('HTTP/1.1 400 \r\n\r\n')),
    )
    expect(told(await checked(at(garbage)), 'TT-02')).toMatch(
      /^fail: What listens there speaks no TLS/,
    )
    const ended = await listening(
      createTcpServer((socket) => socket.on('error', () => undefined).end()),
    )
    expect(told(await checked(at(ended)), 'TT-02')).toMatch(/^fail: The endpoint broke/)
    const alert = await listening(createTlsServer({}))
    expect(told(await checked(at(alert)), 'TT-02')).toMatch(/^fail/)
  })

  it('plain HTTP, unless that is allowed; then TT-02 warns', async () => {
    const port = await listening(
      createHttpServer(({ url }, response) =>
        json(response, url === '/xett' ? 200 : 404, { ad: 'Şəki' }),
      ),
    )
    const address = `http://localhost:${port}`
    expect(told(await checked(address), 'TT-02')).toMatch(/^fail: The address begins with http:/)
    const lines = await checked(address, { plainHttp: true })
    expect(told(lines, 'TT-02')).toMatch(/^warning/)
    expect(told(lines, 'TT-04')).toMatch(/^pass/)
  })

  it.each([
    'https://127.0.0.1',
    'https://localhost',
    'https://[::1]',
    'https://[::ffff:127.0.0.1]',
    'https://0x7f.1',
    'https://2130706433',
    'https://169.254.169.254',
    'https://[fd00:ec2::254]',
    'https://10.1.2.3',
    'https://0.0.0.0',
  ])('%s is in no network that is allowed', async (address) => {
    const lines = await checked(address, { allow: [] })
    expect(told(lines, 'TT-02')).toMatch(/^fail: The address \(.*\) is in no network/)
    expect(told(lines, 'TT-04')).toMatch(closedTo)
  })

  it('the bus’s own addresses, even where their network is allowed', async () => {
    const port = await overTls(nothing)
    for (const host of ['127.0.0.1', '0.0.0.0', '::']) {
      const lines = await checked(at(port), { own: [{ host, port }] })
      expect(told(lines, 'TT-02')).toMatch(/^fail: The address is the bus’s own/)
    }
  })
})
