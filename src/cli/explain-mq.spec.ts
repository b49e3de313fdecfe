import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { memoryIo } from '../../test/support/command-io.js'
import {
  explainSamples,
  outcomes,
  whole,
  type ExplainJson,
} from '../../test/support/explain-samples.js'
import { mqRequest, type MqChanges, type MqMessage } from '../../test/support/mq-signing.js'
import { sign } from 'node:crypto'
import { explain } from './explain.js'

const { signer, files } = await explainSamples()
const message = (changes: MqChanges = {}): MqMessage => mqRequest(signer, changes)

/** As `rabbitmqadmin -f raw_json get` writes it. */
function shown({ properties, payload }: MqMessage, more: object = {}): Buffer {
  const { contentType: content_type, messageId: message_id, headers } = properties
  const common = { payload: payload.toString(), payload_encoding: 'string' }
  const all = [{ ...common, properties: { content_type, message_id, headers }, ...more }]
  return Buffer.from(JSON.stringify(all))
}

async function run(file: Buffer, ...args: string[]) {
  const io = memoryIo({ ...files, capture: file, body: Buffer.from('{"ad":"Şəfəq"}') })
  const exitCode = await explain(['capture', ...args], io)
  return { exitCode, text: io.text, errors: io.errors }
}

async function json(file: Buffer, ...args: string[]) {
  const { exitCode, text } = await run(file, '--json', ...args)
  return { ...(JSON.parse(text) as ExplainJson & { signedSha256?: string }), exitCode }
}

function withSignature(given: MqMessage, signature: string): MqMessage {
  const { properties } = given
  const headers = { ...properties.headers, 'sluice-signature': signature }
  return { ...given, properties: { ...properties, headers } }
}

