import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { until } from '../support/message-log.js'
import { sendEndless, sendRaw } from '../support/raw-http.js'
import { withoutSignature, type Call } from '../support/whole-bus-consumer.js'
import { expectAnswered, expectRefused } from '../support/whole-bus-expect.js'
import { services, subsystems } from '../support/whole-bus-sample.js'
import { startWholeBus, type WholeBus } from '../support/whole-bus.js'

let bus: WholeBus

const mebibyte = 1_048_576

beforeAll(async () => {
  bus = await startWholeBus({ limits: { requestHeadTimeoutMs: 800, requestTimeoutMs: 1_500 } })
})

afterAll(() => bus.close())

beforeEach(() => bus.providers.taxes.reset())

/** The bus serves on after whatever it was sent. */
async function expectServing(): Promise<void> {
  await expectAnswered(bus, await bus.portal.call())
}

describe('R-152: a body of 200 MB is refused, and the memory stays', () => {
  const bodyBytes = 200_000_000
  // What the sockets of both ends hold, and what the bus still takes so that its answer is seen.
  const sentBytesMax = 40_000_000
  // This process is the bus, the consumer and the test; it leaves room for what is collected late.
  const growthBytesMax = 200_000_000

  it.each([
    ['signed, its length announced', 'PAYLOAD_TOO_LARGE', 413],
    ['signed, in chunks', 'PAYLOAD_TOO_LARGE', 413],
    ['unsigned', 'SIGNATURE_MISSING', 401],
  ])('%s: %s', async (what, fault, status) => {
    await bus.registry.change(services.taxes, { limits: { requestBytesMax: mebibyte } })
    const before = process.memoryUsage().rss
    const signed = bus.portal.sign({ isChunked: what.includes('chunks') })
    const { headers, ...call } = what === 'unsigned' ? withoutSignature(signed) : signed
    const length = { 'Content-Length': String(bodyBytes) }
    const sent = what.includes('chunks') ? headers : { ...headers, ...length }
    const reply = await sendEndless({ ...call, headers: sent }, bodyBytes)
    expect(reply).toMatchObject({ status, fault })
    expect(reply.sentBytes).toBeLessThan(sentBytesMax)
    expect(process.memoryUsage().rss - before).toBeLessThan(growthBytesMax)
    await bus.registry.change(services.taxes, { limits: { requestBytesMax: 64 * mebibyte } })
    await expectServing()
  })
})

describe('R-152: what looks dangerous inside is bytes like any other', () => {
  it.each([
    ['JSON of 100,000 levels', '['.repeat(100_000) + ']'.repeat(100_000), 'application/json'],
    [
      'an entity bomb',
      '<!DOCTYPE a [<!ENTITY a "aa"><!ENTITY b "&a;&a;">]><a>&b;</a>',
      'application/xml',
    ],
    [
      'an external entity',
      '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>',
      'text/xml',
    ],
    ['SQL', "'; DROP TABLE sluice.message_log_entry; --", 'text/plain'],
    ['a prototype', '{"__proto__":{"isAdmin":true},"constructor":{}}', 'application/json'],
    ['bytes of all values', Buffer.from(Array.from({ length: 256 }, (_, i) => i)), 'a/b'],
  ])('%s', async (_what, payload, type) => {
    const answer = await bus.portal.call({ payload, headers: { 'Content-Type': type } })
    await expectAnswered(bus, answer)
    expect(bus.providers.taxes.latest.payload.equals(Buffer.from(payload as Buffer))).toBe(true)
    expect(answer.payload.equals(Buffer.from(payload as Buffer))).toBe(true)
  })
})

