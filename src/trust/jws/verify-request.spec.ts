import { describe, expect, it } from '@jest/globals'
import { generateKeyPairSync, sign } from 'node:crypto'
import {
  mqConsumerId,
  mqProviderId,
  mqRequest,
  mqRequestContent,
  signMqHeader,
  type MqChanges,
  type MqMessage,
} from '../../../test/support/mq-signing.js'
import { directoryOf, fiveMinutesMs, testSigner } from '../../../test/support/signing.js'
import { Fault } from '../../exchange/fault.js'
import { mqSignatureCharsMax } from '../../limits/queues.js'
import { createMqSigner } from './sign-message.js'
import { verifyMqHead } from './verify-request.js'

const signer = testSigner()
const clock = { now: new Date('2026-11-26T10:00:00Z') }
const rules = {
  signers: directoryOf(signer),
  now: () => clock.now,
  freshnessMs: fiveMinutesMs,
}

function request(changes: MqChanges = {}): MqMessage {
  return mqRequest(signer, { at: clock.now, ...changes })
}

/** `CODE field` of the refusal, or `accepted`. */
function verdict(message: MqMessage, from = mqConsumerId, within = rules): string {
  try {
    verifyMqHead(mqRequestContent(message, from), within).head.withPayload(1_000)
    return 'accepted'
  } catch (error) {
    if (!(error instanceof Fault)) throw error
    return error.field === undefined ? error.code : `${error.code} ${error.field}`
  }
}

