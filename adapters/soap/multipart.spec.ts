import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { attachmentsMax, partHeadBytesMax, soapStartBytesMax } from '../../src/limits/soap.js'
import { makeTestTrust, signedMessage, soapContent, verifySoap } from '../../test/support/wss.js'
import { readContentType, type MultipartContentType } from './content-type.js'
import { readMultipart, readSoapStart, soapStartWantedBytes } from './multipart.js'
import { PackagingError } from '../../src/http/packaging-error.js'
import { replaceSoapPart } from './replace-soap-part.js'

const crlf = Buffer.from('\r\n')
const envelope =
  '<S:Envelope xmlns:S="http://schemas.xmlsoap.org/soap/envelope/"><S:Body/></S:Envelope>'
const swa = multipartType('multipart/related; type="text/xml"; boundary=b1; start="<soap>"')
const soapHead = 'Content-Type: text/xml; charset=UTF-8\r\nContent-ID: <soap>'
const soapPart = part(soapHead, envelope)
const pdf = part('Content-Type: application/pdf\r\nContent-ID: <a@agency.gov.az>', 'fayl')

function multipartType(contentType: string): MultipartContentType {
  const type = readContentType(contentType)
  if (type.packaging === 'plain') throw new Error('not a multipart')
  return type
}

function part(head: string, content: string | Buffer): Buffer {
  return Buffer.concat([Buffer.from(`--b1\r\n${head}\r\n\r\n`), Buffer.from(content), crlf])
}

function body(...parts: (Buffer | string)[]): Buffer {
  return Buffer.concat([...parts, '--b1--\r\n'].map((each) => Buffer.from(each)))
}

/** `field` of the refusal, or undefined. */
function refusal(act: () => unknown): string | undefined {
  try {
    act()
    return undefined
  } catch (error) {
    if (!(error instanceof PackagingError)) throw error
    return error.field
  }
}

const refusalOf = (bytes: Buffer, type = swa) => refusal(() => readMultipart(bytes, type))

