import { describe, expect, it } from '@jest/globals'
import {
  mqConsumerId,
  mqProviderId,
  mqRequest,
  mqRequestContent,
  type MqChanges,
  type MqMessage,
} from '../../../test/support/mq-signing.js'
import { directoryOf, fiveMinutesMs, testSigner } from '../../../test/support/signing.js'
import { Fault } from '../../exchange/fault.js'
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