describe('a signed message of a queue', () => {
  it('says what its signature says, and nothing else', () => {
    const to = [`${mqProviderId}/sened`, 'AZ/GOV/MN/EDMS/sened']
    const message = request({
      envelope: { service: undefined, to, expires: 1_764_160_000, userId: 'AZ5XY7K2A' },
      contentType: 'application/json',
    })
    const { head, signer: by } = verifyMqHead(mqRequestContent(message, mqConsumerId, 1), rules)
    expect(by).toMatchObject({ subsystem: mqConsumerId, thumbprint: signer.thumbprint })
    expect(head.contentType).toBe('application/json')
    expect(head.recipient).toBe(1)
    expect(head.text('userId')).toBe('AZ5XY7K2A')
    expect(head.texts('to')).toEqual(to)
    expect(head.integer('expires')).toBe(1_764_160_000)
    // Of another kind, or not there.
    expect([head.text('to'), head.text('expires'), head.integer('id')]).toEqual([
      undefined,
      undefined,
      undefined,
    ])
    expect([head.texts('userId'), head.text('purpose')]).toEqual([undefined, undefined])
    expect(head.signature).toMatchObject({ keyId: signer.thumbprint, created: clock.now })
    const { payload, payloadSha256 } = head.withPayload(1_000)
    expect(Buffer.from(payload)).toEqual(message.payload)
    expect(payloadSha256).toHaveLength(32)
  })

  it.each([
    ['p256', 'ES256'],
    ['p384', 'ES384'],
    ['rsa', 'RS256'],
    ['rsa', 'RS384'],
    ['rsa', 'RS512'],
    ['rsa', 'PS256'],
    ['rsa', 'PS384'],
    ['rsa', 'PS512'],
    ['ed25519', 'EdDSA'],
  ] as const)('by a key of %s with %s', (keyType, alg) => {
    const own = testSigner(keyType)
    const message = mqRequest(own, { at: clock.now, alg })
    expect(verdict(message, mqConsumerId, { ...rules, signers: directoryOf(own) })).toBe('accepted')
  })

  it.each(['p256', 'p384', 'rsa', 'ed25519'] as const)('of our own signer, by %s', (keyType) => {
    const own = testSigner(keyType)
    const mq = createMqSigner({
      privateKey: own.privateKey,
      certificateThumbprint: own.thumbprint,
      now: () => clock.now,
    })
    const payload = Buffer.from('{"ad":"Şəfəq"}')
    const signature = mq.sign({
      type: 'sluice-request+jws',
      contentType: 'application/json',
      envelope: { client: mqConsumerId, id: 'ş"1', purpose: undefined },
      payload,
    })
    const header = Buffer.from(signature.slice(0, signature.indexOf('.')), 'base64url').toString()
    expect(header.replace(/^\{"alg":"[A-Za-z0-9]+"/, '{"alg":"…"')).toBe(
      `{"alg":"…","b64":false,"crit":["b64"],"typ":"sluice-request+jws","x5t#S256":"${own.thumbprint}","iat":1795687200,"cty":"application/json","env":{"client":"${mqConsumerId}","id":"ş\\"1"}}`,
    )
    const message = { properties: { headers: {} }, signature, payload }
    expect(verdict(message, mqConsumerId, { ...rules, signers: directoryOf(own) })).toBe('accepted')
  })
})

describe('a message is refused', () => {
  const other = testSigner('p256', mqProviderId)

  it('without a signature, or by a stranger', () => {
    const message = request()
    const bare = { ...mqRequestContent(message), signature: undefined }
    expect(() => verifyMqHead(bare, rules)).toThrow('SIGNATURE_MISSING')
    const stranger = testSigner()
    expect(verdict(mqRequest(stranger, { at: clock.now }))).toBe('CERT_UNKNOWN')
    // Somebody else's certificate under the same signature tells no more than a wrong signature.
    const borrowed = mqRequest({ ...stranger, thumbprint: signer.thumbprint }, { at: clock.now })
    expect(verdict(borrowed)).toBe('SIGNATURE_INVALID sluice-signature')
  })

  it('from another subsystem than the one whose queue it came through', () => {
    expect(verdict(request(), mqProviderId)).toBe('CERT_SENDER_MISMATCH')
    expect(verdict(request({ envelope: { client: mqProviderId } }))).toBe('CERT_SENDER_MISMATCH')
    expect(verdict(request({ envelope: { client: undefined } }))).toBe('REQUEST_INVALID client')
  })

  it('with another body, header or signature than were signed', () => {
    const message = request()
    const payload = Buffer.from(message.payload)
    payload[3]! ^= 1
    expect(verdict({ ...message, payload })).toBe('SIGNATURE_INVALID sluice-signature')
    expect(verdict({ ...message, payload: Buffer.alloc(0) })).toMatch(/^SIGNATURE_INVALID/)
    const [header] = request({ envelope: { id: 'sorgu-2' } }).signature.split('.')
    const [, , value] = message.signature.split('.')
    expect(verdict({ ...message, signature: `${header}..${value}` })).toMatch(/^SIGNATURE_INVALID/)
  })

  it('signed too long before or after the time of the bus', () => {
    const at = (ms: number): Date => new Date(clock.now.getTime() + ms)
    expect(verdict(request({ at: at(-fiveMinutesMs) }))).toBe('accepted')
    expect(verdict(request({ at: at(-fiveMinutesMs - 1000) }))).toBe('CLOCK_SKEW iat')
    expect(verdict(request({ at: at(fiveMinutesMs) }))).toBe('accepted')
    expect(verdict(request({ at: at(fiveMinutesMs + 1000) }))).toBe('CLOCK_SKEW iat')
  })

  it.each<[string, Record<string, unknown>, string]>([
    ['alg none', { alg: 'none' }, 'ALGORITHM_FORBIDDEN alg'],
    ['alg None', { alg: 'None' }, 'ALGORITHM_FORBIDDEN alg'],
    ['HMAC', { alg: 'HS256' }, 'ALGORITHM_FORBIDDEN alg'],
    ['ES256K', { alg: 'ES256K' }, 'ALGORITHM_FORBIDDEN alg'],
    ['ES512', { alg: 'ES512' }, 'ALGORITHM_FORBIDDEN alg'],
    ['a prototype’s name', { alg: 'constructor' }, 'ALGORITHM_FORBIDDEN alg'],
    ['no alg', { alg: undefined }, 'SIGNATURE_INVALID alg'],
    ['alg of another key', { alg: 'ES384' }, 'SIGNATURE_INVALID sluice-signature'],
    ['alg of another family', { alg: 'EdDSA' }, 'SIGNATURE_INVALID sluice-signature'],
    ['b64 true', { b64: true }, 'SIGNATURE_INVALID b64'],
    ['no b64', { b64: undefined }, 'SIGNATURE_INVALID b64'],
    ['no crit', { crit: undefined }, 'SIGNATURE_INVALID crit'],
    ['an empty crit', { crit: [] }, 'SIGNATURE_INVALID crit'],
    ['crit with more', { crit: ['b64', 'exp'] }, 'SIGNATURE_INVALID crit'],
    ['crit twice the same', { crit: ['b64', 'b64'] }, 'SIGNATURE_INVALID crit'],
    ['crit as text', { crit: 'b64' }, 'SIGNATURE_INVALID crit'],
    ['a key brought along', { jwk: { kty: 'EC' } }, 'SIGNATURE_INVALID jwk'],
    ['a chain brought along', { x5c: ['MIIB'] }, 'SIGNATURE_INVALID x5c'],
    ['an address of a key', { jku: 'https://x.example' }, 'SIGNATURE_INVALID jku'],
    ['an address of a chain', { x5u: 'https://x.example' }, 'SIGNATURE_INVALID x5u'],
    ['a name of a key', { kid: '../../etc/passwd' }, 'SIGNATURE_INVALID kid'],
    ['a SHA-1 of a certificate', { x5t: 'abc' }, 'SIGNATURE_INVALID x5t'],
    ['a name no reader should see', { 'ə\n': 1 }, 'SIGNATURE_INVALID sluice-signature'],
    ['no certificate', { 'x5t#S256': undefined }, 'CERT_UNKNOWN x5t#S256'],
    ['another certificate', { 'x5t#S256': other.thumbprint }, 'CERT_UNKNOWN'],
    ['a padded thumbprint', { 'x5t#S256': `${signer.thumbprint}=` }, 'CERT_UNKNOWN x5t#S256'],
    ['iat as text', { iat: '1795687200' }, 'SIGNATURE_INVALID iat'],
    ['iat with a fraction', { iat: 1795687200.5 }, 'SIGNATURE_INVALID iat'],
    ['iat below 0', { iat: -1 }, 'SIGNATURE_INVALID iat'],
    ['no iat', { iat: undefined }, 'SIGNATURE_INVALID iat'],
    ['cty as number', { cty: 1 }, 'SIGNATURE_INVALID cty'],
    ['no env', { env: undefined }, 'SIGNATURE_INVALID env'],
    ['env as list', { env: [] }, 'SIGNATURE_INVALID env'],
    ['env with an object', { env: { client: { a: 1 } } }, 'SIGNATURE_INVALID env'],
    ['env with null', { env: { client: null } }, 'SIGNATURE_INVALID env'],
    ['env with a list of numbers', { env: { to: [1] } }, 'SIGNATURE_INVALID env'],
    ['another typ', { typ: 'JWT' }, 'SIGNATURE_INVALID typ'],
    ['an answer’s typ', { typ: 'sluice-answer+jws' }, 'SIGNATURE_INVALID typ'],
    ['a notice’s typ', { typ: 'sluice-notice+jws' }, 'SIGNATURE_INVALID typ'],
    ['a delivery’s typ', { typ: 'sluice-delivery+jws' }, 'SIGNATURE_INVALID typ'],
    ['a reply’s typ', { typ: 'sluice-reply+jws' }, 'SIGNATURE_INVALID typ'],
  ])('whose protected header has %s', (_, header, expected) => {
    // It is signed as it stands, so that nothing but the header can be why.
    expect(verdict(request({ header, alg: 'ES256' }))).toBe(expected)
  })

  it.each<[string, (header: string) => string]>([
    ['a member twice', (header) => header.replace('{', '{"alg":"none",')],
    ['a member of env twice', (header) => header.replace('"env":{', '"env":{"id":"başqa",')],
    ['a byte order mark', (header) => `\ufeff${header}`],
    ['something behind it', (header) => `${header}{}`],
    ['a comment', (header) => header.replace('{', '{/**/')],
    ['half a character', (header) => header.replace('sorgu-1', '\\ud800')],
    ['no object', () => '["alg"]'],
    ['nothing', () => ' '],
  ])('whose protected header is JSON with %s', (_, change) => {
    const { signature, ...rest } = request()
    const header = Buffer.from(signature.split('.')[0] ?? '', 'base64url').toString()
    const changed = signMqHeader(signer, change(header), rest.payload)
    expect(verdict({ ...rest, signature: changed })).toBe('SIGNATURE_INVALID sluice-signature')
  })

  it.each<[string, (signature: string) => string]>([
    ['padding', (text) => `${text}=`],
    ['white space within', (text) => text.replace('..', '. .')],
    ['a line end behind', (text) => `${text}\n`],
    ['a blank before', (text) => ` ${text}`],
    ['its payload in it', (text) => text.replace('..', '.eyJ9.')],
    ['one dot', (text) => text.replace('..', '.')],
    ['three dots', (text) => text.replace('..', '...')],
    ['a dot behind', (text) => `${text}.`],
    ['no header', (text) => text.slice(text.indexOf('.'))],
    ['no signature', (text) => text.slice(0, text.lastIndexOf('.') + 1)],
    ['base64 for base64url', (text) => text.replace(/.$/, '+')],
    ['more than there may be', () => 'e'.repeat(mqSignatureCharsMax + 1)],
    ['nothing', () => ''],
    ['two signatures', (text) => `${text},${text}`],
  ])('whose signature is written with %s', (_, change) => {
    const message = request()
    const signature = change(message.signature)
    expect(verdict({ ...message, signature })).toBe('SIGNATURE_INVALID sluice-signature')
  })

  it('with an ECDSA signature in DER, or bits that stand for nothing', () => {
    const message = request()
    const [header = '', , value = ''] = message.signature.split('.')
    const input = Buffer.concat([Buffer.from(`${header}.`), message.payload])
    const der = sign('sha256', input, signer.privateKey).toString('base64url')
    expect(verdict({ ...message, signature: `${header}..${der}` })).toMatch(/^SIGNATURE_INVALID/)
    // 64 octets leave four bits of the last character over (RFC 4648 §3.5).
    const last = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
    const stray = last[last.indexOf(value.at(-1) ?? '') + 1] ?? ''
    const odd = `${header}..${value.slice(0, -1)}${stray}`
    expect(Buffer.from(odd.split('.')[2] ?? '', 'base64url')).toEqual(
      Buffer.from(value, 'base64url'),
    )
    expect(verdict({ ...message, signature: odd })).toBe('SIGNATURE_INVALID sluice-signature')
  })

  it('by an RSA key that is too short, which is told to its holder alone', () => {
    const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 1024 })
    const short = { ...testSigner('p256'), keyType: 'rsa', privateKey, publicKey } as const
    const within = { ...rules, signers: directoryOf(short) }
    const message = mqRequest(short, { at: clock.now })
    expect(verdict(message, mqConsumerId, within)).toBe('ALGORITHM_FORBIDDEN alg')
    const payload = Buffer.from('{}')
    expect(verdict({ ...message, payload }, mqConsumerId, within)).toMatch(/^SIGNATURE_INVALID/)
  })

  it('above what its service takes', () => {
    const message = request({ payload: Buffer.alloc(1_001) })
    expect(verdict(message)).toBe('PAYLOAD_TOO_LARGE')
  })
})