describe('a multipart/related body (RFC 2046, RFC 2387, SwA, MTOM)', () => {
  it('gives the envelope, the attachments with their header fields, and where they stand', () => {
    const bytes = body(soapPart, pdf)
    const { soapPart: first, attachments } = readMultipart(bytes, swa)
    expect(first.envelope.toString()).toBe(envelope)
    expect(bytes.toString('utf8', first.content.start, first.content.end)).toBe(envelope)
    expect(first.rawHeaders).toEqual([
      'Content-Type',
      'text/xml; charset=UTF-8',
      'Content-ID',
      '<soap>',
    ])
    expect(attachments).toEqual([
      {
        contentId: 'a@agency.gov.az',
        rawHeaders: ['Content-Type', 'application/pdf', 'Content-ID', '<a@agency.gov.az>'],
        content: Buffer.from('fayl'),
      },
    ])
  })

  it('is taken apart as MTOM, as Axis, CXF and WCF write it', () => {
    const type = multipartType(
      'multipart/related; start-info="application/soap+xml"; type="application/xop+xml"; boundary="b1";start="<root@x>"; action="urn:x"',
    )
    expect(type).toMatchObject({ packaging: 'mtom', version: '1.2', action: 'urn:x' })
    const root =
      'Content-ID: <root@x>\r\nContent-Transfer-Encoding: 8bit\r\n' +
      'Content-Type: application/xop+xml;charset=utf-8;type="application/soap+xml;action=\\"urn:x\\""'
    expect(readMultipart(body(crlf, part(root, envelope)), type).attachments).toEqual([])
  })

  it.each([
    ['7bit', 'a=C3', 'a=C3'],
    ['8BIT', 'ə', 'ə'],
    ['binary', '\r\n--b\r\n', '\r\n--b\r\n'],
    ['base64', 'xZ5\r\n9ZnE\r\nmcQ==', Buffer.from('xZ59ZnEmcQ==', 'base64').toString('latin1')],
    ['Quoted-Printable', 'a=C9=\r\n=99\r\nb =\r\nc', 'aə\r\nb c'],
  ])('undoes the transfer encoding %s', (encoding, sent, content) => {
    const bytes = body(
      soapPart,
      part(`Content-ID: <a>\r\nContent-Transfer-Encoding: ${encoding}`, sent),
    )
    const latin1 = encoding === 'base64'
    const found = readMultipart(bytes, swa).attachments[0]?.content as Buffer
    expect(found.toString(latin1 ? 'latin1' : 'utf8')).toBe(content)
  })

  it.each([
    ['text before the first boundary', body('a\r\n', soapPart), 'multipart'],
    [
      'text after the last boundary',
      Buffer.concat([body(soapPart), Buffer.from('x')]),
      'multipart',
    ],
    ['no last boundary', soapPart, 'multipart'],
    ['no boundary at all', Buffer.from(envelope), 'multipart'],
    ['nothing', Buffer.alloc(0), 'multipart'],
    ['blanks behind a boundary', body('--b1 ', soapPart.subarray(4)), 'multipart'],
    [
      'a boundary that goes on',
      body(soapPart, '--b1x\r\nContent-ID: <a>\r\n\r\n\r\n'),
      'multipart',
    ],
    ['a boundary in the header', body(soapPart, part('Content-ID: <a>', '--b1\r\n')), 'multipart'],
    ['lines ended by LF', body(soapPart.toString().replaceAll('\r\n', '\n')), 'multipart'],
    ['a part without content', body(soapPart, '--b1\r\nContent-ID: <a>\r\n\r\n'), 'multipart'],
    ['a part without header', body(soapPart, '--b1\r\n\r\nabc\r\n'), 'multipart'],
    [
      'a repeated field',
      body(soapPart, part('Content-ID: <a>\r\ncontent-id: <b>', '')),
      'multipart',
    ],
    ['a NUL in a field', body(soapPart, part('Content-ID: <a>\r\nX: \0', '')), 'multipart'],
    ['a bare CR in a field', body(soapPart, part('Content-ID: <a>\r\nX: \rY', '')), 'multipart'],
    [
      'a header without end',
      body(soapPart, part(`X: ${'x'.repeat(partHeadBytesMax)}`, '')),
      'multipart',
    ],
    ['a field without name', body(soapPart, part('Content-ID: <a>\r\nX Y: 1', '')), 'multipart'],
    [
      'a nested multipart',
      body(soapPart, part('Content-ID: <a>\r\nContent-Type: multipart/mixed', '')),
      'multipart',
    ],
    ['no Content-ID', body(soapPart, part('Content-Location: a', 'x')), 'Content-ID'],
    ['a Content-ID without brackets', body(soapPart, part('Content-ID: a', 'x')), 'Content-ID'],
    ['the same Content-ID twice', body(soapPart, pdf, pdf), 'Content-ID'],
    [
      "the SOAP part's Content-ID again",
      body(soapPart, part('Content-ID: <soap>', 'x')),
      'Content-ID',
    ],
    [
      'an unknown encoding',
      body(soapPart, part('Content-ID: <a>\r\nContent-Transfer-Encoding: x-uuencode', '')),
      'Content-Transfer-Encoding',
    ],
    [
      'broken base64',
      body(soapPart, part('Content-ID: <a>\r\nContent-Transfer-Encoding: base64', 'abc')),
      'Content-Transfer-Encoding',
    ],
    [
      'base64 after its end',
      body(soapPart, part('Content-ID: <a>\r\nContent-Transfer-Encoding: base64', 'ab==abcd')),
      'Content-Transfer-Encoding',
    ],
    [
      'broken quoted-printable',
      body(soapPart, part('Content-ID: <a>\r\nContent-Transfer-Encoding: quoted-printable', 'a=3')),
      'Content-Transfer-Encoding',
    ],
    [
      'blanks at a quoted end',
      body(soapPart, part('Content-ID: <a>\r\nContent-Transfer-Encoding: quoted-printable', 'a ')),
      'Content-Transfer-Encoding',
    ],
    [
      'an encoded SOAP part',
      body(part(`${soapHead}\r\nContent-Transfer-Encoding: base64`, 'PGE+')),
      'Content-Transfer-Encoding',
    ],
    [
      'start that names another part',
      body(part('Content-Type: text/xml\r\nContent-ID: <x>', ''), soapPart),
      'start',
    ],
    [
      'a SOAP part of another type',
      body(part('Content-Type: application/soap+xml\r\nContent-ID: <soap>', '')),
      'SOAP part',
    ],
    [
      'a SOAP part in another charset',
      body(part('Content-Type: text/xml; charset=utf-16\r\nContent-ID: <soap>', '')),
      'charset',
    ],
  ])('is refused with %s', (_, bytes, field) => {
    expect(refusalOf(bytes)).toBe(field)
  })

  it('holds attachments up to the limit', () => {
    const parts = (count: number) =>
      Array.from({ length: count }, (_, index) => part(`Content-ID: <${index}>`, 'x'))
    expect(refusalOf(body(soapPart, ...parts(attachmentsMax)))).toBeUndefined()
    expect(refusalOf(body(soapPart, ...parts(attachmentsMax + 1)))).toBe('multipart')
  })

  it('keeps folded fields folded, and file names in UTF-8', () => {
    const fields = 'Content-ID: <a>\r\nContent-Type: text/plain;\r\n\tname="arayış.pdf"'
    expect(
      readMultipart(body(soapPart, part(fields, 'x')), swa).attachments[0]?.rawHeaders,
    ).toEqual(['Content-ID', '<a>', 'Content-Type', 'text/plain;\r\n\tname="arayış.pdf"'])
  })

  it('goes on with another envelope and every other byte as it was', () => {
    const withLength = part(`Content-Length: 9\r\n${soapHead}`, envelope)
    const parsed = readMultipart(body(withLength, pdf), swa)
    const other = Buffer.from('<other/>')
    expect(replaceSoapPart(parsed, other)).toEqual(body(part(soapHead, '<other/>'), pdf))
    expect(refusal(() => replaceSoapPart(parsed, Buffer.from('<a>\n--b1\n</a>')))).toBe('boundary')
  })

  it('what was put in comes out, and any other bytes are refused', () => {
    const content = fc.uint8Array({ maxLength: 60 }).map((octets) => Buffer.from(octets))
    fc.assert(
      fc.property(content, content, (first, second) => {
        fc.pre(!first.includes('--b1') && !second.includes('--b1'))
        const bytes = body(part(soapHead, first), part('Content-ID: <a>', second))
        const parsed = readMultipart(bytes, swa)
        expect(parsed.soapPart.envelope.equals(first)).toBe(true)
        expect(second.equals(parsed.attachments[0]!.content)).toBe(true)
        expect(replaceSoapPart(parsed, first)).toEqual(bytes)
      }),
    )
    const piece = fc.constantFrom<Buffer | string>(
      ...['--b1', '--', '\r\n', '\n', 'Content-ID: <a>', soapPart, pdf, 'x', ': ', ' '],
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        refusalOf(Buffer.concat([soapPart, ...pieces].map((each) => Buffer.from(each))))
      }),
      { numRuns: 2_000 },
    )
  })
})

