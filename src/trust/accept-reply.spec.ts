import { describe, expect, it } from '@jest/globals'
import {
  contentOf,
  directoryOf,
  fiveMinutesMs,
  loggedWith,
  providerId,
  receivedReply,
  signedRequest,
  testSigner,
  type TestSigner,
} from '../../test/support/signing.js'
import {
  mqAnswer,
  mqReplyContent,
  mqRequest,
  mqRequestContent,
  signMq,
} from '../../test/support/mq-signing.js'
import type { LoggedRequest } from '../exchange/exchange.js'
import { Fault } from '../exchange/fault.js'
import type { MqReplyContent } from '../exchange/mq-content.js'
import { createAcceptReply } from './accept-reply.js'
import { rawHeadersOf } from './http-signature/client.js'
import { readComponent } from './http-signature/component.js'
import { contentDigestText, sha256Of } from './http-signature/content-digest.js'
import { replyMessage, requestMessage } from './http-signature/message.js'
import { createMessageSigner } from './http-signature/sign-message.js'
import { parseList } from './http-signature/structured-fields.js'
import { createHttpSigner } from './http-signer.js'

const provider = testSigner('rsa', providerId)
const stranger = testSigner('p256', 'AZ/GOV/DSMF/PENSIYA')
const bus = testSigner('p256')
const payload = Buffer.from('{"ad":"Şəfəq"}')
const unsigned = ['Content-Type', 'application/json']
const digest = ['Content-Digest', contentDigestText(sha256Of(payload))]
const wholeCover = '"@status" "content-digest" "signature";req;key="sluice"'

const delivered = (() => {
  const request = signedRequest(testSigner('ed25519'))
  const { privateKey, thumbprint: certificateThumbprint } = bus
  const signer = createHttpSigner({ privateKey, certificateThumbprint, now: () => new Date() })
  const rawHeaders = rawHeadersOf(request.headers)
  const added = signer.signDelivery({
    method: request.method,
    targetUri: request.url,
    rawHeaders,
    cover: ['x-road-id'],
    payloadSha256: sha256Of(request.payload),
    hasPayload: true,
  })
  const own = rawHeaders.filter((_, at) => !rawHeaders[at - (at % 2)]!.startsWith('Signature'))
  return contentOf(request, [...own, ...added])
})()

interface Signing {
  by?: TestSigner
  cover?: string
  label?: string
  created?: Date
  headers?: string[]
}

/** Header fields of an answer, signed as a provider's own system would. */
function signed({
  by = provider,
  cover = wholeCover,
  label = 'cavab',
  ...rest
}: Signing = {}): string[] {
  const { created = new Date(), headers = [...unsigned, ...digest] } = rest
  const sign = createMessageSigner({
    privateKey: by.privateKey,
    certificateThumbprint: by.thumbprint,
    now: () => created,
  })
  const [list] = parseList(`(${cover})`)
  const components = list && 'items' in list ? list.items.map(readComponent) : []
  const message = replyMessage({ status: 200, rawHeaders: headers }, requestMessage(delivered))
  const { input, value } = sign(message, components, label)
  return [...headers, 'Signature-Input', input, 'Signature', value]
}

const acceptReply = createAcceptReply({
  signers: directoryOf(provider, stranger, bus),
  now: () => new Date(),
  freshnessMs: fiveMinutesMs,
})

async function refusal(
  rawHeaders: string[],
  asked: 'required' | 'none' = 'required',
  body: Uint8Array = payload,
  status = 200,
): Promise<string> {
  try {
    await acceptReply(receivedReply(delivered, status, rawHeaders, body), loggedWith(asked))
    return 'accepted'
  } catch (error) {
    if (!(error instanceof Fault)) throw error
    expect(error.side).toBe('provider')
    return error.field === undefined ? error.code : `${error.code} ${error.field}`
  }
}

