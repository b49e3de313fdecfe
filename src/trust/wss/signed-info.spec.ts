import { beforeAll, describe, expect, it } from '@jest/globals'
import { makeResigning, type Resigning } from '../../../test/support/wss-resign.js'
import { signTemplate } from '../../../test/support/xml-template.js'

const ds = 'http://www.w3.org/2000/09/xmldsig#'
const exclusive = 'http://www.w3.org/2001/10/xml-exc-c14n#'

/*
 * Signatures that say something they must not. Each is made with the consumer's own key, so that nothing
 * but the rule refuses it.
 */
describe('what a SignedInfo may say', () => {
  let of: Resigning
  let message: string

  beforeAll(async () => {
    of = await makeResigning()
    message = of.message
  })

  it('is accepted as our template writes it', async () => {
    expect(await of.verdict(signTemplate(message, of.rsa.privateKey))).toBe('accepted')
    // Signed anew it is what it was.
    expect(signTemplate(message, of.rsa.privateKey).toString()).toBe(message)
  })

  describe('canonicalisation and transforms', () => {
    const c14nTag = `<ds:CanonicalizationMethod Algorithm="${exclusive}">`
    const transformTag = `<ds:Transform Algorithm="${exclusive}">`

    it('may be with comments', async () => {
      expect(await of.resigned(c14nTag, c14nTag.replace('#', '#WithComments'))).toBe('accepted')
      expect(await of.resigned(transformTag, transformTag.replace('#', '#WithComments'))).toBe(
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
      expect(await of.resigned(c14nTag, c14nTag.replace(exclusive, algorithm))).toBe(
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
      expect(await of.resigned(transformTag, other)).toBe('ALGORITHM_FORBIDDEN Transform')
      expect(await of.resigned(transformTag, `${other}</ds:Transform>${transformTag}`)).toBe(
        'ALGORITHM_FORBIDDEN Transform',
      )
      expect(await of.resigned(transformTag, `${transformTag}</ds:Transform>${other}`)).toBe(
        'ALGORITHM_FORBIDDEN Transform',
      )
    })

    it('is one transform, not two', async () => {
      expect(await of.resigned(transformTag, `${transformTag}</ds:Transform>${transformTag}`)).toBe(
        'SIGNATURE_INVALID Transform',
      )
    })

    it('is one transform, not none', async () => {
      expect(await of.resigned(/<ds:Transforms>.*?<\/ds:Transforms>/, '')).toBe(
        'SIGNATURE_INVALID Reference',
      )
      expect(
        await of.resigned(/<ds:Transforms>.*?<\/ds:Transforms>/, '<ds:Transforms></ds:Transforms>'),
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
      expect(await of.resigned(transformTag, transformTag + list)).toBe(
        `SIGNATURE_INVALID ${field}`,
      )
    })

    it('a list of prefixes is taken, with and without ones that are not there', async () => {
      const list = (prefixes: string): string =>
        `<e:InclusiveNamespaces xmlns:e="${exclusive}" PrefixList="${prefixes}"></e:InclusiveNamespaces>`
      for (const prefixes of ['S', 'S wsu nobody', '#default S', '']) {
        expect(await of.resigned(transformTag, transformTag + list(prefixes))).toBe('accepted')
        expect(await of.resigned(c14nTag, c14nTag + list(prefixes))).toBe('accepted')
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
      expect(await of.resigned(/<ds:Reference URI="[^"]*"/, `<ds:Reference URI="${uri}"`)).toBe(
        'SIGNATURE_INVALID Reference',
      )
    })

    it('must have a URI', async () => {
      expect(await of.resigned(/<ds:Reference URI="[^"]*"/, '<ds:Reference')).toBe(
        'SIGNATURE_INVALID Reference',
      )
    })

    it.each(['Manifest', 'Object', 'SignatureProperties'])('may not be to a %s', async (type) => {
      expect(await of.resigned('<ds:Reference ', `<ds:Reference Type="${ds}${type}" `)).toBe(
        'SIGNATURE_INVALID Reference',
      )
    })

    it('names a part once', async () => {
      const [first] = /<ds:Reference .*?<\/ds:Reference>/.exec(message)!
      expect(await of.resigned(first, first + first)).toBe('SIGNATURE_INVALID Reference')
    })

    it.each([
      ['Timestamp', /<ds:Reference URI="#T-.*?<\/ds:Reference>/],
      ['client', /<ds:Reference URI="#H0-.*?<\/ds:Reference>/],
      ['mode', /<ds:Reference URI="#H4-.*?<\/ds:Reference>/],
      ['Body', /<ds:Reference URI="#B-.*?<\/ds:Reference>/],
    ])('must not be missing for the %s', async (name, reference) => {
      expect(await of.resigned(reference, '')).toBe(`SIGNATURE_INVALID ${name}`)
    })

    it('is one of 64 at most', async () => {
      const [first] = /<ds:Reference .*?<\/ds:Reference>/.exec(message)!
      expect(await of.resigned(first, first.repeat(65))).toBe('SIGNATURE_INVALID SignedInfo')
    })

    it('to the Security header, or to the Signature, covers itself and is refused', async () => {
      const text = message
        .replace('<wsse:Security ', '<wsse:Security wsu:Id="S1" ')
        .replace('<ds:Signature ', '<ds:Signature Id="S2" ')
      for (const id of ['S1', 'S2']) {
        expect(await of.resigned(/URI="#H0-[^"]*"/, `URI="#${id}"`, text)).toBe(
          'SIGNATURE_INVALID Reference',
        )
      }
    })

    it('to the token is taken', async () => {
      const [first] = /<ds:Reference .*?<\/ds:Reference>/.exec(message)!
      const token = /BinarySecurityToken[^>]*wsu:Id="([^"]*)"/.exec(message)![1]!
      const another = first.replace(/URI="[^"]*"/, `URI="#${token}"`)
      expect(await of.resigned(first, first + another)).toBe('accepted')
    })

    it('to another header block is taken, and that block is verified', async () => {
      const block = '<a:To xmlns:a="urn:a" wsu:Id="A">urn:x</a:To>'
      const [first] = /<ds:Reference .*?<\/ds:Reference>/.exec(message)!
      const text = message
        .replace('<wsse:Security ', `${block}<wsse:Security `)
        .replace(first, first + first.replace(/URI="[^"]*"/, 'URI="#A"'))
      const signed = signTemplate(text, of.rsa.privateKey).toString()
      expect(await of.verdict(signed)).toBe('accepted')
      expect(await of.verdict(signed.replace('urn:x', 'urn:y'))).toBe('SIGNATURE_INVALID Header')
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
      expect(await of.resigned(from, to)).toBe(`SIGNATURE_INVALID ${field}`)
    })

    it('is refused where one SignedInfo is nested in another', async () => {
      const inner = /<ds:SignedInfo .*<\/ds:SignedInfo>/.exec(message)![0]
      expect(await of.resigned('<ds:SignatureMethod', `${inner}<ds:SignatureMethod`)).toBe(
        'SIGNATURE_INVALID SignedInfo',
      )
    })
  })
})
