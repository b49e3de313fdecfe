import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { command, describeWith } from '../../test/support/command.js'
import { makeTsa, samplePolicy, type TestTsa } from '../../test/support/timestamps.js'
import { startTsaServer, type TsaServer } from '../../test/support/tsa-server.js'
import { askOverHttp } from './ask-over-http.js'
import { TimestampClient, type TimestampSource } from './timestamp-client.js'
import { TimestampError } from './timestamp-error.js'
import { verifyToken } from './verify-token.js'

const data = Buffer.from('sluice/PORTAL\n17\nkök\n\n— imza\n')
const never = new AbortController().signal
const describeWithCurl = await describeWith('curl', 'openssl')

let tsa: TestTsa
let other: TestTsa
let first: TsaServer
let second: TsaServer
let now: Date
let warnings: string[]

beforeAll(async () => {
  tsa = await makeTsa()
  other = await makeTsa(undefined, () => now)
})

beforeEach(async () => {
  first = await startTsaServer((query) => tsa.authority.answer(query))
  second = await startTsaServer((query) => other.authority.answer(query))
  now = new Date()
  warnings = []
})

afterEach(() => Promise.all([first.close(), second.close()]))

function sourceOf(name: string, server: TsaServer, { trust }: TestTsa): TimestampSource {
  return {
    ...{ name, trust, isIndependent: true, policy: samplePolicy },
    ask: (query, stop) => askOverHttp(server.url, query, stop, 1_000),
  }
}

function clientOf(): TimestampClient {
  return new TimestampClient({
    sources: [sourceOf('dövlət', first, tsa), sourceOf('ehtiyat', second, other)],
    retryMsMin: 30_000,
    warn: (_event, details) =>
      warnings.push(`${String(details['authority'])}: ${String(details['trouble'])}`),
    now: () => now,
  })
}

const later = (ms: number): Date => new Date(now.getTime() + ms)

describe('a client of several timestamping authorities', () => {
  it('asks the first one, and keeps to it', async () => {
    const client = clientOf()
    const { token, source } = await client.stamp(data, never)
    expect(source.name).toBe('dövlət')
    expect(verifyToken({ token, data, trust: tsa.trust }).policy).toBe(samplePolicy)
    expect(second.requests).toBe(0)
    expect(client.state()).toMatchObject([
      { name: 'dövlət', stamps: 1, failures: 0, lastStampAt: now, trouble: undefined },
      { name: 'ehtiyat', stamps: 0, failures: 0, lastStampAt: undefined },
    ])
    expect(warnings).toEqual([])
  })

  it('asks the next one where the first fails, and the first again later', async () => {
    const client = clientOf()
    first.handler = (_request, response) => response.writeHead(503).end()
    expect((await client.stamp(data, never)).source.name).toBe('ehtiyat')
    expect(warnings).toEqual(['dövlət: The authority gives no answer: it answers 503.'])
    expect(client.state()[0]).toMatchObject({ failures: 1, retryAt: later(30_000) })

    // Left alone, although it would answer again.
    first.handler = undefined
    expect((await client.stamp(data, never)).source.name).toBe('ehtiyat')
    expect(first.requests).toBe(1)

    now = later(30_000)
    expect((await client.stamp(data, never)).source.name).toBe('dövlət')
    expect(client.state()[0]).toMatchObject({ trouble: undefined, retryAt: undefined, stamps: 1 })
  })

  it('leaves one that fails again alone for longer, up to a quarter of an hour', async () => {
    const client = clientOf()
    first.handler = (_request, response) => response.destroy()
    const pauses: number[] = []
    for (let turn = 0; turn < 8; turn += 1) {
      await client.stamp(data, never)
      const [state] = client.state()
      pauses.push((state!.retryAt!.getTime() - now.getTime()) / 1_000)
      now = state!.retryAt!
    }
    expect(pauses).toEqual([30, 60, 120, 240, 480, 900, 900, 900])
  })

  it('does not wait for longer because its own clock was set back', async () => {
    const client = clientOf()
    first.handler = (_request, response) => response.destroy()
    await client.stamp(data, never)
    first.handler = undefined
    now = later(-3_600_000)
    expect((await client.stamp(data, never)).source.name).toBe('ehtiyat')
    expect(warnings.at(-1)).toMatch(/^dövlət: Its clock is \d+ s ahead of the one here\.$/)
    expect(first.requests).toBe(2)
  })

  it('says of each what is wrong, where none stamps', async () => {
    const client = clientOf()
    first.handler = (_request, response) =>
      response.writeHead(200, { 'content-type': 'text/html' }).end('<html>')
    await second.close()
    const refused = client.stamp(data, never)
    await expect(refused).rejects.toBeInstanceOf(TimestampError)
    await expect(refused).rejects.toThrow(
      /^No authority stamps now\. dövlət: .*its answer is no timestamp\. ehtiyat: .*ECONNREFUSED/,
    )
    await expect(client.stamp(data, never)).rejects.toThrow('(asked again later)')
  })

  it('gives up when it is told to, and holds that against nobody', async () => {
    const client = clientOf()
    const stop = new AbortController()
    first.handler = () => stop.abort()
    await expect(client.stamp(data, stop.signal)).rejects.toMatchObject({ name: 'AbortError' })
    expect(client.state()[0]).toMatchObject({ failures: 0, trouble: undefined })
    expect(second.requests).toBe(0)
  })
})

