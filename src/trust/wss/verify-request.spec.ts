import { beforeAll, describe, expect, it } from '@jest/globals'
import type { TestIdentity } from '../../../test/support/pki.js'
import { consumerId } from '../../../test/support/signing.js'
import {
  identifiers,
  makeTestTrust,
  sampleBody,
  signedMessage,
  sluice,
  soap12,
  soapContent,
  soapVerdict,
  verifySoap,
  xroad,
  type TestTrust,
} from '../../../test/support/wss.js'
import type { VerificationRules } from '../http-signature/verify-request.js'
import { verifySoapHead } from './verify-request.js'

describe('a signed SOAP request', () => {
  let trust: TestTrust
  let consumer: TestIdentity
  let rules: VerificationRules

  beforeAll(async () => {
    trust = await makeTestTrust()
    consumer = await trust.authority.issue({ keyType: 'p256', subject: 'SC' })
    trust.register(consumer)
    rules = trust.rules()
  })

  it('gives its signer, its header blocks, its Body and where they stand', async () => {
    const bytes = signedMessage(consumer)
    const verified = await verifySoap(soapContent(bytes), rules)
    expect(verified.version).toBe('1.1')
    expect(verified.headerBlocks.map(({ localName }) => localName)).toEqual([
      'client',
      'service',
      'id',
      'protocolVersion',
      'mode',
    ])
    expect(verified.headerBlock(sluice, 'mode')?.text()).toBe('body')
    const client = verified.headerBlock(xroad, 'client')
    expect(client?.attribute(identifiers, 'objectType')).toBe('SUBSYSTEM')
    expect(client?.attributes()).toContainEqual({
      namespace: identifiers,
      localName: 'objectType',
      value: 'SUBSYSTEM',
    })
    expect(client?.children().map((part) => part.text())).toEqual(['AZ', 'GOV', 'VN', 'SC'])
    const { layout } = verified
    const text = (range: { start: number; end: number }): string =>
      bytes.toString('utf8', range.start, range.end)
    expect(text(layout.body)).toContain(sampleBody)
    expect(text(layout.header)).toMatch(/^<S:Header .*<\/S:Header>$/s)
    expect(text(layout.security)).toMatch(/^<wsse:Security .*<\/wsse:Security>$/s)
    expect(Buffer.from(verified.payload).equals(bytes)).toBe(true)
    expect(verified.signature.keyId).toBe(consumer.thumbprint)
    expect(consumerId).toBe('AZ/GOV/VN/SC')
  })

  it.each(['rsa-2048', 'p256', 'p384', 'ed25519'] as const)(
    'is accepted with a key %s',
    async (keyType) => {
      const signer = await trust.authority.issue({ keyType })
      trust.register(signer)
      expect(await soapVerdict(soapContent(signedMessage(signer)), rules)).toBe('accepted')
    },
  )

  it('is accepted in SOAP 1.2', async () => {
    const bytes = signedMessage(consumer, { namespace: soap12 })
    expect((await verifySoap(soapContent(bytes), rules)).version).toBe('1.2')
  })

  it('of another version of SOAP is refused as such', async () => {
    const bytes = Buffer.from('<S:Envelope xmlns:S="urn:soap:2"><S:Header/><S:Body/></S:Envelope>')
    expect(await soapVerdict(soapContent(bytes), rules)).toBe('REQUEST_INVALID VersionMismatch')
  })

  it('tells which foreign header blocks must be understood, covered or not', async () => {
    const blocks = [
      '<a:To xmlns:a="urn:a" xmlns:S="http://schemas.xmlsoap.org/soap/envelope/" S:mustUnderstand="1"/>',
    ]
    const added =
      '<b:For xmlns:b="urn:b" S:mustUnderstand=" 1 "/><b:Other xmlns:b="urn:b" S:mustUnderstand="1" S:actor="urn:x"/>' +
      '<b:Lax xmlns:b="urn:b" S:mustUnderstand="0"/></S:Header>'
    const text = signedMessage(consumer, { blocks }).toString().replace('</S:Header>', added)
    const { mustUnderstand, headerBlocks } = await verifySoap(soapContent(Buffer.from(text)), rules)
    expect(mustUnderstand).toEqual([
      { namespace: 'urn:a', localName: 'To' },
      { namespace: 'urn:b', localName: 'For' },
    ])
    expect(headerBlocks.map(({ localName }) => localName)).toEqual(['To'])
  })

  it.each([
    ['unsigned', /<ds:Signature .*<\/ds:Signature>/, '', 'SIGNATURE_MISSING'],
    ['under-signed', /<ds:Reference URI="#B-.*?<\/ds:Reference>/, '', 'SIGNATURE_INVALID Body'],
    [
      'of an algorithm that is not accepted',
      /ecdsa-sha256/,
      'ecdsa-sha1',
      'ALGORITHM_FORBIDDEN SignatureMethod',
    ],
    ['old', /Created>20../, 'Created>2020', 'CLOCK_SKEW Created'],
  ])('is refused before a key is asked for where it is %s', async (_how, part, other, expected) => {
    const text = signedMessage(consumer).toString().replace(part, other)
    let asked = 0
    const signers = {
      key: () => {
        asked++
        throw new Error('asked')
      },
      find: () => '',
      checkCertificate: () => undefined,
    }
    const strict = { ...rules, signers }
    expect(await soapVerdict(soapContent(Buffer.from(text)), strict)).toBe(expected)
    expect(asked).toBe(0)
  })

  it('tells all that is not covered to who follows the verification', () => {
    const text = signedMessage(consumer)
      .toString()
      .replace(/<ds:Reference URI="#H[01]-.*?<\/ds:Reference>/g, '')
      .replace(/<ds:Reference URI="#T-.*?<\/ds:Reference>/, '')
    const refused: string[] = []
    const steps: string[] = []
    verifySoapHead(soapContent(Buffer.from(text)), rules, {
      enters: (step) => steps.push(step),
      refuses: (fault) => refused.push(`${fault.code} ${fault.field ?? ''}`),
      finds: () => undefined,
    })
    expect(refused).toEqual([
      'SIGNATURE_INVALID Timestamp',
      'SIGNATURE_INVALID client',
      'SIGNATURE_INVALID service',
      'SIGNATURE_INVALID SignatureValue',
    ])
    expect(steps).toEqual([
      'envelope',
      'security',
      'signed-info',
      'coverage',
      'timestamp',
      'token',
      'signature',
      'digests',
    ])
  })

  it('is verified by its beginning, wherever that ends after the Header', async () => {
    const bytes = signedMessage(consumer, { body: `<a>${'x'.repeat(40_000)}</a>` })
    const headerEnd = bytes.indexOf('</S:Header>') + '</S:Header>'.length
    for (const startBytes of [headerEnd, headerEnd + 5, headerEnd + 2_000, bytes.length - 1]) {
      const content = soapContent(bytes, [], startBytes)
      const verified = await verifySoap(content, rules)
      expect(verified.headerBlock(xroad, 'id')?.text()).toBe('sorgu-1')
      expect(verified.body.children()).toHaveLength(1)
    }
    expect(await soapVerdict(soapContent(bytes, [], headerEnd - 1), rules)).toBe(
      'PAYLOAD_UNSAFE Header',
    )
    const unsigned = Buffer.from(bytes.toString().replace(/<S:Header.*<\/S:Header>/s, ''))
    expect(await soapVerdict(soapContent(unsigned, [], 8_000), rules)).toBe('SIGNATURE_MISSING')
    expect(await soapVerdict(soapContent(unsigned), rules)).toBe('SIGNATURE_MISSING')
  })
})