describe('sluice explain of a message of a queue', () => {
  it('finds nothing wrong with a good one, whether its body is in the file or apart', async () => {
    const payload = Buffer.from('{"ad":"Şəfəq"}')
    const { headers } = message({ payload }).properties
    const apart = Buffer.from(JSON.stringify({ properties: {}, headers }))
    for (const [file, ...more] of [
      [shown(message())] as const,
      [apart, '--body', 'body'] as const,
    ]) {
      const result = await json(file, ...whole, ...more)
      expect(result).toMatchObject({ exitCode: 0, verdict: 'accepted', missing: [] })
      const { sender, registry, ...others } = outcomes(result)
      expect([sender, registry]).toEqual(['not checked', 'not checked'])
      expect(new Set(Object.values(others))).toEqual(new Set(['ok']))
    }
  })

  it('says what is missing for a verdict', async () => {
    const result = await json(shown(message()))
    expect(result).toMatchObject({ exitCode: 3, verdict: 'incomplete' })
    expect(result.missing.map(({ option }) => option)).toEqual(['--cert', '--trust'])
    expect(result.missing[0]?.text.az).toContain(signer.thumbprint)
  })

  it('tells every fault, not only the first, in both languages, and shows what is signed', async () => {
    const old = message({ at: new Date(Date.now() - 3_600_000), payload: Buffer.from('{}') })
    const { properties } = old
    const headers = { ...properties.headers, 'sluice-purpose': 'başqa' }
    const changed = { ...old, properties: { ...properties, headers }, payload: Buffer.from('{1}') }
    const { exitCode, text } = await run(shown(changed), ...whole)
    expect(exitCode).toBe(1)
    for (const fault of ['CLOCK_SKEW (iat): ', 'SIGNATURE_INVALID (sluice-signature): ']) {
      expect(text).toContain(fault)
    }
    expect(text).toContain('REQUEST_INVALID (sluice-purpose): ')
    expect(text).toContain('  | {"alg":"ES256","b64":false')
    expect(text).toMatch(/^Signed octets: \d+ bytes, .* SHA-256 [0-9a-f]{64}$/m)
    expect(text).toMatch(/REFUSED {2}CLOCK_SKEW: /)
    expect(text).toContain('Qərar: rədd edilir. ')
  })

  it('lets a one-way message have waited in its queue', async () => {
    const waited = message({ at: new Date(Date.now() - 3_600_000) })
    expect((await json(shown(waited, { routing_key: 'request' }), ...whole)).exitCode).toBe(1)
    expect((await json(shown(waited, { routing_key: 'message' }), ...whole)).exitCode).toBe(0)
  })

  it.each<[string, MqMessage, string, string | undefined]>([
    [
      'no signature',
      { ...message(), properties: { headers: {} } },
      'SIGNATURE_MISSING',
      'sluice-signature',
    ],
    [
      'one that is no JWS',
      withSignature(message(), 'abc'),
      'SIGNATURE_INVALID',
      'sluice-signature',
    ],
    ['a foreign member', message({ header: { kid: '1' } }), 'SIGNATURE_INVALID', 'kid'],
    ['HMAC', message({ header: { alg: 'HS256' } }), 'ALGORITHM_FORBIDDEN', 'alg'],
    [
      'another certificate',
      message({ header: { 'x5t#S256': 'A'.repeat(43) } }),
      'CERT_UNKNOWN',
      'x5t#S256',
    ],
    ['an answer', message({ header: { typ: 'sluice-answer+jws' } }), 'SIGNATURE_INVALID', 'typ'],
    ['an unknown member of env', message({ envelope: { rəng: 'göy' } }), 'REQUEST_INVALID', 'env'],
    [
      'a service that is none',
      message({ envelope: { service: 'x' } }),
      'REQUEST_INVALID',
      'service',
    ],
  ])('%s: refused as the bus does', async (_what, given, fault, field) => {
    const result = await json(shown(given), ...whole)
    expect(result).toMatchObject({ exitCode: 1, verdict: 'refused', fault, field })
  })

  it('a property by which the broker would drop it', async () => {
    const { headers } = message().properties
    const file = Buffer.from(
      JSON.stringify({ properties: { headers, expiration: '1000' }, payload: '{}' }),
    )
    expect(await json(file, ...whole)).toMatchObject({
      fault: 'REQUEST_INVALID',
      field: 'expiration',
    })
  })

  it('finds the mistakes that people make', async () => {
    const good = message()
    const [header = ''] = String(good.properties.headers['sluice-signature']).split('.')
    const input = Buffer.concat([Buffer.from(`${header}.`), good.payload])
    const raw = { key: signer.privateKey, dsaEncoding: 'ieee-p1363' } as const
    const signed = (value: Buffer): MqMessage =>
      withSignature(good, `${header}..${value.toString('base64url')}`)
    const encoded = Buffer.from(`${header}.${good.payload.toString('base64url')}`)
    for (const [value, mistake] of [
      [sign('sha256', input, signer.privateKey), 'in another form (sha256, DER)'],
      [sign('sha256', encoded, raw), 'The body was signed in base64url'],
      [sign('sha256', good.payload, raw), 'The body alone was signed'],
      [sign('sha256', Buffer.concat([input, Buffer.from('\n')]), raw), 'A line feed was signed'],
    ] as const) {
      const result = await json(shown(signed(value)), ...whole)
      expect(result).toMatchObject({ exitCode: 1, fault: 'SIGNATURE_INVALID' })
      expect(result.likelyMistake).toContain(mistake)
    }
  })

  it.each([
    ['{', 'begins like JSON and is none'],
    ['[]', 'must hold one message'],
    ['{}', 'the member properties'],
    ['{"properties":1,"payload":""}', 'properties must be an object'],
    ['{"properties":{}}', '--body FILE'],
  ])('%s is no message, and it says why', async (file, why) => {
    const { exitCode, errors } = await run(Buffer.from(file))
    expect([exitCode, errors]).toEqual([2, expect.stringContaining(why)])
  })

  it('whatever the file holds, it ends with a verdict or says what is wrong with the file', async () => {
    const { headers } = message().properties
    const signature = fc.oneof(fc.string(), fc.constant(String(headers['sluice-signature'])))
    const given = fc.record({
      properties: fc.jsonValue(),
      headers: fc.jsonValue(),
      payload: fc.jsonValue(),
    })
    await fc.assert(
      fc.asyncProperty(given, signature, async (members, text) => {
        const file = { ...members, headers: { 'sluice-signature': text } }
        for (const each of [members, file]) {
          const { exitCode } = await run(Buffer.from(JSON.stringify(each)), ...whole)
          expect([0, 1, 2]).toContain(exitCode)
        }
      }),
      { numRuns: 40 },
    )
  })
})
