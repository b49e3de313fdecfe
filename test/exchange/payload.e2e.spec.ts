import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { createHash, randomBytes } from 'node:crypto'
import type { Answer } from '../support/whole-bus-consumer.js'
import { expectAnswered } from '../support/whole-bus-expect.js'
import { services } from '../support/whole-bus-sample.js'
import { startWholeBus, type WholeBus } from '../support/whole-bus.js'

let bus: WholeBus

beforeAll(async () => {
  bus = await startWholeBus()
})

afterAll(() => bus.close())

beforeEach(() => bus.providers.taxes.reset())

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}

/** The payload is the same at the provider, back at the consumer, and in the log, which proves it. */
async function expectUnchanged(answer: Answer, payload: Uint8Array): Promise<void> {
  const digest = sha256(payload)
  expect(sha256(bus.providers.taxes.latest.payload)).toBe(digest)
  expect(sha256(answer.payload)).toBe(digest)
  const [request, reply] = await expectAnswered(bus, answer)
  expect([request.payloadBytes, reply.payloadBytes]).toEqual([payload.length, payload.length])
  expect(reply.deliveredPayloadDigest).toBe(request.payloadDigest)
  expect(reply.mappingVersion).toBe('none')
  for (const [half, entry] of [
    [1, request],
    [2, reply],
  ] as const) {
    // Fifty megabytes twice in hexadecimal say nothing more than once.
    if (half === 2 && payload.length > 10 * mebibyte) continue
    const opened = await bus.log.open(answer.exchangeId, half)
    expect(sha256(opened.payload)).toBe(digest)
    expect(opened.digest).toBe(entry.payloadDigest)
  }
}

const mebibyte = 1_048_576

describe('R-123 and R-014: data pass unchanged', () => {
  it.each([
    ...[0, 1, 1_023, 65_535, 65_536, 65_537],
    ...[mebibyte - 1, mebibyte, mebibyte + 1, 10 * mebibyte, 50 * mebibyte],
  ])(
    '%d random bytes are the same at both ends and in the log',
    async (bytes) => {
      const payload = randomBytes(bytes)
      const headers = { 'Content-Type': 'application/octet-stream' }
      const answer = await bus.portal.call({ payload, headers })
      await expectUnchanged(answer, payload)
    },
    120_000,
  )

  it('a payload in chunks, whose length nobody says beforehand', async () => {
    const payload = randomBytes(3 * mebibyte)
    const headers = { 'Content-Type': 'application/pkcs7-signature' }
    const answer = await bus.portal.call({ payload, headers, isChunked: true })
    await expectUnchanged(answer, payload)
    expect(bus.providers.taxes.latest.header('content-length')).toBe(String(payload.length))
  })

  it.each([
    ['bytes that are no UTF-8', Buffer.from([0xff, 0xfe, 0x00, 0xc3, 0x28])],
    ['a byte order mark', Buffer.from('\ufeff{"a":1}')],
    [
      'JSON with blanks, escapes and a repeated key',
      Buffer.from('{ "a" : 1e0 , "a":"\\u0259" }\r\n'),
    ],
    ['an object in an odd order', Buffer.from('{"z":0.10,"a":-0,"i":12345678901234567890}')],
    ['a text that looks like HTTP', Buffer.from('\r\n\r\nHTTP/1.1 200 OK\r\n\r\n0\r\n\r\n')],
  ])('%s', async (_what, payload) => {
    await expectUnchanged(await bus.portal.call({ payload }), payload)
  })

  it('a compressed payload is not unpacked', async () => {
    const payload = randomBytes(100)
    bus.providers.taxes.answer = ({ payload: received }) => ({
      headers: { 'Content-Type': 'application/json', 'Content-Encoding': 'gzip' },
      payload: received,
    })
    const answer = await bus.portal.call({ payload, headers: { 'Content-Encoding': 'gzip' } })
    await expectUnchanged(answer, payload)
    expect(answer.headers['content-encoding']).toBe('gzip')
    expect(bus.providers.taxes.latest.header('content-encoding')).toBe('gzip')
  })
})

