import { beforeAll, describe, expect, it } from '@jest/globals'
import { hash, X509Certificate } from 'node:crypto'
import { makeAuthority, type TestIdentity } from '../../../test/support/pki.js'
import {
  makeTestTrust,
  signedMessage,
  soapContent,
  soapVerdict,
  verifySoap,
  wsse,
  type TestTrust,
} from '../../../test/support/wss.js'
import type { VerificationRules } from '../http-signature/verify-request.js'
import { readSubjectKeyIdText } from '../../../test/support/certificate-text.js'

const wss = 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-'
const x509 = `${wss}x509-token-profile-1.0#`
const base64Binary = `${wss}soap-message-security-1.0#Base64Binary`
const sha1Type = 'http://docs.oasis-open.org/wss/oasis-wss-soap-message-security-1.1#ThumbprintSHA1'

describe('how a message may name its certificate', () => {
  let trust: TestTrust
  let consumer: TestIdentity
  let other: TestIdentity
  let stranger: TestIdentity
  let rules: VerificationRules
  let message: string

  beforeAll(async () => {
    trust = await makeTestTrust()
    consumer = await trust.authority.issue({ keyType: 'p256', subject: 'SC' })
    other = await trust.authority.issue({ keyType: 'p256', subject: 'DSMF' })
    stranger = await (await makeAuthority('Yad')).issue({ keyType: 'p256', subject: 'Yad' })
    trust.register(consumer)
    trust.register(other, 'AZ/GOV/DSMF/PENSIYA')
    rules = trust.rules()
    message = signedMessage(consumer).toString()
  })

  const verdict = (text: string): Promise<string> =>
    soapVerdict(soapContent(Buffer.from(text)), rules)
  // KeyInfo is not signed: whoever relays a message can change it.
  const withKeyInfo = (inside: string): string =>
    message.replace(/<ds:KeyInfo>.*<\/ds:KeyInfo>/, `<ds:KeyInfo>${inside}</ds:KeyInfo>`)
  const reference = (inside: string): string =>
    withKeyInfo(`<wsse:SecurityTokenReference>${inside}</wsse:SecurityTokenReference>`)
  const certificateText = ({ der }: TestIdentity): string => der.toString('base64')
  const issuerSerial = (issuer: string, serial: string): string =>
    `<ds:X509IssuerSerial><ds:X509IssuerName>${issuer}</ds:X509IssuerName><ds:X509SerialNumber>${serial}</ds:X509SerialNumber></ds:X509IssuerSerial>`
  const serialOf = ({ der }: TestIdentity): string =>
    BigInt(`0x${new X509Certificate(der).serialNumber}`).toString()
  const keyIdentifier = (type: string, value: Buffer): string =>
    `<wsse:KeyIdentifier EncodingType="${base64Binary}" ValueType="${type}">${value.toString('base64')}</wsse:KeyIdentifier>`

  it('by the certificate in a BinarySecurityToken', async () => {
    const verified = await verifySoap(soapContent(Buffer.from(message)), rules)
    expect(verified.signature.keyId).toBe(consumer.thumbprint)
  })

  it('by a token with line breaks in its base64', async () => {
    const text = certificateText(consumer)
    const broken = message.replace(text, `\r\n${text.replace(/.{64}/g, '$&\r\n')}\r\n`)
    expect(await verdict(broken)).toBe('accepted')
  })

  it('by a path of certificates of which the last is its own (X509PKIPathv1)', async () => {
    const path = (...certificates: Buffer[]): string => {
      const content = Buffer.concat(certificates)
      const header = Buffer.from([0x30, 0x82, content.length >> 8, content.length & 0xff])
      return Buffer.concat([header, content]).toString('base64')
    }
    const withPath = (text: string): string =>
      message
        .replace(certificateText(consumer), text)
        .replace(`${x509}X509v3`, `${x509}X509PKIPathv1`)
    const root = Buffer.from(trust.authority.der)
    const own = Buffer.from(consumer.der)
    expect(await verdict(withPath(path(root, own)))).toBe('accepted')
    expect(await verdict(withPath(path(own)))).toBe('accepted')
    expect(await verdict(withPath(path(own, root)))).toBe('CERT_UNKNOWN')
    expect(await verdict(withPath(own.toString('base64')))).toMatch(
      /^CERT_UNKNOWN|SIGNATURE_INVALID/,
    )
    expect(await verdict(withPath('MAA='))).toBe('SIGNATURE_INVALID BinarySecurityToken')
  })

  it.each([
    ['as RFC 4514 writes it', 'CN=Kök,O=Sınaq,C=AZ'],
    ['with spaces', 'CN = Kök , O = Sınaq , C = AZ'],
    ['the most significant part first', 'C=AZ, O=Sınaq, CN=Kök'],
    ['in another case', 'cn=KÖK, o=sınaq, c=az'],
    ['with escapes', 'CN=K\\C3\\B6k,O=S\\C4\\B1naq,C=AZ'],
    ['with quotes', 'CN="Kök", O="Sınaq", C="AZ"'],
    ['with object identifiers', '2.5.4.3=Kök,OID.2.5.4.10=Sınaq,2.5.4.6=#1302415a'],
  ])('by issuer and serial number, the issuer %s', async (_how, issuer) => {
    const data = `<ds:X509Data>${issuerSerial(issuer, serialOf(consumer))}</ds:X509Data>`
    expect(await verdict(reference(data))).toBe('accepted')
  })

  it('by issuer and serial number only if both are right', async () => {
    const data = (issuer: string, serial: string): string =>
      reference(`<ds:X509Data>${issuerSerial(issuer, serial)}</ds:X509Data>`)
    expect(await verdict(data('CN=Kök,O=Sınaq,C=AZ', '1'))).toBe('CERT_UNKNOWN')
    expect(await verdict(data('CN=Kok,O=Sınaq,C=AZ', serialOf(consumer)))).toBe('CERT_UNKNOWN')
    expect(await verdict(data('O=Sınaq,C=AZ', serialOf(consumer)))).toBe('CERT_UNKNOWN')
    expect(await verdict(data('nonsense', serialOf(consumer)))).toBe('CERT_UNKNOWN')
    expect(await verdict(data('CN=Kök,O=Sınaq,C=AZ', `${serialOf(consumer)}x`))).toBe(
      'CERT_UNKNOWN',
    )
    expect(await verdict(data('CN=Kök,O=Sınaq,C=AZ', serialOf(other)))).toBe(
      'SIGNATURE_INVALID SignatureValue',
    )
  })

  it('by subject key identifier', async () => {
    const ski = readSubjectKeyIdText(consumer.der)
    expect(await verdict(reference(keyIdentifier(`${x509}X509SubjectKeyIdentifier`, ski)))).toBe(
      'accepted',
    )
    const data = `<ds:X509Data><ds:X509SKI>${ski.toString('base64')}</ds:X509SKI></ds:X509Data>`
    expect(await verdict(reference(data))).toBe('accepted')
  })

  it('by the SHA-1 of the certificate, which only identifies it', async () => {
    const sha1 = hash('sha1', consumer.der, 'buffer')
    expect(await verdict(reference(keyIdentifier(sha1Type, sha1)))).toBe('accepted')
    const unknown = hash('sha1', stranger.der, 'buffer')
    expect(await verdict(reference(keyIdentifier(sha1Type, unknown)))).toBe('CERT_UNKNOWN')
  })

  it.each([
    ['in the token reference', reference],
    ['in KeyInfo itself', withKeyInfo],
  ])('by the certificate in X509Data, %s', async (_where, around) => {
    const data = (...inside: string[]): string =>
      around(`<ds:X509Data>${inside.join('')}</ds:X509Data>`)
    const own = `<ds:X509Certificate>${certificateText(consumer)}</ds:X509Certificate>`
    const root = `<ds:X509Certificate>${trust.authority.der.toString('base64')}</ds:X509Certificate>`
    const serial = issuerSerial('CN=Kök,O=Sınaq,C=AZ', serialOf(consumer))
    expect(await verdict(data(own))).toBe('accepted')
    expect(await verdict(data(own, root))).toBe('accepted')
    expect(await verdict(data(root, own))).toBe('accepted')
    // As zeep with python-xmlsec and WSS4J write it.
    expect(await verdict(data(serial, own))).toBe('accepted')
    expect(await verdict(data('<ds:X509SubjectName>CN=x</ds:X509SubjectName>', own))).toBe(
      'accepted',
    )
    expect(await verdict(data('<ds:X509SubjectName>CN=x</ds:X509SubjectName>'))).toBe(
      'CERT_UNKNOWN',
    )
  })

  it('by the certificate in a KeyIdentifier or in an embedded token', async () => {
    const identifier = keyIdentifier(`${x509}X509v3`, Buffer.from(consumer.der))
    expect(await verdict(reference(identifier))).toBe('accepted')
    const token = `<wsse:BinarySecurityToken ValueType="${x509}X509v3">${certificateText(consumer)}</wsse:BinarySecurityToken>`
    expect(await verdict(reference(`<wsse:Embedded>${token}</wsse:Embedded>`))).toBe('accepted')
  })

  describe('and how it may not', () => {
    it("by a token with a stranger's certificate, though the signature fits its key", async () => {
      expect(await verdict(signedMessage(stranger).toString())).toBe('CERT_UNKNOWN')
    })

    it('by a certificate in X509Data that nobody registered, though the signature fits its key', async () => {
      const signed = signedMessage(stranger).toString()
      const data = `<ds:KeyInfo><ds:X509Data><ds:X509Certificate>${certificateText(stranger)}</ds:X509Certificate></ds:X509Data></ds:KeyInfo>`
      expect(await verdict(signed.replace(/<ds:KeyInfo>.*<\/ds:KeyInfo>/, data))).toBe(
        'CERT_UNKNOWN',
      )
    })

    it("by another subsystem's registered certificate in the place of its own", async () => {
      const swapped = message.replace(certificateText(consumer), certificateText(other))
      expect(await verdict(swapped)).toBe('SIGNATURE_INVALID SignatureValue')
    })

    it('by a bare key', async () => {
      const value = '<ds:KeyValue><ds:RSAKeyValue/></ds:KeyValue>'
      expect(await verdict(withKeyInfo(value))).toBe('SIGNATURE_INVALID KeyInfo')
      const name = '<ds:KeyName>SC</ds:KeyName>'
      expect(await verdict(withKeyInfo(name))).toBe('SIGNATURE_INVALID KeyInfo')
    })

    it('from elsewhere', async () => {
      const method = '<ds:RetrievalMethod URI="http://evil.example/cert"/>'
      expect(await verdict(withKeyInfo(method))).toBe('SIGNATURE_INVALID KeyInfo')
      for (const uri of ['http://evil.example/cert', '', '#nobody', 'cid:1']) {
        expect(await verdict(reference(`<wsse:Reference URI="${uri}"/>`))).toBe(
          'SIGNATURE_INVALID SecurityTokenReference',
        )
      }
    })

    it('by a token outside of our Security header', async () => {
      const token = /<wsse:BinarySecurityToken.*?<\/wsse:BinarySecurityToken>/.exec(message)![0]
      const wrapper = `<w:W xmlns:w="urn:w" xmlns:wsse="${wsse}">${token}</w:W></S:Header>`
      expect(await verdict(message.replace(token, '').replace('</S:Header>', wrapper))).toBe(
        'SIGNATURE_INVALID SecurityTokenReference',
      )
    })

    it.each([
      ['two kinds at once', '<wsse:Reference URI="#x"/><wsse:Reference URI="#x"/>'],
      ['a kind that is not known', '<x:Kerberos xmlns:x="urn:x"/>'],
      ['nothing', ''],
      ['text', 'SC'],
    ])('by %s', async (_what, inside) => {
      expect(await verdict(reference(inside))).toBe('SIGNATURE_INVALID SecurityTokenReference')
    })

    it('by two things that name two certificates', async () => {
      const both = issuerSerial('CN=Kök,O=Sınaq,C=AZ', serialOf(other))
      const own = `<ds:X509Certificate>${certificateText(consumer)}</ds:X509Certificate>`
      expect(await verdict(reference(`<ds:X509Data>${both}${own}</ds:X509Data>`))).toBe(
        'SIGNATURE_INVALID X509Data',
      )
      const second = `<ds:X509Certificate>${certificateText(other)}</ds:X509Certificate>`
      expect(await verdict(reference(`<ds:X509Data>${own}${second}</ds:X509Data>`))).toBe(
        'SIGNATURE_INVALID X509Data',
      )
    })

    it('by what two registered certificates have in common', async () => {
      const ambiguous = await makeTestTrust()
      const first = await ambiguous.authority.issue({ keyType: 'p256' })
      const { privateKey, publicKey } = first
      const second = await ambiguous.authority.issue({ keyPair: { privateKey, publicKey } })
      ambiguous.register(first)
      ambiguous.register(second)
      const ski = readSubjectKeyIdText(first.der)
      const identifier = keyIdentifier(`${x509}X509SubjectKeyIdentifier`, ski)
      const signed = signedMessage(first)
        .toString()
        .replace(/<wsse:Reference [^>]*\/>/, identifier)
      expect(await soapVerdict(soapContent(Buffer.from(signed)), ambiguous.rules())).toBe(
        'CERT_UNKNOWN',
      )
    })

    it.each([
      ['a token of another type', `${x509}X509v3`, 'urn:x', 'BinarySecurityToken'],
      ['PKCS #7', `${x509}X509v3`, `${x509}PKCS7`, 'BinarySecurityToken'],
      [
        'another encoding',
        base64Binary,
        `${wss}soap-message-security-1.0#HexBinary`,
        'BinarySecurityToken',
      ],
    ])('by %s', async (_what, from, to, field) => {
      expect(await verdict(message.replace(from, to))).toBe(`SIGNATURE_INVALID ${field}`)
    })

    it.each([
      ['with a comment', (text: string) => `${text.slice(0, 8)}<!-- -->${text.slice(8)}`],
      ['that is no base64', (text: string) => `*${text.slice(1)}`],
      ['without padding', (text: string) => text.replace(/=*$/, '').slice(0, -1)],
      ['with an element', (text: string) => `<x/>${text}`],
      ['without end', (text: string) => 'AAAA'.repeat(text.length * 20)],
    ])('by a token %s', async (_what, change) => {
      const text = certificateText(consumer)
      expect(await verdict(message.replace(text, change(text)))).toBe(
        'SIGNATURE_INVALID BinarySecurityToken',
      )
    })
  })

  it('that is revoked is told once the signature proved right, and not before', async () => {
    const revoked = await trust.authority.issue({ keyType: 'p256' })
    trust.register(revoked, undefined, 'revoked')
    const signed = signedMessage(revoked).toString()
    expect(await verdict(signed)).toBe('CERT_REVOKED')
    expect(
      await verdict(signed.replace(/<ds:SignatureValue>..../, '<ds:SignatureValue>AAAA')),
    ).toBe('SIGNATURE_INVALID SignatureValue')
  })
})