describe('acceptReply: the answer is held to the same rules', () => {
  it('accepts an unsigned answer where none is asked for', async () => {
    const reply = receivedReply(delivered, 200, unsigned, payload)
    const accepted = await acceptReply(reply, loggedWith('none'))
    expect(accepted).toMatchObject({ ...reply, signer: undefined })
  })

  it.each([wholeCover, '"@status" "content-digest" "signature";req'])(
    'accepts and names the signer of an answer over %s',
    async (cover) => {
      const reply = receivedReply(delivered, 200, signed({ cover }), payload)
      const { signer } = await acceptReply(reply, loggedWith('required'))
      expect(signer).toMatchObject({ subsystem: providerId, thumbprint: provider.thumbprint })
    },
  )

  it('accepts a signed answer without payload and without digest', async () => {
    const headers = signed({ headers: unsigned, cover: '"@status" "signature";req' })
    expect(await refusal(headers, 'required', Buffer.alloc(0))).toBe('accepted')
  })

  it('R-124 refuses a payload that its Content-Digest does not fit, signed or not', async () => {
    const altered = Buffer.from('{"ad":"Şəfək"}')
    expect(await refusal([...unsigned, ...digest], 'none', altered)).toBe(
      'SIGNATURE_INVALID content-digest',
    )
    expect(await refusal(signed(), 'required', altered)).toBe('SIGNATURE_INVALID content-digest')
    expect(await refusal([...unsigned, 'Content-Digest', 'md5=:AA==:'], 'none')).toBe(
      'ALGORITHM_FORBIDDEN content-digest',
    )
  })

  it('refuses an answer that is not signed', async () => {
    expect(await refusal([...unsigned, ...digest])).toBe('SIGNATURE_MISSING')
  })

  it.each([
    ['@status', '"content-digest" "signature";req'],
    ['content-digest', '"@status" "signature";req'],
    ['signature', '"@status" "content-digest"'],
    ['signature', '"@status" "content-digest" "signature";req;key="consumer"'],
  ])('refuses an answer that does not cover %s: %s', async (field, cover) => {
    expect(await refusal(signed({ cover }))).toBe(`SIGNATURE_INVALID ${field}`)
  })

  it('refuses another status than the one signed', async () => {
    expect(await refusal(signed(), 'required', payload, 500)).toBe('SIGNATURE_INVALID signature')
  })

  it('refuses the answer to another delivery', async () => {
    const other = delivered.rawHeaders.map((value) => value.replace('sluice=:', 'sluice=:AAAA'))
    const reply = receivedReply({ ...delivered, rawHeaders: other }, 200, signed(), payload)
    await expect(acceptReply(reply, loggedWith('required'))).rejects.toMatchObject({
      code: 'SIGNATURE_INVALID',
      side: 'provider',
    })
  })

  it('refuses the signature of another system, of an unknown one, and under the label of the bus', async () => {
    expect(await refusal(signed({ by: stranger }))).toBe('CERT_SENDER_MISMATCH')
    expect(await refusal(signed({ by: testSigner('p256', providerId) }))).toBe('CERT_UNKNOWN')
    expect(await refusal(signed({ label: 'sluice' }))).toBe('SIGNATURE_INVALID signature-input')
  })

  it('tells of a certificate once its key proved to have signed the answer', async () => {
    const checkCertificate = (): never => {
      throw new Fault('CERT_REVOKED')
    }
    const acceptOf = createAcceptReply({
      signers: { ...directoryOf(provider), checkCertificate },
      now: () => new Date(),
      freshnessMs: fiveMinutesMs,
    })
    for (const [status, code] of [
      [200, 'CERT_REVOKED'],
      [500, 'SIGNATURE_INVALID'],
    ] as const) {
      const reply = receivedReply(delivered, status, signed(), payload)
      await expect(acceptOf(reply, loggedWith('required'))).rejects.toMatchObject({
        code,
        side: 'provider',
      })
    }
  })

  it('R-090 refuses an answer signed outside the freshness window', async () => {
    const created = new Date(Date.now() - fiveMinutesMs - 2000)
    expect(await refusal(signed({ created }))).toBe('CLOCK_SKEW created')
  })

  it('refuses two signatures that both cover the status', async () => {
    const [first, second] = [signed({ label: 'a' }), signed({ label: 'b' })]
    const join = (name: string): string =>
      [first, second].map((raw) => raw[raw.indexOf(name) + 1]).join(', ')
    const headers = [...unsigned, ...digest]
    headers.push('Signature-Input', join('Signature-Input'), 'Signature', join('Signature'))
    expect(await refusal(headers)).toBe('SIGNATURE_INVALID signature-input')
  })
})

describe('acceptReply: an answer that came in a queue', () => {
  const exchangeId = '0190163d-8694-739b-aea5-966c26f8ad91'
  const envelope = { exchangeId }
  const signature = signMq(bus, { type: 'sluice-delivery+jws', envelope, payload })
  const delivery = { ...mqRequestContent(mqRequest(bus)), signature }

  async function outcome(
    content: MqReplyContent,
    providerSignature: 'required' | 'none' = 'required',
    pattern: 'request-reply' | 'one-way' = 'request-reply',
  ): Promise<string | undefined> {
    const at = new Date()
    const reply = { content, delivered: delivery, deliveredAt: at, receivedAt: at }
    const route = { provider: providerId, providerSignature, pattern }
    try {
      const logged = { exchangeId, route } as unknown as LoggedRequest
      return (await acceptReply(reply, logged)).signer?.subsystem
    } catch (error) {
      if (!(error instanceof Fault)) throw error
      expect(error.side).toBe('provider')
      return error.code
    }
  }

  const answerBy = (by: TestSigner, changes: object = {}): MqReplyContent =>
    mqReplyContent(mqAnswer(by, { exchangeId, signature, ...changes }))
  const unsignedAnswer: MqReplyContent = { ...answerBy(provider), signature: undefined }

  it('is its provider’s, over this delivery', async () => {
    expect(await outcome(answerBy(provider))).toBe(providerId)
    expect(await outcome(answerBy(stranger))).toBe('CERT_SENDER_MISMATCH')
    const elsewhere = signMq(bus, { type: 'sluice-delivery+jws', envelope, payload: Buffer.of(1) })
    expect(await outcome(answerBy(provider, { signature: elsewhere }))).toBe('SIGNATURE_INVALID')
  })

  it('may be unsigned where none is asked for; one that is there must be right', async () => {
    expect(await outcome(unsignedAnswer)).toBe('SIGNATURE_MISSING')
    expect(await outcome(unsignedAnswer, 'none')).toBeUndefined()
    expect(await outcome(answerBy(stranger), 'none')).toBe('CERT_SENDER_MISMATCH')
    const altered = { ...answerBy(provider), payload: Buffer.from('{}') }
    expect(await outcome(altered, 'none')).toBe('SIGNATURE_INVALID')
  })

  it('is the bus’s own word of a one-way message, and nobody’s signature', async () => {
    expect(await outcome(unsignedAnswer, 'required', 'one-way')).toBeUndefined()
  })
})
