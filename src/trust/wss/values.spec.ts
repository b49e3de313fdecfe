import { beforeAll, describe, expect, it } from '@jest/globals'
import type { TestIdentity } from '../../../test/support/pki.js'
import {
  makeTestTrust,
  signedMessage,
  soap11,
  soapContent,
  soapVerdict,
  verifySoap,
  wsse,
  wsu,
  xroad,
  type TestTrust,
} from '../../../test/support/wss.js'
import { signTemplate } from '../../../test/support/xml-template.js'
import { Fault } from '../../exchange/fault.js'
import type { VerificationRules } from '../http-signature/verify-request.js'
import { parseDateTime } from './timestamp.js'

describe('the values of a signed message', () => {
  let trust: TestTrust
  let consumer: TestIdentity
  let stranger: TestIdentity
  let rules: VerificationRules
  let message: string

  beforeAll(async () => {
    trust = await makeTestTrust()
    consumer = await trust.authority.issue({ keyType: 'p256' })
    stranger = await trust.authority.issue({ keyType: 'p256' })
    trust.register(consumer)
    rules = trust.rules()
    message = signedMessage(consumer).toString()
  })

  const verdict = (text: string, by = rules): Promise<string> =>
    soapVerdict(soapContent(Buffer.from(text)), by)

  describe('with comments inside, which others read only a part of (CVE-2025-29774, CVE-2025-29775)', () => {
    it.each(['DigestValue', 'SignatureValue'])('are refused in %s', async (name) => {
      const inside = message.replace(new RegExp(`(<ds:${name}>....)`), '$1<!-- a comment -->')
      expect(await verdict(inside)).toBe(`SIGNATURE_INVALID ${name}`)
      // A second value hidden behind a comment at the beginning.
      const before = message.replace(`<ds:${name}>`, `<ds:${name}><!--AAAA-->`)
      expect(await verdict(before)).toBe(`SIGNATURE_INVALID ${name}`)
    })

    it('are refused in DigestValue though the signer put them there', async () => {
      const withComment = message.replace(/(<ds:DigestValue>)/, '$1<!-- -->')
      const digested = signTemplate(withComment, consumer.privateKey, 'kept')
      expect(await verdict(digested.toString())).toBe('SIGNATURE_INVALID DigestValue')
    })

    it('are refused in Created and Expires', async () => {
      for (const name of ['Created', 'Expires']) {
        const text = message.replace(`</wsu:${name}>`, `<!-- --></wsu:${name}>`)
        expect(await verdict(text)).toBe(`SIGNATURE_INVALID ${name}`)
      }
    })

    it('give no text of a header block: exclusive C14N drops them before the digest', async () => {
      const text = message.replace('sorgu-1', 'sorgu-1<!-- -->00')
      expect(await verdict(text)).toMatch(/^SIGNATURE_INVALID id$/)
      const split = message.replace('sorgu-1', 'sorgu<!-- -->-1')
      const verified = await verifySoap(soapContent(Buffer.from(split)), rules)
      const id = verified.headerBlock(xroad, 'id')
      expect(() => id?.text()).toThrow(Fault)
      expect(() => id?.text()).toThrow(/REQUEST_INVALID/)
    })
  })

  describe('the structure around them', () => {
    it.each([
      ['a DTD', '<S:Envelope', '<!DOCTYPE S:Envelope [<!ENTITY x "y">]><S:Envelope'],
      ['an entity that no DTD declares', '5XY7K2A', '&fin;'],
      [
        'an external DTD',
        '<S:Envelope',
        '<!DOCTYPE x SYSTEM "http://evil.example/x.dtd"><S:Envelope',
      ],
      ['a processing instruction', '<S:Header', '<?x y?><S:Header'],
      ['another encoding', 'encoding="UTF-8"', 'encoding="ISO-8859-9"'],
      ['an end tag too few', '</S:Envelope>', ''],
      ['something behind its end', '</S:Envelope>', '</S:Envelope><x/>'],
      ['bytes that are no UTF-8', 'xml version', 'xml  version'],
    ])('is refused with %s', async (what, from, to) => {
      const text = message.replace(from, to)
      const bytes = Buffer.from(text)
      if (what.includes('UTF-8')) bytes[bytes.indexOf('5XY')] = 0xff
      expect(await soapVerdict(soapContent(bytes), rules)).toBe('PAYLOAD_UNSAFE Envelope')
    })

    it.each([
      ['no Envelope', '<a/>', 'REQUEST_INVALID Envelope'],
      [
        'an Envelope of nobody',
        '<Envelope><Header/><Body/></Envelope>',
        'REQUEST_INVALID VersionMismatch',
      ],
      ['nothing in it', `<S:Envelope xmlns:S="${soap11}"/>`, 'REQUEST_INVALID Envelope'],
      [
        'a Body only',
        `<S:Envelope xmlns:S="${soap11}"><S:Body/></S:Envelope>`,
        'SIGNATURE_MISSING',
      ],
      [
        'an empty Header',
        `<S:Envelope xmlns:S="${soap11}"><S:Header/><S:Body/></S:Envelope>`,
        'SIGNATURE_MISSING',
      ],
      [
        'a Header only',
        `<S:Envelope xmlns:S="${soap11}"><S:Header/></S:Envelope>`,
        'REQUEST_INVALID Body',
      ],
      [
        'an empty Security header',
        `<S:Envelope xmlns:S="${soap11}"><S:Header><wsse:Security xmlns:wsse="${wsse}"/></S:Header><S:Body/></S:Envelope>`,
        'SIGNATURE_MISSING',
      ],
    ])('is refused with %s', async (_what, text, expected) => {
      expect(await verdict(text)).toBe(expected)
    })

    it('is refused with text beside its elements', async () => {
      expect(await verdict(message.replace('<S:Header', 'x<S:Header'))).toBe(
        'REQUEST_INVALID Envelope',
      )
      expect(await verdict(message.replace('<xroad:client', 'x<xroad:client'))).toBe(
        'REQUEST_INVALID Header',
      )
      expect(await verdict(message.replace('<wsse:Bin', 'x<wsse:Bin'))).toBe(
        'SIGNATURE_INVALID Security',
      )
    })

    it('may be laid out in lines with comments between, which are not signed and not read', async () => {
      const laidOut = message
        .replace('<S:Body', '\n<!-- c -->\r\n  <S:Body')
        .replace('<wsse:Security', '\n  <wsse:Security')
        .replace('<ds:Signature ', '\n    <!-- c --><ds:Signature ')
      expect(await verdict(laidOut)).toBe('accepted')
    })
  })

  describe('a signature of somebody else', () => {
    const signatureOf = (text: string): string => /<ds:Signature .*<\/ds:Signature>/.exec(text)![0]

    it("alone is a stranger's", async () => {
      expect(await verdict(signedMessage(stranger).toString())).toBe('CERT_UNKNOWN')
    })

    it.each([
      ['before', (own: string, other: string) => other + own],
      ['behind', (own: string, other: string) => own + other],
    ])('%s the right one is one too many', async (_where, both) => {
      const own = signatureOf(message)
      const other = signatureOf(signedMessage(stranger).toString())
      expect(await verdict(message.replace(own, both(own, other)))).toBe(
        'SIGNATURE_INVALID Signature',
      )
    })

    it('twice is one too many', async () => {
      const text = signedMessage(stranger).toString()
      const own = signatureOf(text)
      expect(await verdict(text.replace(own, own + own))).toBe('SIGNATURE_INVALID Signature')
    })

    it('inside the Body is part of what is signed', async () => {
      const inner = signatureOf(signedMessage(stranger).toString()).replace(
        '<ds:Signature ',
        `<ds:Signature xmlns:wsse="${wsse}" xmlns:wsu="${wsu}" `,
      )
      const body = `<d:sened xmlns:d="urn:d">${inner.replace(/wsu:Id="[^"]*"/g, '')}</d:sened>`
      expect(await verdict(signedMessage(consumer, { body }).toString())).toBe('accepted')
    })
  })

  describe('the Timestamp', () => {
    const at = (iso: string): VerificationRules => trust.rules(() => new Date(iso))
    const signedAt = (created: string, expires?: string): string => {
      const inside =
        `<wsu:Created>${created}</wsu:Created>` +
        (expires === undefined ? '' : `<wsu:Expires>${expires}</wsu:Expires>`)
      const text = message.replace(/<wsu:Created>.*<\/wsu:Expires>/, inside)
      return signTemplate(text, consumer.privateKey).toString()
    }
    const noon = '2027-01-01T12:00:00Z'

    it.each([
      ['in UTC', '2027-01-01T12:00:00Z', '2027-01-01T12:05:00Z'],
      ['with fractions', '2027-01-01T12:00:00.123456789Z', '2027-01-01T12:05:00.1Z'],
      ['in a zone', '2027-01-01T16:00:00+04:00', '2027-01-01T16:05:00+04:00'],
      ['without zone, which is UTC', '2027-01-01T12:00:00', '2027-01-01T12:05:00'],
      ['without end', '2027-01-01T12:00:00Z', undefined],
      ['four minutes old', '2027-01-01T11:56:00Z', '2027-01-01T12:01:00Z'],
      ['four minutes ahead', '2027-01-01T12:04:00Z', '2027-01-01T12:09:00Z'],
    ])('is good %s', async (_how, created, expires) => {
      expect(await verdict(signedAt(created, expires), at(noon))).toBe('accepted')
    })

    it.each([
      ['six minutes old', '2027-01-01T11:54:00Z', '2027-01-01T13:00:00Z', 'CLOCK_SKEW Created'],
      ['six minutes ahead', '2027-01-01T12:06:00Z', '2027-01-01T13:00:00Z', 'CLOCK_SKEW Created'],
      ['of another day, sent again', '2026-12-31T12:00:00Z', undefined, 'CLOCK_SKEW Created'],
      ['over', '2027-01-01T11:58:00Z', '2027-01-01T12:00:00Z', 'CLOCK_SKEW Expires'],
      [
        'over before it began',
        '2027-01-01T12:01:00Z',
        '2027-01-01T12:00:30Z',
        'SIGNATURE_INVALID Expires',
      ],
      ['no time', 'noon', undefined, 'SIGNATURE_INVALID Created'],
      ['empty', '', undefined, 'SIGNATURE_INVALID Created'],
    ])('is refused where it is %s', async (_how, created, expires, expected) => {
      expect(await verdict(signedAt(created, expires), at(noon))).toBe(expected)
    })

    it('must be there, with Created first and once', async () => {
      const without = message.replace(/<wsu:Timestamp .*<\/wsu:Timestamp>/, '')
      expect(await verdict(without)).toBe('SIGNATURE_INVALID Timestamp')
      const created = /<wsu:Created>.*<\/wsu:Created>/.exec(message)![0]
      const expires = /<wsu:Expires>.*<\/wsu:Expires>/.exec(message)![0]
      for (const inside of [
        expires + created,
        created + created,
        expires,
        created + expires + expires,
      ]) {
        const text = message.replace(created + expires, inside)
        expect(await verdict(signTemplate(text, consumer.privateKey).toString())).toBe(
          'SIGNATURE_INVALID Timestamp',
        )
      }
    })
  })
})

