import { beforeAll, describe, expect, it } from '@jest/globals'
import { makeResigning, type Resigning } from '../../../test/support/wss-resign.js'
import { signedMessage } from '../../../test/support/wss.js'
import { signTemplate } from '../../../test/support/xml-template.js'

const ds = 'http://www.w3.org/2000/09/xmldsig#'
const more = 'http://www.w3.org/2001/04/xmldsig-more#'
const more2007 = 'http://www.w3.org/2007/05/xmldsig-more#'
const sha256 = 'http://www.w3.org/2001/04/xmlenc#sha256'

/*
 * Signatures that say something they must not. Each is made with the consumer's own key, so that nothing
 * but the rule refuses it.
 */
describe('the algorithms of a signature', () => {
  let of: Resigning
  let message: string

  beforeAll(async () => {
    of = await makeResigning()
    message = of.message
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
      const signed = signedMessage(of.rsa, {}, { signatureMethod: algorithm })
      expect(await of.verdict(signed)).toBe('accepted')
    })

    it.each(['ecdsa-sha256', 'ecdsa-sha384', 'ecdsa-sha512'])(
      'may be %s, with both curves',
      async (name) => {
        for (const by of [of.p256, of.p384]) {
          const signed = signedMessage(by, {}, { signatureMethod: more + name })
          expect(await of.verdict(signed)).toBe('accepted')
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
      expect(await of.resigned(`${more}rsa-sha256`, algorithm)).toBe(
        'ALGORITHM_FORBIDDEN SignatureMethod',
      )
    })

    it('may not be HMAC cut to one bit', async () => {
      const method = `<ds:SignatureMethod Algorithm="${more}hmac-sha256"><ds:HMACOutputLength>1</ds:HMACOutputLength>`
      expect(await of.resigned(/<ds:SignatureMethod [^>]*>/, method)).toBe(
        'ALGORITHM_FORBIDDEN SignatureMethod',
      )
    })

    it('has no parameters that are not its own', async () => {
      const method = '$&<ds:HMACOutputLength>8</ds:HMACOutputLength>'
      expect(await of.resigned(/<ds:SignatureMethod [^>]*>/, method)).toBe(
        'SIGNATURE_INVALID SignatureMethod',
      )
    })

    it('must fit the key; one that does not is told like a wrong signature', async () => {
      expect(await of.resigned(`${more}rsa-sha256`, `${more}ecdsa-sha256`)).toBe(
        'SIGNATURE_INVALID SignatureValue',
      )
    })

    it.each([
      ['DER', (value: Buffer) => Buffer.concat([Buffer.from([0x30, 0x44]), value])],
      ['shorter', (value: Buffer) => value.subarray(0, 63)],
      ['longer', (value: Buffer) => Buffer.concat([value, Buffer.from([0])])],
      ['zero', () => Buffer.alloc(64)],
    ])('ECDSA takes r and s as they are: not %s', async (_form, change) => {
      const signed = signedMessage(of.p256).toString()
      const changed = signed.replace(
        /(<ds:SignatureValue>)([^<]*)/,
        (_all, tag: string, value: string) =>
          tag + change(Buffer.from(value, 'base64')).toString('base64'),
      )
      expect(await of.verdict(changed)).toBe('SIGNATURE_INVALID SignatureValue')
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
      expect(await of.resigned(/<ds:SignatureMethod [^>]*>/, parameters(inside))).toBe('accepted')
    })

    it('takes no parameters at all for the defaults', async () => {
      const method = `<ds:SignatureMethod Algorithm="${more2007}rsa-pss">`
      expect(await of.resigned(/<ds:SignatureMethod [^>]*>/, method)).toBe('accepted')
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
      expect(await of.resigned(/<ds:SignatureMethod [^>]*>/, parameters(inside))).toBe(
        `ALGORITHM_FORBIDDEN ${field}`,
      )
    })

    it('refuses parameters out of order', async () => {
      const inside = `<p:SaltLength>32</p:SaltLength>${digest}`
      expect(await of.resigned(/<ds:SignatureMethod [^>]*>/, parameters(inside))).toBe(
        'SIGNATURE_INVALID RSAPSSParams',
      )
    })
  })

  describe('the digest', () => {
    it.each([
      ['384', `${more}sha384`],
      ['512', 'http://www.w3.org/2001/04/xmlenc#sha512'],
    ])('may be SHA-%s', async (_bits, algorithm) => {
      expect(await of.resigned(sha256, algorithm)).toBe('accepted')
    })

    it.each([
      ['SHA-1', `${ds}sha1`],
      ['MD5', `${more}md5`],
      ['an unknown one', 'urn:x'],
    ])('may not be %s', async (_name, algorithm) => {
      expect(await of.resigned(sha256, algorithm)).toBe('ALGORITHM_FORBIDDEN DigestMethod')
    })

    it.each([
      [0, 'DigestValue'],
      [1, 'DigestValue'],
      [16, 'DigestValue'],
      // As long as a whole one in base64, and so told as one that differs.
      [31, 'Timestamp'],
    ])('may not be cut to %i bytes', async (bytes, field) => {
      const cut = message.replace(
        /(<ds:DigestValue>)([^<]*)/,
        (_all, tag: string, value: string) =>
          tag + Buffer.from(value, 'base64').subarray(0, bytes).toString('base64'),
      )
      expect(await of.verdict(signTemplate(cut, of.rsa.privateKey, 'kept'))).toBe(
        `SIGNATURE_INVALID ${field}`,
      )
    })
  })
})