describe('R-152: SQL and markup in every field', () => {
  const sql = "x'; DROP TABLE sluice.message_log_entry; --"
  const markup = '<script>alert(1)</script>${7*7}{{7*7}}%s%n'

  const inField: Readonly<Record<string, (text: string) => Call>> = {
    'X-Road-Id': (text) => ({ messageId: text }),
    'X-Road-Client': (text) => ({ headers: { 'X-Road-Client': encodeURIComponent(text) } }),
    service: (text) => ({ service: `${subsystems.taxes}/${text.replaceAll('/', '')}/v1` }),
    path: (text) => ({ rest: `/${encodeURIComponent(text)}` }),
    query: (text) => ({ rest: `?q=${encodeURIComponent(text)}` }),
    ...Object.fromEntries(
      [
        ...['X-Road-Issue', 'X-Road-UserId', 'X-Road-Represented-Party', 'Sluice-Legal-Basis'],
        ...['Sluice-Purpose', 'Sluice-Correlation-Id', 'Sluice-Domain', 'Sluice-Mode'],
        ...['Sluice-Classification', 'Sluice-Unknown', 'X-Other', 'Content-Type', 'User-Agent'],
      ].map((name) => [
        name,
        (text: string): Call => ({
          headers: { [name]: /Id$|^C|^U|^X-O/.test(name) ? text : encodeURIComponent(text) },
        }),
      ]),
    ),
  }

  it.each(Object.keys(inField))('%s: answered or refused, and on record', async (field) => {
    for (const text of [sql, markup]) {
      const { exchangeId, fault, status } = await bus.portal.call(inField[field]!(text))
      expect([200, 400, 403, 404]).toContain(status)
      expect(fault).not.toBe('INTERNAL_ERROR')
      const entries = await bus.log.entries(exchangeId)
      expect(entries.at(-1)?.fields.outcome).toBe(fault ?? 'answered')
    }
  })

  it('the log has the texts as they were, and all its tables', async () => {
    const headers = {
      'X-Road-Issue': encodeURIComponent(sql),
      'Sluice-Legal-Basis': encodeURIComponent(markup),
      'Sluice-Correlation-Id': sql,
    }
    const [request] = await expectAnswered(bus, await bus.portal.call({ headers }))
    expect(request).toMatchObject({ caseNumber: sql, legalBasis: markup, correlationId: sql })
  })

  it.each([
    ['a NUL', 'a%00b'],
    ['half a surrogate pair', 'a%ED%A0%80b'],
    ['bytes that are no UTF-8', 'a%FFb'],
    ['an overlong slash', 'a%C0%AFb'],
    ['a line break', 'a%0D%0AX-Road-UserId:%20b'],
    ['a change of direction', 'a%E2%80%AEb'],
    ['a broken escape', 'a%2'],
    ['nothing', '%20'],
  ])('%s in a text: REQUEST_INVALID', async (_what, text) => {
    const answer = await bus.portal.call({ headers: { 'X-Road-Issue': text } })
    await expectRefused(bus, answer, 'REQUEST_INVALID', { status: 400, field: 'X-Road-Issue' })
    expect(bus.providers.taxes.count).toBe(0)
  })

  it.each([
    '/../x',
    '/a/../../x',
    '/%2e%2e/x',
    '/%252e%252e/x',
    '/..%2fx',
    '/..;/x',
    '/.',
    '/a%5c..%5cb',
  ])('the path %s, which leads elsewhere: refused', async (rest) => {
    const answer = await bus.portal.call({ rest })
    await expectRefused(bus, answer, 'REQUEST_INVALID', { status: 400, field: 'path' })
    expect(bus.providers.taxes.count).toBe(0)
  })
})

