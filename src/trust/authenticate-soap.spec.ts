import { beforeAll, describe, expect, it } from '@jest/globals'
import { held } from '../../test/support/held.js'
import type { TestIdentity } from '../../test/support/pki.js'
import { consumerId, loggedWith, providerId } from '../../test/support/signing.js'
import {
  identifiers,
  makeTestTrust,
  signedMessage,
  soapContent,
  xroad,
  type TestTrust,
} from '../../test/support/wss.js'
import type { EnvelopeReader } from '../exchange/envelope.js'
import type {
  AuthenticatedRequest,
  LoggedRequest,
  ReceivedReply,
  ReceivedRequest,
} from '../exchange/exchange.js'
import type {
  SoapReplyContent,
  SoapRequestContent,
  VerifiedSoapHead,
} from '../exchange/soap-content.js'
import { Fault } from '../exchange/fault.js'
import { parseServiceCode, parseSubsystemId } from '../exchange/identifier.js'
import { mediatedBytesMax } from '../limits/mediation.js'
import { createAcceptReply } from './accept-reply.js'
import { createAuthenticate } from './authenticate.js'

const payloadBytesMax = 100_000

/** Reads no more of an envelope than who sends it. */
const senderOnly: EnvelopeReader = {
  protocol: 'soap',
  readEnvelope: (verified: VerifiedSoapHead) => ({
    consumer: parseSubsystemId(
      verified
        .headerBlock(xroad, 'client')
        ?.children()
        .map((part) => (part.namespace === identifiers ? part.text() : ''))
        .join('/') ?? '',
    ),
    serviceCode: parseServiceCode(`${providerId}/finAxtaris`),
    version: 'v1',
    messageId: verified.headerBlock(xroad, 'id')?.text() ?? '',
    domain: undefined,
    mode: undefined,
    purpose: undefined,
    legalBasis: undefined,
    caseNumber: undefined,
    userId: undefined,
    representedParty: undefined,
    correlationId: undefined,
    classification: undefined,
  }),
}

