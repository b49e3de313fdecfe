import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { anyCharacter } from '../../test/support/any-character.js'
import { attachmentsMax } from '../limits/soap.js'
import { isFormData, isPartName, readFormData, writeFormData } from './form-data.js'
import { PackagingError } from './packaging-error.js'

const type = 'multipart/form-data; boundary=b1'
const field = 'Content-Disposition: form-data; name="a"'
const part = (head: string, content = 'x'): string => `--b1\r\n${head}\r\n\r\n${content}\r\n`
const body = (...parts: string[]): Buffer => Buffer.from(`${parts.join('')}--b1--\r\n`)

function refusal(bytes: Buffer, contentType = type): string {
  try {
    readFormData(contentType, bytes)
    return 'none'
  } catch (error) {
    if (!(error instanceof PackagingError)) throw error
    return error.field
  }
}

describe('a form', () => {
  it('is read as other clients write it', async () => {
    const form = new FormData()
    form.set('message', new Blob(['{}'], { type: 'application/json' }))
    form.set('sənəd', new Blob([Uint8Array.of(0, 13, 10, 45, 45, 255)]), 'ərizə "1".pdf')
    const response = new Response(form)
    const contentType = response.headers.get('content-type') ?? ''
    const bytes = new Uint8Array(await response.arrayBuffer())
    expect(isFormData(contentType)).toBe(true)
    expect(readFormData(contentType, bytes)).toMatchObject([
      { name: 'message', mediaType: 'application/json', content: Buffer.from('{}') },
      {
        name: 'sənəd',
        mediaType: 'application/octet-stream',
        content: Buffer.from([0, 13, 10, 45, 45, 255]),
      },
    ])
  })

  it('that we write is read by others, byte for byte', async () => {
    const content = Buffer.from([0, 13, 10, 45, 45, 255])
    const written = { name: 'sənəd', isFile: true, mediaType: 'application/pdf', content }
    const { contentType, payload } = writeFormData([written])
    const response = new Response(payload, { headers: { 'content-type': contentType } })
    // eslint-disable-next-line @typescript-eslint/no-deprecated -- another reader than ours
    const file = (await response.formData()).get('sənəd') as File
    expect(file.type).toBe('application/pdf')
    expect(Buffer.from(await file.arrayBuffer())).toEqual(content)
  })

  it('goes there and back unchanged', () => {
    const parts = fc.array(
      fc.record({
        name: fc.string({ minLength: 1, unit: anyCharacter }).filter(isPartName),
        isFile: fc.boolean(),
        mediaType: fc.constantFrom('application/pdf', 'text/plain; charset=utf-8'),
        content: fc.uint8Array({ maxLength: 300 }),
      }),
      { minLength: 1, maxLength: 5 },
    )
    fc.assert(
      fc.property(parts, (all) => {
        const { contentType, payload } = writeFormData(all)
        const read = readFormData(contentType, payload)
        expect(read).toEqual(
          all.map(({ name, mediaType, content }) => ({
            ...{ name, mediaType },
            content: Buffer.from(content),
          })),
        )
      }),
      { numRuns: 200 },
    )
  })

  it.each([
    ['no boundary', body(part(field)), 'Content-Type', 'multipart/form-data'],
    ['text before the first boundary', body('x\r\n', part(field)), 'multipart'],
    ['text after the last', Buffer.from(`${part(field)}--b1--\r\nx`), 'multipart'],
    ['a blank behind a boundary', Buffer.from(`${part(field)}--b1 \r\n`), 'multipart'],
    ['no end', Buffer.from(part(field)), 'multipart'],
    ['no parts', body(), 'multipart'],
    ['a part without content', Buffer.from(`--b1\r\n${field}\r\n\r\n--b1--`), 'multipart'],
    ['a part without name', body(part('Content-Type: a/b')), 'Content-Disposition'],
    ['two names', body(part(`${field}; name="b"`)), 'Content-Disposition'],
    ['an escaped name', body(part(field.replace('"a"', '"a\\"b"'))), 'Content-Disposition'],
    ['an encoded name', body(part(field.replace('"a"', '"a%22"'))), 'Content-Disposition'],
    ['a filename*', body(part(`${field}; filename*=UTF-8''x`)), 'Content-Disposition'],
    [
      'base64',
      body(part(`${field}\r\nContent-Transfer-Encoding: base64`)),
      'Content-Transfer-Encoding',
    ],
    ['a multipart in it', body(part(`${field}\r\nContent-Type: multipart/mixed`)), 'multipart'],
    ['too many parts', body(...Array<string>(attachmentsMax + 2).fill(part(field))), 'multipart'],
  ])('with %s is refused', (_, bytes, expected, contentType = type) => {
    expect(refusal(bytes, contentType)).toBe(expected)
  })

  it('of any bytes is read or refused, and nothing else happens', () => {
    const piece = fc.constantFrom(
      ...['--b1', '--', '\r\n', '\n', '"', ';', 'x', '\r\n\r\n', field, '; name=', 'filename="\\'],
      ...[part(field), '--b1--\r\n', 'Content-Type: a/b', 'ə', '\0'],
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 14 }), (pieces) => {
        refusal(Buffer.from(`--b1\r\n${pieces.join('')}`))
        refusal(body(part(pieces.join(''))))
        refusal(body(part(field)), pieces.join(''))
      }),
      { numRuns: 3_000 },
    )
  })
})
