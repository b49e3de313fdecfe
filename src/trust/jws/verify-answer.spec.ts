import { describe, expect, it } from '@jest/globals'
import {
  mqAnswer,
  mqNotice,
  mqNoticeContent,
  mqProviderId,
  mqReplyContent,
  mqRequest,
  mqRequestContent,
  signMq,
  type MqChanges,
  type MqMessage,
} from '../../../test/support/mq-signing.js'
import { directoryOf, fiveMinutesMs, testSigner } from '../../../test/support/signing.js'
import { Fault } from '../../exchange/fault.js'
import { mqNoticeAgeMsMax } from '../../limits/queues.js'
import { signatureDigest, verifyMqAnswer } from './verify-answer.js'
import { verifyMqNotice } from './verify-notice.js'
import { verifyMqHead } from './verify-request.js'

const bus = testSigner()
const consumer = testSigner()
const provider = testSigner('p384', mqProviderId)
const at = new Date('2026-11-26T10:00:00Z')
const rules = {
  signers: directoryOf(consumer, provider),
  now: () => at,
  freshnessMs: fiveMinutesMs,
}
const exchangeId = '0190163d-8694-739b-aea5-966c26f8ad91'
const delivery = {
  exchangeId,
  signature: signMq(bus, {
    type: 'sluice-delivery+jws',
    envelope: { exchangeId },
    payload: Buffer.from('{}'),
    at,
  }),
}

function told(verify: () => unknown): string {
  try {
    verify()
    return 'accepted'
  } catch (error) {
    if (!(error instanceof Fault)) throw error
    return error.field === undefined ? error.code : `${error.code} ${error.field}`
  }
}

describe('a provider’s signed answer', () => {
  const answer = (changes: MqChanges = {}): MqMessage =>
    mqAnswer(provider, delivery, { at, ...changes })
  const verdict = (message: MqMessage, status = 200, to = delivery): string =>
    told(() => verifyMqAnswer(mqReplyContent(message, status), to, rules))

  it('is to one delivery, with its status and body', () => {
    expect(verifyMqAnswer(mqReplyContent(answer()), delivery, rules)).toMatchObject({
      subsystem: mqProviderId,
      thumbprint: provider.thumbprint,
    })
    expect(verdict(answer(), 500)).toBe('SIGNATURE_INVALID status')
    expect(verdict({ ...answer(), payload: Buffer.from('{}') })).toMatch(/^SIGNATURE_INVALID/)
    const otherId = { ...delivery, exchangeId: exchangeId.replace('0190', '0191') }
    expect(verdict(answer(), 200, otherId)).toBe('SIGNATURE_INVALID exchangeId')
    const signature = signMq(bus, {
      type: 'sluice-delivery+jws',
      envelope: {},
      payload: Buffer.from(''),
    })
    const other = { exchangeId, signature }
    expect(verdict(answer(), 200, other)).toBe('SIGNATURE_INVALID requestSignature')
    expect(
      told(() =>
        verifyMqAnswer(mqReplyContent(answer()), { exchangeId, signature: undefined }, rules),
      ),
    ).toBe('SIGNATURE_INVALID requestSignature')
  })

  it('has a property or header for what is signed only', () => {
    const status = { headers: { 'sluice-status': 404 } }
    expect(verdict(answer({ envelope: { status: 404 }, properties: status }), 404)).toBe('accepted')
    expect(verdict(answer({ properties: status }))).toBe('REQUEST_INVALID sluice-status')
    const correlationId = exchangeId.replace('0190', '0191')
    expect(verdict(answer({ properties: { correlationId } }))).toBe(
      'REQUEST_INVALID correlation_id',
    )
  })

  it('is fresh, and has all that ties it', () => {
    const old = new Date(at.getTime() - fiveMinutesMs - 1000)
    expect(verdict(answer({ at: old }))).toBe('CLOCK_SKEW iat')
    for (const name of ['exchangeId', 'status', 'requestSignature']) {
      const message = answer({
        envelope: { [name]: undefined },
        properties: { correlationId: undefined },
      })
      expect(verdict(message)).toBe(`SIGNATURE_INVALID ${name}`)
    }
  })

  it('names the delivery by the octets of its signature', () => {
    const [header = '', , value = ''] = delivery.signature.split('.')
    expect(signatureDigest(delivery.signature)).toBe(signatureDigest(`${header}AAAA..${value}`))
    expect(signatureDigest(delivery.signature)).toHaveLength(43)
  })
})

