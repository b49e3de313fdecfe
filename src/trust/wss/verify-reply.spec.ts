import { beforeAll, describe, expect, it } from '@jest/globals'
import type { TestIdentity } from '../../../test/support/pki.js'
import { providerId } from '../../../test/support/signing.js'
import { makeTestTrust, signedMessage, xroad, type TestTrust } from '../../../test/support/wss.js'
import { signTemplate } from '../../../test/support/xml-template.js'
import { Fault } from '../../exchange/fault.js'
import { verifySoapReply, type SoapReplyToVerify } from './verify-reply.js'

const wsse11 = 'http://docs.oasis-open.org/wss/oasis-wss-wssecurity-secext-1.1.xsd'

describe("a provider's signed SOAP answer", () => {
  let trust: TestTrust
  let provider: TestIdentity

  beforeAll(async () => {
    trust = await makeTestTrust()
    provider = await trust.authority.issue({ keyType: 'rsa-2048' })
    trust.register(provider, providerId)
  })

  const verdict = (envelope: Buffer, rest: Partial<SoapReplyToVerify> = {}): string => {
    try {
      const payload = { bytes: envelope, envelope, attachments: [] }
      const order = { payload, rule: 'answer', requestSignature: undefined, ...rest } as const
      return verifySoapReply(order, trust.rules()).signer.subsystem
    } catch (error) {
      if (!(error instanceof Fault)) throw error
      return error.field === undefined ? error.code : `${error.code} ${error.field}`
    }
  }

  it('gives who signed it', () => {
    expect(verdict(signedMessage(provider, { blocks: [] }))).toBe(providerId)
  })

  it('need not cover the header blocks that it repeats, unless they are asked for', () => {
    const block = `<xroad:id xmlns:xroad="${xroad}">sorgu-1</xroad:id></S:Header>`
    const text = signedMessage(provider, { blocks: [] }).toString().replace('</S:Header>', block)
    expect(verdict(Buffer.from(text))).toBe(providerId)
    expect(verdict(Buffer.from(text), { rule: 'request' })).toBe('SIGNATURE_INVALID id')
  })

  it('must cover its Body and its Timestamp', () => {
    const text = signedMessage(provider, { blocks: [] }).toString()
    for (const [name, id] of [
      ['Body', 'B'],
      ['Timestamp', 'T'],
    ] as const) {
      const reference = new RegExp(`<ds:Reference URI="#${id}-.*?</ds:Reference>`)
      expect(verdict(signTemplate(text.replace(reference, ''), provider.privateKey))).toBe(
        `SIGNATURE_INVALID ${name}`,
      )
    }
    expect(verdict(Buffer.from(text.replace('5XY7K2A', '5XY7K2B')))).toBe('SIGNATURE_INVALID Body')
  })

  it('is refused where it is not signed, by a stranger, or by a revoked certificate', async () => {
    const text = signedMessage(provider).toString()
    expect(verdict(Buffer.from(text.replace(/<wsse:Security.*<\/wsse:Security>/, '')))).toBe(
      'SIGNATURE_MISSING',
    )
    const stranger = await trust.authority.issue()
    expect(verdict(signedMessage(stranger))).toBe('CERT_UNKNOWN')
    trust.register(stranger, providerId, 'revoked')
    expect(verdict(signedMessage(stranger))).toBe('CERT_REVOKED')
  })

  describe('that confirms the signature of its request (WS-Security 1.1 section 8.5)', () => {
    const requestSignature = Buffer.from('imza')
    const confirming = (value: Buffer): Buffer => {
      const text = signedMessage(provider, { blocks: [] }).toString()
      const element = `<c:SignatureConfirmation xmlns:c="${wsse11}" wsu:Id="C" Value="${value.toString('base64')}"/>`
      const [reference] = /<ds:Reference .*?<\/ds:Reference>/.exec(text)!
      const covered = text
        .replace('<wsu:Timestamp ', `${element}<wsu:Timestamp `)
        .replace(reference, reference + reference.replace(/URI="[^"]*"/, 'URI="#C"'))
      return signTemplate(covered, provider.privateKey)
    }

    it('is taken where it is the right one', () => {
      expect(verdict(confirming(requestSignature), { requestSignature })).toBe(providerId)
    })

    it('is refused where it is of another request, or of none', () => {
      expect(verdict(confirming(Buffer.from('x')), { requestSignature })).toBe(
        'SIGNATURE_INVALID SignatureConfirmation',
      )
      expect(verdict(confirming(Buffer.alloc(0)), { requestSignature })).toBe(
        'SIGNATURE_INVALID SignatureConfirmation',
      )
      expect(verdict(confirming(requestSignature))).toBe('SIGNATURE_INVALID SignatureConfirmation')
    })

    it('is refused where the signature does not cover it', () => {
      const text = signedMessage(provider, { blocks: [] }).toString()
      const element = `<c:SignatureConfirmation xmlns:c="${wsse11}" Value=""/></wsse:Security>`
      expect(
        verdict(Buffer.from(text.replace('</wsse:Security>', element)), { requestSignature }),
      ).toBe('SIGNATURE_INVALID SignatureConfirmation')
    })
  })
})
