import { beforeAll, describe, expect, it } from '@jest/globals'
import { hash } from 'node:crypto'
import type { TestIdentity } from '../../../test/support/pki.js'
import {
  makeTestTrust,
  signedMessage,
  soapContent,
  soapVerdict,
  verifySoap,
  type TestTrust,
} from '../../../test/support/wss.js'
import { signTemplate } from '../../../test/support/xml-template.js'
import type { SoapAttachment } from '../../exchange/soap-content.js'
import type { VerificationRules } from '../http-signature/verify-request.js'
import { canonicalMimeHeaders } from './mime-headers.js'

const swa = 'http://docs.oasis-open.org/wss/oasis-wss-SwAProfile-1.1#'
const contentTransform = `${swa}Attachment-Content-Signature-Transform`
const completeTransform = `${swa}Attachment-Complete-Signature-Transform`
const xop = 'http://www.w3.org/2004/08/xop/include'

function attachment(
  contentId: string,
  content: string | Buffer,
  contentType = 'application/octet-stream',
): SoapAttachment {
  const rawHeaders = ['Content-Type', contentType, 'Content-ID', `<${contentId}>`]
  return { contentId, rawHeaders, content: Buffer.from(content) }
}

describe('attachments of a signed message (SwA Profile 1.1)', () => {
  let trust: TestTrust
  let consumer: TestIdentity
  let rules: VerificationRules

  beforeAll(async () => {
    trust = await makeTestTrust()
    consumer = await trust.authority.issue({ keyType: 'p256' })
    trust.register(consumer)
    rules = trust.rules()
  })

  const verdict = (message: Buffer, attachments: readonly SoapAttachment[]): Promise<string> =>
    soapVerdict(soapContent(message, attachments), rules)

  /** A message with one Reference more, made by hand. */
  const withReference = (uri: string, transform: string, octets: Uint8Array): Buffer => {
    const text = signedMessage(consumer).toString()
    const reference =
      `<ds:Reference URI="${uri}"><ds:Transforms><ds:Transform Algorithm="${transform}"></ds:Transform></ds:Transforms>` +
      '<ds:DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"></ds:DigestMethod>' +
      `<ds:DigestValue>${hash('sha256', octets, 'base64')}</ds:DigestValue></ds:Reference>`
    return signTemplate(
      text.replace('</ds:SignedInfo>', `${reference}</ds:SignedInfo>`),
      consumer.privateKey,
    )
  }

  it('are covered one by one, and handed on as they came', async () => {
    const attachments = [
      attachment('1@example', Buffer.from([0, 0xff, 0x0d, 0x0a, 0x0d])),
      attachment("a'b c&ə", 'x'),
    ]
    const message = signedMessage(consumer, { attachments })
    const verified = await verifySoap(soapContent(message, attachments), rules)
    expect(verified.attachments).toBe(attachments)
    const second = attachments.toReversed()
    expect(await verdict(message, second)).toBe('accepted')
  })

  it('are told by their number where they are not what was signed, not signed, or not there', async () => {
    const attachments = [attachment('1', 'one'), attachment('2', 'two')]
    const message = signedMessage(consumer, { attachments })
    const [one, two] = attachments as [SoapAttachment, SoapAttachment]
    expect(await verdict(message, [one, attachment('2', 'Two')])).toBe(
      'SIGNATURE_INVALID attachment 2',
    )
    expect(await verdict(message, [one, two, attachment('3', 'x')])).toBe(
      'SIGNATURE_INVALID attachment 3',
    )
    expect(await verdict(message, [one])).toBe('SIGNATURE_INVALID Reference')
    expect(await verdict(message, [one, two, two])).toBe('SIGNATURE_INVALID attachment 3')
    expect(
      await verdict(message, [
        one,
        attachment('2', two.content as Buffer),
        attachment('1', 'evil'),
      ]),
    ).toBe('SIGNATURE_INVALID attachment 3')
    expect(await verdict(signedMessage(consumer), [one])).toBe('SIGNATURE_INVALID attachment 1')
  })

  it('are found by the URI that their Content-ID makes (RFC 2392)', async () => {
    const content = Buffer.from('x')
    for (const uri of ['cid:a@b', 'CID:a@b', 'cid:a%40b']) {
      const message = withReference(uri, contentTransform, content)
      expect(await verdict(message, [attachment('a@b', 'x')])).toBe('accepted')
    }
    for (const uri of ['cid:a%b', 'cid:', 'a@b', '#a@b']) {
      const message = withReference(uri, contentTransform, content)
      expect(await verdict(message, [attachment('a@b', 'x')])).toBe('SIGNATURE_INVALID Reference')
    }
    const twice = withReference('cid:1', contentTransform, content).toString()
    const [reference] = /<ds:Reference URI="cid:1".*?<\/ds:Reference>/.exec(twice)!
    const both = signTemplate(twice.replace(reference, reference + reference), consumer.privateKey)
    expect(await verdict(both, [attachment('1', 'x')])).toBe('SIGNATURE_INVALID Reference')
  })

  describe('by their content', () => {
    it.each([
      ['text', 'text/plain; charset=utf-8', 'a\nb\rc\r\nd\n\r\ne', 'a\r\nb\r\nc\r\nd\r\n\r\ne'],
      ['text without line ends', 'Text/Plain', 'abc', 'abc'],
      ['text that ends in a line', 'text/csv', 'a\n', 'a\r\n'],
      ['XML', 'text/xml', '<?xml version="1.0"?><a  b="1"/>', '<a b="1"></a>'],
      ['XML of an application', 'Application/XML', "<a x='1'/>", '<a x="1"></a>'],
      ['XML by its suffix', 'image/svg+xml; x=y', '<!-- c --><a/>', '<a></a>'],
      ['anything else', 'application/pdf', '<a/>\n', '<a/>\n'],
    ])('%s is digested as it is canonical', async (_what, type, content, canonical) => {
      const message = withReference('cid:1', contentTransform, Buffer.from(canonical))
      expect(await verdict(message, [attachment('1', content, type)])).toBe('accepted')
    })

    it('without a type are digested as they are', async () => {
      const message = withReference('cid:1', contentTransform, Buffer.from('a\nb'))
      const bare = { contentId: '1', rawHeaders: [], content: Buffer.from('a\nb') }
      expect(await verdict(message, [bare])).toBe('accepted')
    })

    it('that say they are XML must be', async () => {
      const message = withReference('cid:1', contentTransform, Buffer.from('x'))
      for (const content of ['<a>', '<!DOCTYPE a><a/>', '']) {
        expect(await verdict(message, [attachment('1', content, 'text/xml')])).toBe(
          'SIGNATURE_INVALID attachment 1',
        )
      }
    })
  })

  describe('with their header fields (Attachment-Complete)', () => {
    it('are digested with the five fields that count', async () => {
      const headers =
        'Content-Disposition:attachment;filename="a.pdf"\r\nContent-ID:<1>\r\nContent-Type:application/pdf\r\n'
      const message = withReference('cid:1', completeTransform, Buffer.from(`${headers}x`))
      const part = {
        contentId: '1',
        rawHeaders: [
          'content-type',
          'application/pdf',
          'Content-Transfer-Encoding',
          'binary',
          'Content-ID',
          '<1>',
          'content-disposition',
          'attachment; filename=a.pdf',
        ],
        content: Buffer.from('x'),
      }
      expect(await verdict(message, [part])).toBe('accepted')
      const other = { ...part, rawHeaders: ['Content-Type', 'text/html', 'Content-ID', '<1>'] }
      expect(await verdict(message, [other])).toBe('SIGNATURE_INVALID attachment 1')
    })
  })

  describe('that MTOM made of parts of the Body', () => {
    const photo = Buffer.from(Array.from({ length: 200_000 }, (_, at) => at % 251))
    const body = (inside: string): string =>
      `<g:foto xmlns:g="urn:gcq"><sekil>${inside}</sekil><ad>Şəfəq</ad></g:foto>`
    const include = (contentId: string): string =>
      `<x:Include xmlns:x="${xop}" href="cid:${contentId}"/>`
    const optimised = (signed: Buffer, to = include('f@g')): Buffer =>
      Buffer.from(signed.toString().replace(photo.toString('base64'), to))
    const part = attachment('f@g', photo)
    const ofPackage = (
      message: Buffer,
      attachments: readonly SoapAttachment[],
      isXop: boolean,
    ): Promise<string> => soapVerdict(soapContent(message, attachments, undefined, isXop), rules)
    const verdict = (message: Buffer, attachments: readonly SoapAttachment[]): Promise<string> =>
      ofPackage(message, attachments, true)

    it('are covered by the Body that was signed before', async () => {
      const message = optimised(signedMessage(consumer, { body: body(photo.toString('base64')) }))
      expect(message.length).toBeLessThan(10_000)
      expect(await verdict(message, [part])).toBe('accepted')
      const other = attachment('f@g', photo.subarray(1))
      expect(await verdict(message, [other])).toBe('SIGNATURE_INVALID Body')
      expect(await verdict(message, [part, attachment('2', 'x')])).toBe(
        'SIGNATURE_INVALID attachment 2',
      )
      expect(await verdict(message, [])).toBe('SIGNATURE_INVALID Body')
    })

    it('are not covered where the message is packed otherwise: there nobody puts them back', async () => {
      const message = optimised(signedMessage(consumer, { body: body(photo.toString('base64')) }))
      expect(await ofPackage(message, [part], false)).toBe('SIGNATURE_INVALID attachment 1')
      const apart = signedMessage(consumer, { body: body(include('f@g')), attachments: [part] })
      expect(await ofPackage(apart, [part], false)).toBe('accepted')
    })

    it('are covered by References of their own, where the Body was signed as it stands', async () => {
      const message = signedMessage(consumer, { body: body(include('f@g')), attachments: [part] })
      expect(await verdict(message, [part])).toBe('accepted')
      expect(await verdict(message, [attachment('f@g', 'x')])).toBe(
        'SIGNATURE_INVALID attachment 1',
      )
    })

    it('are not covered by an Include that was signed as it stands', async () => {
      const message = signedMessage(consumer, { body: body(include('f@g')) })
      expect(await verdict(message, [part])).toBe('SIGNATURE_INVALID Body')
    })

    it('are signed by the bus as part of the Body, as if MTOM had moved nothing', async () => {
      const beside = attachment('h@i', 'x')
      const attachments = [part, beside]
      const message = signedMessage(consumer, {
        ...{ body: body(include('f@g')), attachments, isXop: true },
      })
      expect(await verdict(message, attachments)).toBe('accepted')
      expect(await verdict(message, [attachment('f@g', 'x'), beside])).toBe(
        'SIGNATURE_INVALID Body',
      )
      const putBack = message.toString().replace(include('f@g'), photo.toString('base64'))
      expect(await verdict(Buffer.from(putBack), [beside])).toBe('accepted')
    })

    it('are signed by the bus one by one, where an Include is none of XOP', async () => {
      const twice = body(`${include('f@g')}${include('f@g')}`)
      const message = signedMessage(consumer, { body: twice, attachments: [part], isXop: true })
      expect(await verdict(message, [part])).toBe('accepted')
    })

    it.each([
      ['not alone', `${include('f@g')}<x/>`],
      ['beside text', `x${include('f@g')}`],
      ['of something that is not there', include('2')],
      ['without href', `<x:Include xmlns:x="${xop}"/>`],
      ['of a web page', `<x:Include xmlns:x="${xop}" href="http://evil.example/"/>`],
      ['of one part twice', `${include('f@g')}</sekil><sekil>${include('f@g')}`],
      ['with something inside', `<x:Include xmlns:x="${xop}" href="cid:f@g">x</x:Include>`],
    ])('are refused with an Include %s', async (_how, inside) => {
      const message = optimised(
        signedMessage(consumer, { body: body(photo.toString('base64')) }),
        inside,
      )
      expect(await verdict(message, [part])).toMatch(/^SIGNATURE_INVALID (Include|Reference)$/)
    })
  })
})