describe('a signed multipart', () => {
  it('is verified by its beginning and by its parts, base64 or not', async () => {
    const trust = await makeTestTrust()
    const consumer = await trust.authority.issue({ keyType: 'p256' })
    trust.register(consumer)
    const content = Buffer.from('fayl \0\r\n--b')
    const rawHeaders = ['Content-Type', 'application/pdf']
    const signed = signedMessage(consumer, {
      attachments: [{ contentId: 'a', rawHeaders, content }],
    })
    const attachment = 'Content-Type: application/pdf\r\nContent-ID: <a>'
    const encoded = `${attachment}\r\nContent-Transfer-Encoding: base64`
    for (const sent of [part(attachment, content), part(encoded, content.toString('base64'))]) {
      const bytes = body(part(soapHead, signed), sent)
      const { start, isWhole } = readSoapStart(bytes, true, swa)
      const { soapPart: first, attachments } = readMultipart(bytes, swa)
      const verified = await verifySoap(
        {
          ...soapContent(first.envelope, attachments),
          start,
          startIsWhole: isWhole,
        },
        trust.rules(),
      )
      expect(verified.attachments[0]?.content).toEqual(content)
    }
  })
})

describe('the beginning of a multipart', () => {
  it('gives as much of the envelope as has surely come', () => {
    const bytes = body(soapPart, pdf)
    for (let length = soapPart.indexOf('<S:'); length < bytes.length; length++) {
      const { start, isWhole } = readSoapStart(bytes.subarray(0, length), false, swa)
      expect(envelope.startsWith(start.toString())).toBe(true)
      expect(isWhole).toBe(start.length === envelope.length && length >= soapPart.length + 4)
    }
    expect(refusal(() => readSoapStart(bytes.subarray(0, 100), true, swa))).toBe('multipart')
  })

  it.each([-1, 0, 1])('tells a whole envelope at its limit and %d', (more) => {
    const long = Buffer.alloc(soapStartBytesMax + more, 'x')
    const head = `${soapHead}\r\nX: ${'x'.repeat(partHeadBytesMax - soapHead.length - 9)}`
    const bytes = body(crlf, part(head, long), pdf, part('Content-ID: <b>', Buffer.alloc(9_000)))
    const { start, isWhole } = readSoapStart(bytes.subarray(0, soapStartWantedBytes), false, swa)
    expect(start.length).toBe(Math.min(long.length, soapStartBytesMax))
    expect(isWhole).toBe(more <= 0)
  })
})