const names = 'Əliyev Şükür İbrahim oğlu, Çağırış küçəsi'
const cyrillic = 'Әлијев Шүкүр, ә = \u04d9, ı І i İ'

describe('R-013: Azerbaijani text survives', () => {
  it.each([
    ['in composed form', names.normalize('NFC')],
    ['in decomposed form', names.normalize('NFD')],
    ['with the Cyrillic ә', cyrillic],
    ['beyond the basic plane', '𐕓𝄞🏛️ ﬁ ™'],
  ])('as payload, byte for byte: %s', async (_form, text) => {
    const payload = Buffer.from(JSON.stringify({ ad: text }))
    await expectUnchanged(await bus.portal.call({ payload }), payload)
  })

  it.each([
    ['in Windows-1254', Buffer.from([0xc7, 0xf0, 0xfd, 0xfe])],
    ['in UTF-16', Buffer.from(names, 'utf16le')],
  ])('as payload %s, which nobody may recode', async (_charset, payload) => {
    const headers = { 'Content-Type': 'text/plain; charset=windows-1254' }
    await expectUnchanged(await bus.portal.call({ payload, headers }), payload)
    expect(bus.providers.taxes.latest.header('content-type')).toBe(headers['Content-Type'])
  })

  it.each([names, cyrillic])(
    'in header fields as percent-encoding: the provider gets the bytes, the log the text: %s',
    async (text) => {
      const encoded = encodeURIComponent(text)
      const answer = await bus.portal.call({
        headers: { 'Sluice-Legal-Basis': encoded, 'X-Road-Issue': encoded },
      })
      const [request] = await expectAnswered(bus, answer)
      expect(request).toMatchObject({ legalBasis: text, caseNumber: text })
      const { header } = bus.providers.taxes.latest
      expect([header('sluice-legal-basis'), header('x-road-issue')]).toEqual([encoded, encoded])
    },
  )

  it('in path and query, encoded either way, as the consumer wrote it', async () => {
    const rest = `/${encodeURIComponent(names)}/a%2fb?soyad=${encodeURIComponent(cyrillic)}&%C9%99=%c9%99`
    await expectAnswered(bus, await bus.portal.call({ method: 'GET', rest }))
    expect(bus.providers.taxes.latest.target).toBe(`/xidmet${rest}`)
  })

  it('in identifiers: the provider’s code has letters outside ASCII', async () => {
    const answer = await bus.portal.call({ service: services.education })
    const [request] = await expectAnswered(bus, answer)
    expect(request).toMatchObject({ service: services.education, provider: 'AZ/GOV/TN/DİPLOM' })
    expect(decodeURIComponent(answer.signed('x-road-service') ?? '')).toBe(services.education)
    const { header } = bus.providers.education.latest
    expect(decodeURIComponent(header('x-road-service') ?? '')).toBe(services.education)
  })

  it('in what the provider answers, header fields included', async () => {
    const field = Buffer.from(`ad="${names}"`).toString('latin1')
    bus.providers.taxes.answer = () => ({
      headers: { 'Content-Type': 'text/plain; charset=utf-8', 'X-Qeyd': field },
      payload: names,
    })
    const answer = await bus.portal.call()
    expect(answer.payload.toString('utf8')).toBe(names)
    expect(answer.headers['x-qeyd']).toBe(field)
  })

  it('in refusals: both languages, UTF-8', async () => {
    const { payload, problem } = await bus.portal.call({ service: 'AZ/GOV/VN/VERGI/yox/v1' })
    expect(problem?.text.az).toBe('Xidmət reyestrdə qeydiyyata alınmayıb')
    expect(payload.includes('reyestrdə')).toBe(true)
  })
})
