import { afterAll, afterEach, describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { randomBytes } from 'node:crypto'
import { collected } from '../../test/support/held.js'
import { TestSpool } from '../../test/support/spool.js'
import { spoolPieceBytes } from '../../src/limits/http.js'
import { xmlAttachmentBytesMax } from '../../src/limits/soap.js'
import { readContentType, type MultipartContentType } from './content-type.js'
import { contentDecoder, DecodedContent } from './decoded-content.js'
import { readMultipart } from './multipart.js'
import { MultipartScanner } from './multipart-scanner.js'
import { PackagingError } from '../../src/http/packaging-error.js'
import { readSpooledMultipart } from './spooled-multipart.js'

const spool = new TestSpool()
afterEach(() => spool.forget())
afterAll(() => spool.close())

const type = readContentType(
  'multipart/related; type="text/xml"; boundary=b1',
) as MultipartContentType
const envelope =
  '<S:Envelope xmlns:S="http://schemas.xmlsoap.org/soap/envelope/"><S:Body/></S:Envelope>'
const soapPart = part('Content-Type: text/xml', envelope)

function part(head: string, content: string | Uint8Array): Buffer {
  return Buffer.concat([
    Buffer.from(`--b1\r\n${head}\r\n\r\n`),
    Buffer.from(content as Uint8Array),
    Buffer.from('\r\n'),
  ])
}

function body(...parts: (Buffer | string)[]): Buffer {
  return Buffer.concat([...parts, '--b1--\r\n'].map((each) => Buffer.from(each as Buffer)))
}

/** What is found in a body that comes in chunks of these sizes, the last of them again and again. */
function scanned(bytes: Buffer, sizes: readonly number[]): unknown {
  const decoded: (DecodedContent | undefined)[] = []
  const scanner = new MultipartScanner(type, (head) => {
    const decoder = contentDecoder(head)
    const content = decoder && new DecodedContent(decoder, true)
    decoded.push(content)
    return content
  })
  const chunk = Buffer.alloc(bytes.length)
  try {
    for (let at = 0, index = 0; at < bytes.length; index++) {
      const size = Math.max(1, sizes[Math.min(index, sizes.length - 1)] ?? bytes.length)
      // Each in the same memory, as who brings them may use it again.
      const length = bytes.copy(chunk, 0, at, at + size)
      scanner.push(chunk.subarray(0, length))
      at += length
    }
    const { soapPart: first, attachments } = scanner.end()
    return {
      first,
      attachments,
      decoded: decoded.map((content) => content?.bytes.toString('latin1')),
    }
  } catch (error) {
    if (!(error instanceof PackagingError)) throw error
    return { field: error.field, detail: error.message }
  }
}

function whole(bytes: Buffer): unknown {
  return scanned(bytes, [bytes.length])
}

const encoded = (encoding: string, content: string) =>
  part(`Content-ID: <${encoding}>\r\nContent-Transfer-Encoding: ${encoding}`, content)

describe('a multipart that comes in chunks', () => {
  it.each([1, 2, 3, 7])('of %d bytes is the same as in one', (size) => {
    const bytes = body(
      '\r\n',
      soapPart,
      part('Content-ID: <a>\r\nContent-Type: application/pdf', '\r\n--b\r\n-b1--\r\n\r\n'),
      encoded('base64', 'xZ5\r\n9ZnE\r\nmcQ=='),
      encoded('quoted-printable', 'a=C9=\r\n=99\r\nb =\r\nc'),
    )
    expect(scanned(bytes, [size])).toEqual(whole(bytes))
    expect(whole(bytes)).toMatchObject({
      attachments: [{ contentId: 'a' }, { contentId: 'base64' }, { contentId: 'quoted-printable' }],
      decoded: [
        undefined,
        Buffer.from('xZ59ZnEmcQ==', 'base64').toString('latin1'),
        Buffer.from('aə\r\nb c').toString('latin1'),
      ],
    })
  })

  it('of any sizes is the same as in one, or refused for the same reason', () => {
    const piece = fc.constantFrom<Buffer | string>(
      ...['--b1', '--', '\r\n', '\n', '\r', 'Content-ID: <a>', 'Content-ID: <b>', 'x', ': ', ' '],
      ...['Content-Transfer-Encoding: base64', 'Content-Transfer-Encoding: quoted-printable'],
      ...[
        'YWJj',
        'ab==',
        '=',
        '=3',
        '=3D',
        '=\r\n',
        '\r\n--b1',
        '--b1--\r\n',
        '--b1\r\n',
        '\r\n\r\n',
      ],
      ...[soapPart, part('Content-ID: <c>', 'y'), encoded('base64', 'YWI=')],
    )
    const sizes = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 8 })
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 14 }), sizes, (pieces, each) => {
        const bytes = Buffer.concat([soapPart, ...pieces].map((one) => Buffer.from(one as Buffer)))
        expect(scanned(bytes, each)).toEqual(whole(bytes))
      }),
      { numRuns: 3_000 },
    )
  })

  it('undoes any base64 and any quoted-printable as one decoder would do all of it', () => {
    const octets = fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes))
    fc.assert(
      fc.property(octets, fc.integer({ min: 1, max: 50 }), (content, size) => {
        const lines = content.toString('base64').replace(/.{1,76}/g, '$&\r\n')
        const quoted = [...content].map((octet) => `=${octet.toString(16).padStart(2, '0')}`)
        const bytes = body(
          soapPart,
          encoded('base64', lines),
          encoded('quoted-printable', quoted.join('').replace(/.{1,72}/g, '$&=\r\n')),
        )
        const latin1 = content.toString('latin1')
        expect(scanned(bytes, [size])).toMatchObject({ decoded: [latin1, latin1] })
      }),
      { numRuns: 200 },
    )
  })
})