describe('SOAP on the line', () => {
  let trust: TestTrust
  let consumer: TestIdentity
  let provider: TestIdentity
  let reads: number
  let asked: { readonly bytesMax: number; readonly isHeld: boolean } | undefined
  let serviceBytesMax = payloadBytesMax
  let isCarriedOver = false

  beforeAll(async () => {
    trust = await makeTestTrust()
    consumer = await trust.authority.issue({ keyType: 'p256' })
    provider = await trust.authority.issue({ keyType: 'p256' })
    trust.register(consumer)
    trust.register(provider, providerId)
  })

  const received = (content: SoapRequestContent): ReceivedRequest => ({
    exchangeId: '0190163d-8694-739b-aea5-966c26f8ad91',
    receivedAt: new Date(),
    adapter: senderOnly,
    content: {
      ...content,
      readPayload: (bytesMax, consumer, isHeld) => {
        reads++
        asked = { bytesMax, isHeld }
        return content.readPayload(bytesMax, consumer, isHeld)
      },
    },
    remoteAddress: '192.0.2.1',
  })

  const authenticate = async (envelope: Buffer): Promise<AuthenticatedRequest> => {
    reads = 0
    const step = createAuthenticate({
      ...trust.rules(),
      payloadBytesMax: () => serviceBytesMax,
      isCarriedOver: () => isCarriedOver,
    })
    const content = received(soapContent(envelope, [], 7_000))
    return step.authenticate(step.identify(step.verifyHead(content)))
  }

  const verdict = async (envelope: Buffer): Promise<string> => {
    try {
      await authenticate(envelope)
      return 'accepted'
    } catch (error) {
      if (error instanceof Fault) return error.code
      throw error
    }
  }

  it('goes the way that HTTP goes: head, who asks, payload', async () => {
    const message = signedMessage(consumer, { body: `<a>${'x'.repeat(20_000)}</a>` })
    const { verified, envelope, signer } = await authenticate(message)
    expect(envelope).toMatchObject({ consumer: consumerId, messageId: 'sorgu-1' })
    expect(signer.thumbprint).toBe(consumer.thumbprint)
    expect(verified.format).toBe('soap')
    expect(Buffer.from(held(verified.payload)).equals(message)).toBe(true)
    expect(reads).toBe(1)
  })

  it('holds in memory what is taken apart there, as much as that may be', async () => {
    const message = signedMessage(consumer)
    await authenticate(message)
    expect(asked).toEqual({ bytesMax: payloadBytesMax, isHeld: false })
    isCarriedOver = true
    await authenticate(message)
    expect(asked).toEqual({ bytesMax: Math.min(payloadBytesMax, mediatedBytesMax), isHeld: true })
    serviceBytesMax = mediatedBytesMax * 2
    await authenticate(message)
    expect(asked).toEqual({ bytesMax: mediatedBytesMax, isHeld: true })
    serviceBytesMax = payloadBytesMax
    isCarriedOver = false
  })

  it.each([
    [
      'unsigned',
      (text: string) => text.replace(/<ds:Signature .*<\/ds:Signature>/, ''),
      'SIGNATURE_MISSING',
    ],
    ['wrongly signed', (text: string) => text.replace('sorgu-1', 'sorgu-2'), 'SIGNATURE_INVALID'],
  ])('does not read the payload of a message %s', async (_what, change, expected) => {
    const text = signedMessage(consumer).toString()
    expect(await verdict(Buffer.from(change(text)))).toBe(expected)
    expect(reads).toBe(0)
  })

  it('does not read the payload of a message in the name of another', async () => {
    expect(await verdict(signedMessage(provider))).toBe('CERT_SENDER_MISMATCH')
    expect(reads).toBe(0)
  })

  describe("a provider's answer", () => {
    const accept = async (
      envelope: Buffer,
      providerSignature: 'required' | 'none',
    ): Promise<string> => {
      const content: SoapReplyContent = {
        format: 'soap',
        status: 200,
        rawHeaders: ['Content-Type', 'text/xml'],
        payload: envelope,
        envelope,
        attachments: [],
        head: () => Buffer.alloc(0),
        withEnvelope: (changed) => changed,
      }
      const reply: ReceivedReply = {
        content,
        delivered: soapContent(envelope),
        deliveredAt: new Date(),
        receivedAt: new Date(),
      }
      const { verified } = await authenticate(signedMessage(consumer))
      const logged = { ...loggedWith(providerSignature), verified } as LoggedRequest
      try {
        const { signer } = await createAcceptReply(trust.rules())(reply, logged)
        return signer?.subsystem ?? 'nobody'
      } catch (error) {
        if (error instanceof Fault) return `${error.code} ${error.side}`
        throw error
      }
    }
    const unsigned = Buffer.from(
      '<S:Envelope xmlns:S="http://schemas.xmlsoap.org/soap/envelope/"><S:Body/></S:Envelope>',
    )

    it('is taken as it is where no signature is asked for', async () => {
      expect(await accept(unsigned, 'none')).toBe('nobody')
      expect(await accept(signedMessage(consumer), 'none')).toBe('nobody')
    })

    it("must be signed with the provider's certificate where one is", async () => {
      expect(await accept(signedMessage(provider, { blocks: [] }), 'required')).toBe(providerId)
      expect(await accept(unsigned, 'required')).toBe('SIGNATURE_MISSING provider')
      expect(await accept(signedMessage(consumer), 'required')).toBe(
        'CERT_SENDER_MISMATCH provider',
      )
      const changed = signedMessage(provider).toString().replace('5XY', '5XZ')
      expect(await accept(Buffer.from(changed), 'required')).toBe('SIGNATURE_INVALID provider')
      expect(await accept(Buffer.from('<html/>'), 'required')).toBe('RESPONSE_INVALID provider')
      expect(await accept(Buffer.from('<html>'), 'required')).toBe('RESPONSE_INVALID provider')
    })
  })
})