describe('what stands beside the signature', () => {
  const envelope = { correlationId: 'zəncir', replyTo: 'AZ.GOV.VN.SC.replies', type: 'axtar' }

  it('may repeat what is signed, or be left out', () => {
    const headers = { 'sluice-id': 'sorgu-1', 'sluice-expires': '1795690000', 'x-own': 'a' }
    const given = { envelope: { ...envelope, expires: 1_795_690_000 } }
    const message = request({ ...given, properties: { headers } })
    expect(verdict(message)).toBe('accepted')
    const number = { ...headers, 'sluice-expires': 1_795_690_000 }
    expect(verdict(request({ ...given, properties: { headers: number } }))).toBe('accepted')
    const bare = { ...request({ envelope }), properties: { headers: {} } }
    expect(verdict(bare)).toBe('accepted')
  })

  it.each<[Partial<MqMessage['properties']>, string]>([
    [{ messageId: 'sorgu-2' }, 'message_id'],
    [{ correlationId: 'başqa' }, 'correlation_id'],
    [{ replyTo: 'AZ.GOV.DIN.GCQ.replies' }, 'reply_to'],
    [{ type: 'sil' }, 'type'],
    [{ contentType: 'text/xml' }, 'content_type'],
    [{ headers: { 'sluice-client': mqProviderId } }, 'sluice-client'],
    [{ headers: { 'sluice-purpose': 'imzalanmayıb' } }, 'sluice-purpose'],
    [{ headers: { 'sluice-to': 'AZ/GOV/VN/SC/a' } }, 'sluice-to'],
    [{ headers: { 'sluice-başqa': 'a' } }, 'headers'],
    [{ headers: { 'Sluice-Client': mqConsumerId } }, 'headers'],
    [{ headers: { 'sluice-__proto__': 'a' } }, 'headers'],
  ])('must not say otherwise: %j', (properties, field) => {
    expect(verdict(request({ envelope, properties }))).toBe(`REQUEST_INVALID ${field}`)
  })

  it.each(['correlationId', 'replyTo', 'type'])('must not say %s alone', (name) => {
    const alone = request({ envelope: { ...envelope, [name]: undefined } })
    const all = request({ envelope })
    const field = { correlationId: 'correlation_id', replyTo: 'reply_to', type: 'type' }[name]
    expect(verdict({ ...alone, properties: all.properties })).toBe(`REQUEST_INVALID ${field}`)
  })

  it.each<[Record<string, unknown>, string]>([
    [{ legalbasis: 'maddə 5' }, 'env'],
    [{ id: 1 }, 'id'],
    [{ expires: '1795690000' }, 'expires'],
    [{ to: 'AZ/GOV/DIN/GCQ/a' }, 'to'],
    [{ service: ['a'] }, 'service'],
  ])('and the envelope has no other members, each of its kind: %j', (changes, field) => {
    expect(verdict(request({ envelope: changes }))).toBe(`REQUEST_INVALID ${field}`)
  })
})