describe('an xsd:dateTime', () => {
  it.each([
    ['2027-02-28T23:59:59Z', '2027-02-28T23:59:59.000Z'],
    ['2028-02-29T00:00:00.9999Z', '2028-02-29T00:00:00.999Z'],
    ['2027-01-01T00:30:00+14:00', '2026-12-31T10:30:00.000Z'],
    ['2027-01-01T00:30:00-00:30', '2027-01-01T01:00:00.000Z'],
    ['0099-01-01T00:00:00Z', undefined],
  ])('%s is %s', (text, expected) => {
    expect(parseDateTime(text)?.toISOString()).toBe(expected)
  })

  it.each([
    '2027-02-29T00:00:00Z',
    '2027-13-01T00:00:00Z',
    '2027-00-01T00:00:00Z',
    '2027-01-32T00:00:00Z',
    '2027-01-01T24:00:00Z',
    '2027-01-01T00:60:00Z',
    '2027-01-01T00:00:60Z',
    '2027-01-01T00:00:00.Z',
    '2027-01-01T00:00:00+14:01',
    '2027-01-01T00:00:00+15:00',
    '2027-01-01T00:00:00z',
    '2027-01-01 00:00:00Z',
    '20270101T000000Z',
    '+2027-01-01T00:00:00Z',
    '-2027-01-01T00:00:00Z',
    '12027-01-01T00:00:00Z',
    '2027-1-1T0:0:0Z',
    '2027-01-01',
    ' 2027-01-01T00:00:00Z',
    '2027-01-01T00:00:00Z\n',
    '٢٠٢٧-01-01T00:00:00Z',
  ])('%p is none', (text) => {
    expect(parseDateTime(text)).toBeUndefined()
  })
})
