import { beforeAll, describe, expect, it } from '@jest/globals'
import type { TestIdentity } from '../../../test/support/pki.js'
import {
  makeTestTrust,
  signedMessage,
  soapContent,
  soapVerdict,
  type TestTrust,
} from '../../../test/support/wss.js'
import { signTemplate } from '../../../test/support/xml-template.js'
import type { VerificationRules } from '../http-signature/verify-request.js'

const ds = 'http://www.w3.org/2000/09/xmldsig#'
const more = 'http://www.w3.org/2001/04/xmldsig-more#'
const more2007 = 'http://www.w3.org/2007/05/xmldsig-more#'
const exclusive = 'http://www.w3.org/2001/10/xml-exc-c14n#'
const sha256 = 'http://www.w3.org/2001/04/xmlenc#sha256'

/*
 * Signatures that say something they must not. Each is made with the consumer's own key, so that nothing
 * but the rule refuses it.
 */
describe('what a SignedInfo may say', () => {
  let trust: TestTrust
  let rsa: TestIdentity
  let p256: TestIdentity
  let p384: TestIdentity
  let rules: VerificationRules
  let message: string

  beforeAll(async () => {
    trust = await makeTestTrust()
    rsa = await trust.authority.issue({ keyType: 'rsa-2048' })
    p256 = await trust.authority.issue({ keyType: 'p256' })
    p384 = await trust.authority.issue({ keyType: 'p384' })
    for (const each of [rsa, p256, p384]) trust.register(each)
    rules = trust.rules()
    message = signedMessage(rsa).toString()
  })

  const verdict = (bytes: Buffer | string): Promise<string> =>
    soapVerdict(soapContent(Buffer.from(bytes)), rules)
  /** The message with a change in what is signed, signed anew. */
  const resigned = (
    from: string | RegExp,
    to: string,
    by = rsa,
    text = message,
  ): Promise<string> => {
    const changed = text.replace(from, to)
    expect(changed).not.toBe(text)
    return verdict(signTemplate(changed, by.privateKey))
  }

  it('is accepted as our template writes it', async () => {
    expect(await verdict(signTemplate(message, rsa.privateKey))).toBe('accepted')
    // Signed anew it is what it was.
    expect(signTemplate(message, rsa.privateKey).toString()).toBe(message)
  })

  describe('the signature algorithm', () => {
    it.each([
      `${more}rsa-sha256`,
      `${more}rsa-sha384`,
      `${more}rsa-sha512`,
      `${more2007}sha256-rsa-MGF1`,
      `${more2007}sha384-rsa-MGF1`,
      `${more2007}sha512-rsa-MGF1`,
    ])('may be %s', async (algorithm) => {
      const signed = signedMessage(rsa, {}, { signatureMethod: algorithm })
      expect(await verdict(signed)).toBe('accepted')
    })

    it.each(['ecdsa-sha256', 'ecdsa-sha384', 'ecdsa-sha512'])(
      'may be %s, with both curves',
      async (name) => {
        for (const by of [p256, p384]) {
          const signed = signedMessage(by, {}, { signatureMethod: more + name })
          expect(await verdict(signed)).toBe('accepted')
        }
      },
    )

    it.each([
      ['RSA with SHA-1', `${ds}rsa-sha1`],
      ['RSA with MD5', `${more}rsa-md5`],
      ['DSA', `${ds}dsa-sha1`],
      ['DSA with SHA-256', 'http://www.w3.org/2009/xmldsig11#dsa-sha256'],
      ['ECDSA with SHA-1', `${more}ecdsa-sha1`],
      ['RSA-PSS with SHA-1', `${more2007}sha1-rsa-MGF1`],
      ['HMAC with SHA-1', `${ds}hmac-sha1`],
      ['HMAC with SHA-256, its secret the public key', `${more}hmac-sha256`],
      ['nothing', ''],
      ['an unknown one', 'urn:x'],
      ['one with space around it', ` ${more}rsa-sha256`],
    ])('may not be %s', async (_name, algorithm) => {
      expect(await resigned(`${more}rsa-sha256`, algorithm)).toBe(
        'ALGORITHM_FORBIDDEN SignatureMethod',
      )
    })

    it('may not be HMAC cut to one bit', async () => {
      const method = `<ds:SignatureMethod Algorithm="${more}hmac-sha256"><ds:HMACOutputLength>1</ds:HMACOutputLength>`
      expect(await resigned(/<ds:SignatureMethod [^>]*>/, method)).toBe(
        'ALGORITHM_FORBIDDEN SignatureMethod',
      )
    })

    it('has no parameters that are not its own', async () => {
      const method = '$&<ds:HMACOutputLength>8</ds:HMACOutputLength>'
      expect(await resigned(/<ds:SignatureMethod [^>]*>/, method)).toBe(
        'SIGNATURE_INVALID SignatureMethod',
      )
    })

    it('must fit the key; one that does not is told like a wrong signature', async () => {
      expect(await resigned(`${more}rsa-sha256`, `${more}ecdsa-sha256`)).toBe(
        'SIGNATURE_INVALID SignatureValue',
      )
    })

    it.each([
      ['DER', (value: Buffer) => Buffer.concat([Buffer.from([0x30, 0x44]), value])],
      ['shorter', (value: Buffer) => value.subarray(0, 63)],
      ['longer', (value: Buffer) => Buffer.concat([value, Buffer.from([0])])],
      ['zero', () => Buffer.alloc(64)],
    ])('ECDSA takes r and s as they are: not %s', async (_form, change) => {
      const signed = signedMessage(p256).toString()
      const changed = signed.replace(
        /(<ds:SignatureValue>)([^<]*)/,
        (_all, tag: string, value: string) =>
          tag + change(Buffer.from(value, 'base64')).toString('base64'),
      )
      expect(await verdict(changed)).toBe('SIGNATURE_INVALID SignatureValue')
    })
  })

  describe('RSA-PSS with parameters (RFC 9231 section 2.3.9)', () => {
    const parameters = (inside: string): string =>
      `<ds:SignatureMethod Algorithm="${more2007}rsa-pss"><p:RSAPSSParams xmlns:p="${more2007}">${inside}</p:RSAPSSParams>`
    const mask = (digest: string): string =>
      `<p:MaskGenerationFunction Algorithm="${more2007}MGF1"><ds:DigestMethod Algorithm="${digest}"></ds:DigestMethod></p:MaskGenerationFunction>`
    const digest = `<ds:DigestMethod Algorithm="${sha256}"></ds:DigestMethod>`
    const sha1 = `${ds}sha1`

    it.each([
      ['none', ''],
      ['the digest', digest],
      [
        'all that are usual',
        `${digest}${mask(sha256)}<p:SaltLength>32</p:SaltLength><p:TrailerField>1</p:TrailerField>`,
      ],
    ])('takes %s', async (_what, inside) => {
      expect(await resigned(/<ds:SignatureMethod [^>]*>/, parameters(inside))).toBe('accepted')
    })

    it('takes no parameters at all for the defaults', async () => {
      const method = `<ds:SignatureMethod Algorithm="${more2007}rsa-pss">`
      expect(await resigned(/<ds:SignatureMethod [^>]*>/, method)).toBe('accepted')
    })

    it.each([
      ['a salt of no length', '<p:SaltLength>0</p:SaltLength>', 'RSAPSSParams'],
      ['another trailer', '<p:TrailerField>2</p:TrailerField>', 'RSAPSSParams'],
      ['MGF1 with SHA-1', digest + mask(sha1), 'DigestMethod'],
      ['SHA-1', `<ds:DigestMethod Algorithm="${sha1}"></ds:DigestMethod>`, 'DigestMethod'],
      [
        'MGF1 with another digest',
        digest + mask('http://www.w3.org/2001/04/xmlenc#sha512'),
        'RSAPSSParams',
      ],
      [
        'another mask',
        '<p:MaskGenerationFunction Algorithm="urn:x"></p:MaskGenerationFunction>',
        'MaskGenerationFunction',
      ],
    ])('refuses %s', async (_what, inside, field) => {
      expect(await resigned(/<ds:SignatureMethod [^>]*>/, parameters(inside))).toBe(
        `ALGORITHM_FORBIDDEN ${field}`,
      )
    })

    it('refuses parameters out of order', async () => {
      const inside = `<p:SaltLength>32</p:SaltLength>${digest}`
      expect(await resigned(/<ds:SignatureMethod [^>]*>/, parameters(inside))).toBe(
        'SIGNATURE_INVALID RSAPSSParams',
      )
    })
  })

  describe('the digest', () => {
    it.each([
      ['384', `${more}sha384`],
      ['512', 'http://www.w3.org/2001/04/xmlenc#sha512'],
    ])('may be SHA-%s', async (_bits, algorithm) => {
      expect(await resigned(sha256, algorithm)).toBe('accepted')
    })

    it.each([
      ['SHA-1', `${ds}sha1`],
      ['MD5', `${more}md5`],
      ['an unknown one', 'urn:x'],
    ])('may not be %s', async (_name, algorithm) => {
      expect(await resigned(sha256, algorithm)).toBe('ALGORITHM_FORBIDDEN DigestMethod')
    })

    it('may not be shortened', async () => {
      for (const bytes of [0, 1, 16, 31]) {
        const cut = message.replace(
          /(<ds:DigestValue>)([^<]*)/,
          (_all, tag: string, value: string) =>
            tag + Buffer.from(value, 'base64').subarray(0, bytes).toString('base64'),
        )
        expect(await verdict(signTemplate(cut, rsa.privateKey, 'kept'))).toBe(
          'SIGNATURE_INVALID DigestValue',
        )
      }
    })
  })

  describe('canonicalisation and transforms', () => {
    const c14nTag = `<ds:CanonicalizationMethod Algorithm="${exclusive}">`
    const transformTag = `<ds:Transform Algorithm="${exclusive}">`

    it('may be with comments', async () => {
      expect(await resigned(c14nTag, c14nTag.replace('#', '#WithComments'))).toBe('accepted')
      expect(await resigned(transformTag, transformTag.replace('#', '#WithComments'))).toBe(
        'accepted',
      )
    })

    it.each([
      ['inclusive C14N 1.0', 'http://www.w3.org/TR/2001/REC-xml-c14n-20010315'],
      ['inclusive C14N 1.1', 'http://www.w3.org/2006/12/xml-c14n11'],
      ['C14N 2.0', 'http://www.w3.org/2010/xml-c14n2'],
      ['an unknown one', 'urn:x'],
      ['a transform', `${ds}enveloped-signature`],
    ])('of SignedInfo may not be %s', async (_name, algorithm) => {
      expect(await resigned(c14nTag, c14nTag.replace(exclusive, algorithm))).toBe(
        'ALGORITHM_FORBIDDEN CanonicalizationMethod',
      )
    })

    it.each([
      ['enveloped-signature', `${ds}enveloped-signature`],
      ['base64', `${ds}base64`],
      ['XPath', 'http://www.w3.org/TR/1999/REC-xpath-19991116'],
      ['XPath filter 2.0', 'http://www.w3.org/2002/06/xmldsig-filter2'],
      ['XSLT', 'http://www.w3.org/TR/1999/REC-xslt-19991116'],
      ['decryption', 'http://www.w3.org/2002/07/decrypt#XML'],
      [
        'STR-Transform',
        'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-soap-message-security-1.0#STR-Transform',
      ],
      [
        'of encrypted attachments',
        'http://docs.oasis-open.org/wss/oasis-wss-SwAProfile-1.1#Attachment-Ciphertext-Transform',
      ],
      ['inclusive C14N', 'http://www.w3.org/TR/2001/REC-xml-c14n-20010315'],
      ['an unknown one', 'urn:x'],
    ])('a transform may not be %s, alone or beside exclusive C14N', async (_name, algorithm) => {
      const other = transformTag.replace(exclusive, algorithm)
      expect(await resigned(transformTag, other)).toBe('ALGORITHM_FORBIDDEN Transform')
      expect(await resigned(transformTag, `${other}</ds:Transform>${transformTag}`)).toBe(
        'ALGORITHM_FORBIDDEN Transform',
      )
      expect(await resigned(transformTag, `${transformTag}</ds:Transform>${other}`)).toBe(
        'ALGORITHM_FORBIDDEN Transform',
      )
    })

    it('is one transform, not two', async () => {
      expect(await resigned(transformTag, `${transformTag}</ds:Transform>${transformTag}`)).toBe(
        'SIGNATURE_INVALID Transform',
      )
    })

    it('is one transform, not none', async () => {
      expect(await resigned(/<ds:Transforms>.*?<\/ds:Transforms>/, '')).toBe(
        'SIGNATURE_INVALID Reference',
      )
      expect(
        await resigned(/<ds:Transforms>.*?<\/ds:Transforms>/, '<ds:Transforms></ds:Transforms>'),
      ).toBe('SIGNATURE_INVALID Transforms')
    })

    it.each([
      [
        'of another namespace',
        '<x:InclusiveNamespaces xmlns:x="urn:x" PrefixList="S"/>',
        'Transform',
      ],
      [
        'twice',
        `<e:InclusiveNamespaces xmlns:e="${exclusive}" PrefixList="S"/><e:InclusiveNamespaces xmlns:e="${exclusive}" PrefixList="g"/>`,
        'Transform',
      ],
      [
        'with something inside',
        `<e:InclusiveNamespaces xmlns:e="${exclusive}" PrefixList="S"><x/></e:InclusiveNamespaces>`,
        'InclusiveNamespaces',
      ],
      [
        'without end',
        `<e:InclusiveNamespaces xmlns:e="${exclusive}" PrefixList="${'p '.repeat(100)}"/>`,
        'InclusiveNamespaces',
      ],
    ])('a list of prefixes is refused %s', async (_how, list, field) => {
      expect(await resigned(transformTag, transformTag + list)).toBe(`SIGNATURE_INVALID ${field}`)
    })

    it('a list of prefixes is taken, with and without ones that are not there', async () => {
      const list = (prefixes: string): string =>
        `<e:InclusiveNamespaces xmlns:e="${exclusive}" PrefixList="${prefixes}"></e:InclusiveNamespaces>`
      for (const prefixes of ['S', 'S wsu nobody', '#default S', '']) {
        expect(await resigned(transformTag, transformTag + list(prefixes))).toBe('accepted')
        expect(await resigned(c14nTag, c14nTag + list(prefixes))).toBe('accepted')
      }
    })
  })

  describe('a Reference', () => {
    it.each([
      ['the whole document', ''],
      ['a web page', 'http://evil.example/body.xml'],
      ['a file', 'file:///etc/passwd'],
      ['an attachment, without its transform', 'cid:1'],
      ['an XPointer', "#xpointer(id('x'))"],
      ['the root by XPointer', '#xpointer(/)'],
      ['nothing', '#'],
      ['an Id that is not there', '#nobody'],
    ])('may not be to %s', async (_what, uri) => {
      expect(await resigned(/<ds:Reference URI="[^"]*"/, `<ds:Reference URI="${uri}"`)).toBe(
        'SIGNATURE_INVALID Reference',
      )
    })

    it('must have a URI', async () => {
      expect(await resigned(/<ds:Reference URI="[^"]*"/, '<ds:Reference')).toBe(
        'SIGNATURE_INVALID Reference',
      )
    })

    it.each(['Manifest', 'Object', 'SignatureProperties'])('may not be to a %s', async (type) => {
      expect(await resigned('<ds:Reference ', `<ds:Reference Type="${ds}${type}" `)).toBe(
        'SIGNATURE_INVALID Reference',
      )
    })

    it('names a part once', async () => {
      const [first] = /<ds:Reference .*?<\/ds:Reference>/.exec(message)!
      expect(await resigned(first, first + first)).toBe('SIGNATURE_INVALID Reference')
    })

    it.each([
      ['Timestamp', /<ds:Reference URI="#T-.*?<\/ds:Reference>/],
      ['client', /<ds:Reference URI="#H0-.*?<\/ds:Reference>/],
      ['mode', /<ds:Reference URI="#H4-.*?<\/ds:Reference>/],
      ['Body', /<ds:Reference URI="#B-.*?<\/ds:Reference>/],
    ])('must not be missing for the %s', async (name, reference) => {
      expect(await resigned(reference, '')).toBe(`SIGNATURE_INVALID ${name}`)
    })

    it('is one of 64 at most', async () => {
      const [first] = /<ds:Reference .*?<\/ds:Reference>/.exec(message)!
      expect(await resigned(first, first.repeat(65))).toBe('SIGNATURE_INVALID SignedInfo')
    })

    it('to the Security header, or to the Signature, covers itself and is refused', async () => {
      const text = message
        .replace('<wsse:Security ', '<wsse:Security wsu:Id="S1" ')
        .replace('<ds:Signature ', '<ds:Signature Id="S2" ')
      for (const id of ['S1', 'S2']) {
        expect(await resigned(/URI="#H0-[^"]*"/, `URI="#${id}"`, rsa, text)).toBe(
          'SIGNATURE_INVALID Reference',
        )
      }
    })

    it('to the token is taken', async () => {
      const [first] = /<ds:Reference .*?<\/ds:Reference>/.exec(message)!
      const token = /BinarySecurityToken[^>]*wsu:Id="([^"]*)"/.exec(message)![1]!
      const another = first.replace(/URI="[^"]*"/, `URI="#${token}"`)
      expect(await resigned(first, first + another)).toBe('accepted')
    })

    it('to another header block is taken, and that block is verified', async () => {
      const block = '<a:To xmlns:a="urn:a" wsu:Id="A">urn:x</a:To>'
      const [first] = /<ds:Reference .*?<\/ds:Reference>/.exec(message)!
      const text = message
        .replace('<wsse:Security ', `${block}<wsse:Security `)
        .replace(first, first + first.replace(/URI="[^"]*"/, 'URI="#A"'))
      const signed = signTemplate(text, rsa.privateKey).toString()
      expect(await verdict(signed)).toBe('accepted')
      expect(await verdict(signed.replace('urn:x', 'urn:y'))).toBe('SIGNATURE_INVALID Header')
    })
  })

  describe('its form', () => {
    it.each([
      ['SignedInfo is there twice', /(<ds:SignedInfo .*<\/ds:SignedInfo>)/, '$1$1', 'Signature'],
      ['SignedInfo is not there', /<ds:SignedInfo .*<\/ds:SignedInfo>/, '', 'Signature'],
      [
        'another SignedInfo is in an Object',
        '</ds:Signature>',
        '<ds:Object><ds:SignedInfo/></ds:Object></ds:Signature>',
        'Signature',
      ],
      [
        'SignatureValue is there twice',
        /(<ds:SignatureValue>.*<\/ds:SignatureValue>)/,
        '$1$1',
        'Signature',
      ],
      ['KeyInfo is there twice', /(<ds:KeyInfo>.*<\/ds:KeyInfo>)/, '$1$1', 'Signature'],
      ['KeyInfo is not there', /<ds:KeyInfo>.*<\/ds:KeyInfo>/, '', 'Signature'],
      [
        'KeyInfo comes first',
        /(<ds:SignedInfo .*)(<ds:KeyInfo>.*<\/ds:KeyInfo>)/,
        '$2$1',
        'Signature',
      ],
      ['there is text in it', '<ds:SignatureMethod', 'x<ds:SignatureMethod', 'SignedInfo'],
      ['there is text in a Reference', '<ds:DigestMethod', 'x<ds:DigestMethod', 'Reference'],
      [
        'there is a foreign element in it',
        '<ds:SignatureMethod',
        '<x/><ds:SignatureMethod',
        'SignedInfo',
      ],
      [
        'there are two SignatureMethods',
        /(<ds:SignatureMethod.*<\/ds:SignatureMethod>)/,
        '$1$1',
        'SignedInfo',
      ],
      [
        'DigestValue is there twice',
        /(<ds:DigestValue>[^<]*<\/ds:DigestValue>)/,
        '$1$1',
        'Reference',
      ],
      ['it has no Reference', /<ds:Reference .*<\/ds:Reference>/, '', 'SignedInfo'],
    ])('is refused where %s', async (_what, from, to, field) => {
      expect(await resigned(from, to)).toBe(`SIGNATURE_INVALID ${field}`)
    })

    it('is refused where one SignedInfo is nested in another', async () => {
      const inner = /<ds:SignedInfo .*<\/ds:SignedInfo>/.exec(message)![0]
      expect(await resigned('<ds:SignatureMethod', `${inner}<ds:SignatureMethod`)).toBe(
        'SIGNATURE_INVALID SignedInfo',
      )
    })
  })
})