describe('a multipart on the spool', () => {
  async function spooled(bytes: Buffer) {
    let heldBytes = 0
    const read = await readSpooledMultipart(await spool.keep(bytes), type, (more) => {
      heldBytes += more
    })
    return { ...read, heldBytes }
  }

  it('is the same as in memory, its attachments read where they are', async () => {
    const large = randomBytes(3 * spoolPieceBytes + 1)
    const bytes = body(
      soapPart,
      part('Content-ID: <large>\r\nContent-Type: application/pdf', large),
      part(
        'Content-ID: <text>\r\nContent-Type: text/plain\r\nContent-Transfer-Encoding: base64',
        large.toString('base64'),
      ),
      part('Content-ID: <xml>\r\nContent-Type: application/pdf+xml', '<a/>'),
      part('Content-ID: <empty>', ''),
    )
    const read = await spooled(bytes)
    const inMemory = readMultipart(bytes, type)
    expect(read.envelope.equals(inMemory.soapPart.envelope)).toBe(true)
    expect(read.soapPart.content).toEqual(inMemory.soapPart.content)
    expect(read.attachments.map(({ contentId }) => contentId)).toEqual([
      ...['large', 'text', 'xml', 'empty'],
    ])
    for (const [index, { content, rawHeaders }] of read.attachments.entries()) {
      const expected = inMemory.attachments[index]!
      expect(rawHeaders).toEqual(expected.rawHeaders)
      expect(content.length).toBe(expected.content.length)
      expect((await collected(content)).equals(expected.content)).toBe(true)
    }
    // The envelope, and the XML that somebody may have to canonicalise.
    expect(read.heldBytes).toBe(envelope.length + '<a/>'.length)
  })

  it('keeps an XML attachment there that is too long for memory', async () => {
    const xml = Buffer.alloc(xmlAttachmentBytesMax + 1, 'x')
    const bytes = body(soapPart, part('Content-ID: <xml>\r\nContent-Type: Text/XML; a=b', xml))
    const { attachments, heldBytes } = await spooled(bytes)
    expect(attachments[0]?.content).not.toBeInstanceOf(Uint8Array)
    expect(heldBytes).toBe(envelope.length)
  })

  it.each([
    ['broken', body(soapPart, '--b1 '), 'multipart'],
    ['without end', soapPart, 'multipart'],
    ['with broken base64', body(soapPart, encoded('base64', 'abc')), 'Content-Transfer-Encoding'],
  ])('is refused when it is %s', async (_, bytes, field) => {
    await expect(spooled(bytes)).rejects.toMatchObject({ name: 'PackagingError', field })
  })

  it('is refused where its envelope finds no room in memory', async () => {
    const payload = await spool.keep(body(soapPart))
    const full = (): void => {
      throw new Error('no room')
    }
    await expect(readSpooledMultipart(payload, type, full)).rejects.toThrow('no room')
  })
})