describe('R-152: heads that two readers could read differently', () => {
  const { host } = new URL('http://bus.example')
  const line = `POST /r1/${services.taxes} HTTP/1.1\r\nHost: ${host}\r\n`

  it.each([
    ['two lengths', `${line}Content-Length: 1\r\nContent-Length: 2\r\n\r\nab`],
    [
      'length and chunks',
      `${line}Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
    ],
    ['chunks within chunks', `${line}Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n`],
    ['an unknown coding', `${line}Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n`],
    ['a blank before the colon', `${line}X-Road-Id : a\r\n\r\n`],
    ['a folded line', `${line}X-Road-Id: a\r\n b\r\n\r\n`],
    ['two hosts', `${line}Host: other.example\r\n\r\n`],
    ['no host', `GET /r1/${services.taxes} HTTP/1.1\r\n\r\n`],
    ['an absolute target', `GET http://other.example/r1/a HTTP/1.1\r\nHost: ${host}\r\n\r\n`],
    ['a NUL in a field', `${line}X-Road-Id: a\0b\r\n\r\n`],
    ['a head of 20 kB', `${line}X-Long: ${'x'.repeat(20_000)}\r\n\r\n`],
    ['a target of 20 kB', `GET /r1/${'x'.repeat(20_000)} HTTP/1.1\r\nHost: ${host}\r\n\r\n`],
    ['101 fields', `${line}${'X-Many: 1\r\n'.repeat(101)}\r\n`],
    ['an HTTP/2 preface', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
    ['a TLS handshake', Buffer.from('16030100a5010000a10303', 'hex')],
    ['no HTTP at all', 'EHLO mail.example\r\n'],
    ['a head that never ends', `${line}X-Slow: `],
    ['a payload that never ends', `${line}Content-Length: 100\r\n\r\nabc`],
  ])('%s: refused, signed and on record', async (_what, bytes) => {
    const reply = await sendRaw(bus.address, bytes)
    expect(reply.status).toBeGreaterThanOrEqual(400)
    expect(reply.status).toBeLessThan(500)
    expect(reply.header('Signature')).toMatch(/^sluice=:/)
    const record = await bus.log.refusal(reply.header('Sluice-Exchange-Id') ?? '')
    expect(record.outcome).toBe(reply.header('X-Road-Error'))
    expect(bus.providers.taxes.count).toBe(0)
  })

  it('a signed payload that never ends, or breaks off: PAYLOAD_UNSAFE, on record', async () => {
    const { url, headers } = bus.portal.sign({ payload: '"half"' })
    const fields = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
    const { host: own, pathname } = new URL(url)
    const bytes = `POST ${pathname} HTTP/1.1\r\nHost: ${own}\r\n${fields.join('')}\r\n"ha`
    const reply = await sendRaw(bus.address, bytes)
    expect(reply.header('X-Road-Error')).toBe('PAYLOAD_UNSAFE')
    const before = await bus.log.rows('message_log_entry')
    await sendRaw(bus.address, bytes, 'and goes')
    await until(async () => (await bus.log.rows('message_log_entry')) > before)
    const [entry] = await bus.log.last(1)
    expect(entry?.fields).toMatchObject({ outcome: 'PAYLOAD_UNSAFE', faultField: 'payload' })
    expect(bus.providers.taxes.count).toBe(0)
  })

  it('two requests in one packet get two answers, in their order', async () => {
    const [first, second] = [
      bus.portal.sign({ payload: '"bir"' }),
      bus.portal.sign({ payload: '"iki"' }),
    ]
    const bytes = [first, second].map(({ headers, payload }, index) => {
      const fields = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
      const connection = index === 1 ? 'Connection: close\r\n' : ''
      const { host: own } = new URL(bus.address)
      return `POST /r1/${services.taxes} HTTP/1.1\r\nHost: ${own}\r\n${fields.join('')}${connection}\r\n${payload.toString()}`
    })
    const { text } = await sendRaw(bus.address, bytes.join(''))
    expect(text.match(/HTTP\/1\.1 200 OK/g)).toHaveLength(2)
    expect(text.indexOf('"bir"')).toBeLessThan(text.indexOf('"iki"'))
  })

  it('and the bus serves on', async () => {
    await expectServing()
  })
})

describe('R-152: whatever strangers send, the answer is a refusal with a record', () => {
  const text = fc.string({
    unit: fc.constantFrom(...'abAZ09 ;,="\'()<>%:/\\{}[]?@!*&+~^`|-_.'.split('')),
    maxLength: 60,
  })
  const names = [
    ...['Signature-Input', 'Signature', 'Content-Digest', 'X-Road-Client', 'X-Road-Id'],
    ...['Sluice-Mode', 'Sluice-Domain', 'Sluice-Purpose', 'Accept-Language', 'Content-Type'],
  ]

  it('a header field replaced by anything: never an inner error', async () => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...names), text, async (name, value) => {
        const call = bus.portal.sign()
        const { status, headers } = await bus.portal.exchange({
          ...call,
          headers: { ...call.headers, [name]: value },
        })
        return status < 500 && headers['x-road-error'] !== 'INTERNAL_ERROR'
      }),
      { numRuns: 150 },
    )
  })

  it('a piece of a signature’s fields replaced by anything: never an inner error, never served', async () => {
    const place = fc.double({ min: 0, max: 1, noNaN: true })
    await fc.assert(
      fc.asyncProperty(place, text, fc.boolean(), async (at, value, isInput) => {
        const call = bus.portal.sign()
        const name = isInput ? 'Signature-Input' : 'Signature'
        const old = call.headers[name] ?? ''
        // At the very end there would be nothing to replace.
        const start = Math.floor(at * (old.length - 1))
        const changed = old.slice(0, start) + value + old.slice(start + value.length + 1)
        const { status } = await bus.portal.exchange({
          ...call,
          headers: { ...call.headers, [name]: changed },
        })
        return status >= 400 && status < 500
      }),
      { numRuns: 150 },
    )
    expect(bus.providers.taxes.count).toBe(0)
  })
})