describe('a recipient’s notice', () => {
  const notice = (code?: string, changes: MqChanges = {}): MqMessage =>
    mqNotice(provider, exchangeId, code, { at, ...changes })
  const verdict = (message: MqMessage, now = at): string =>
    told(() => verifyMqNotice(mqNoticeContent(message), { ...rules, now: () => now }))

  it('says of which message what has become', () => {
    const message = notice('QEYDIYYATA_ALINIB', { payload: Buffer.from('{"number":"12"}') })
    const [header, , value] = message.signature.split('.')
    expect(verifyMqNotice(mqNoticeContent(message), rules)).toEqual({
      signer: { subsystem: mqProviderId, thumbprint: provider.thumbprint, serialNumber: '01' },
      code: 'QEYDIYYATA_ALINIB',
      exchangeId,
      signedAt: at,
      signed: {
        protected: header,
        signature: value,
        payload: message.payload.toString('base64url'),
      },
    })
  })

  it('may have waited for as long as a message may, and is never of tomorrow', () => {
    const after = (ms: number): Date => new Date(at.getTime() + ms)
    expect(verdict(notice(), after(mqNoticeAgeMsMax))).toBe('accepted')
    expect(verdict(notice(), after(mqNoticeAgeMsMax + 1))).toBe('CLOCK_SKEW iat')
    expect(verdict(notice(), after(-fiveMinutesMs - 1))).toBe('CLOCK_SKEW iat')
  })

  it('is refused where it speaks for somebody else, or of nothing', () => {
    const envelope = (changes: Readonly<Record<string, unknown>>): MqMessage =>
      notice('IMTINA', {
        envelope: changes,
        properties: { type: undefined, correlationId: undefined },
      })
    expect(verdict(envelope({ client: 'AZ/GOV/VN/SC' }))).toBe('CERT_SENDER_MISMATCH')
    expect(verdict(envelope({ client: undefined }))).toBe('REQUEST_INVALID client')
    expect(verdict(envelope({ exchangeId: 'x' }))).toBe('REQUEST_INVALID exchangeId')
    expect(verdict(envelope({ exchangeId: undefined }))).toBe('REQUEST_INVALID exchangeId')
    expect(verdict(envelope({ notice: 'CATDIRILIB' }))).toBe('REQUEST_INVALID notice')
    expect(verdict(envelope({ notice: undefined }))).toBe('REQUEST_INVALID notice')
    expect(verdict(notice('IMTINA', { properties: { type: 'QEBUL_EDILIB' } }))).toBe(
      'REQUEST_INVALID type',
    )
    const bare = { ...mqNoticeContent(notice()), signature: undefined }
    expect(told(() => verifyMqNotice(bare, rules))).toBe('SIGNATURE_MISSING sluice-signature')
  })
})

describe('what was signed for one thing is nothing else', () => {
  const messages = {
    request: mqRequest(consumer, { at }),
    answer: mqAnswer(provider, delivery, { at }),
    notice: mqNotice(provider, exchangeId, undefined, { at }),
    delivery: {
      properties: { headers: {} },
      signature: delivery.signature,
      payload: Buffer.from('{}'),
    },
  }
  const uses = {
    request: (message: MqMessage) => verifyMqHead(mqRequestContent(message), rules),
    answer: (message: MqMessage) => verifyMqAnswer(mqReplyContent(message), delivery, rules),
    notice: (message: MqMessage) => verifyMqNotice(mqNoticeContent(message), rules),
  }
  const pairs = Object.keys(messages).flatMap((made) =>
    Object.keys(uses).flatMap((use) => (made === use ? [] : [[made, use] as const])),
  )

  it.each(pairs)('%s as %s', (made, use) => {
    const message = messages[made as keyof typeof messages]
    expect(told(() => uses[use as keyof typeof uses](message))).toBe('SIGNATURE_INVALID typ')
  })
})