describe('an authority over HTTP', () => {
  const ask = (timeMsMax?: number): Promise<Uint8Array> =>
    askOverHttp(first.url, Buffer.from('0'), never, timeMsMax)

  it.each<[string, string, TsaServer['handler']]>([
    [
      'that sends its client elsewhere',
      'it answers 307',
      (_request, response) => response.writeHead(307, { location: 'http://127.0.0.1:1/' }).end(),
    ],
    [
      'that answers with a page',
      'its answer is no timestamp',
      (_request, response) => response.writeHead(200, { 'content-type': 'text/html' }).end('0'),
    ],
    [
      'that answers without end',
      'too large',
      (_request, response) => {
        response.writeHead(200, { 'content-type': 'application/timestamp-reply' })
        const write = (): void => {
          while (response.write(Buffer.alloc(65_536)));
          response.once('drain', write)
        }
        write()
      },
    ],
    [
      'that has a head without end',
      'Headers Overflow',
      (_request, response) => response.writeHead(200, { 'x-long': 'a'.repeat(17_000) }).end(),
    ],
    ['that breaks off', 'other side closed', (_request, response) => response.destroy()],
  ])('%s is refused', async (_what, trouble, handler) => {
    first.handler = handler
    await expect(ask()).rejects.toThrow(trouble)
  })

  it('that does not answer is given up', async () => {
    first.handler = () => undefined
    await expect(ask(50)).rejects.toThrow(/no answer/)
  })

  it('that trickles is given up', async () => {
    first.handler = (_request, response) => {
      response.writeHead(200, { 'content-type': 'application/timestamp-reply' })
      const timer = setInterval(() => response.write('0'), 10)
      response.on('close', () => clearInterval(timer))
    }
    await expect(ask(200)).rejects.toMatchObject({ reason: 'unreachable' })
  })
})

describeWithCurl('curl and openssl', () => {
  let folder: string

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sluice-curl-'))
  })

  afterAll(() => rm(folder, { recursive: true, force: true }))

  it('get a timestamp of our authority over HTTP, and verify it', async () => {
    await writeFile(join(folder, 'data'), data)
    await writeFile(join(folder, 'root.pem'), tsa.root.pem)
    await command('openssl', ['ts', '-query', '-data', 'data', '-cert', '-out', 'query'], folder)
    const type = 'Content-Type: application/timestamp-query'
    const curl = ['-sS', '--fail', '-H', type, '--data-binary', '@query', first.url, '-o', 'answer']
    await command('curl', curl, folder)
    const verify = ['ts', '-verify', '-queryfile', 'query', '-in', 'answer', '-CAfile', 'root.pem']
    const said = await command('openssl', verify, folder)
    expect(said.toString()).toContain('Verification: OK')
    expect((await readFile(join(folder, 'answer'))).length).toBeGreaterThan(500)
  })
})