describe('MIME header fields in canonical form (SwA Profile 1.1 section 5.4.1)', () => {
  const canonical = (...rawHeaders: string[]): string =>
    canonicalMimeHeaders(rawHeaders).toString('utf8')

  it('have a type even where none is said', () => {
    expect(canonical()).toBe('Content-Type:text/plain;charset="us-ascii"\r\n')
  })

  // The values are those that WSS4J's own tests expect of its reading of the profile.
  it.each([
    [
      'Message/External-Body; access-type=URL;URL*0="ftp://";URL*1="cs.utk.edu/pub/moore/bulk-mailer/bulk-mailer.tar";test=true',
      'message/external-body;access-type="URL";test="true";url="ftp://cs.utk.edu/pub/moore/bulk-mailer/bulk-mailer.tar"',
    ],
    [
      "application/x-stuff;title*=us-ascii'en-us'This%20is%20%2A%2A%2Afun%2A%2A%2A",
      'application/x-stuff;title="This is ***fun***"',
    ],
    [
      "application/x-stuff;title*1*=us-ascii'en'This%20is%20even%20more%20;title*2*=%2A%2A%2Afun%2A%2A%2A%20;title*3=\"isn't it!\"",
      'application/x-stuff;title="This is even more ***fun*** isn\'t it!"',
    ],
    ['Text/HTML (a comment; with="it"); Charset=UTF-8', 'text/html ;charset="utf-8"'],
    ['text/plain;\r\n\tcharset="US-ASCII"', 'text/plain;charset="us-ascii"'],
    ['multipart/x; name="a\\"b;c"', 'multipart/x;name="a\\"b;c"'],
    [' Application/PDF', 'Application/PDF'],
  ])('of Content-Type: %s', (value, expected) => {
    expect(canonical('CONTENT-TYPE', value)).toBe(`Content-Type:${expected}\r\n`)
  })

  it('of the others, in the order of their names', () => {
    expect(
      canonical(
        'Content-Type',
        'a/b',
        'X-Other',
        'x',
        'content-location',
        ' http://a/(b)c',
        'CONTENT-id',
        '<a@b>',
        'Content-Disposition',
        'inline',
        'content-description',
        '=?utf-8?Q?=C5=9E=C9=99kil?= =?ISO-8859-1?B?4Q==?= =?x?Q?a?=',
      ),
    ).toBe(
      'Content-Description:Şəkilá=?x?Q?a?=\r\nContent-Disposition:inline\r\nContent-ID:<a@b>\r\n' +
        'Content-Location:http://a/c\r\nContent-Type:a/b\r\n',
    )
  })
})
