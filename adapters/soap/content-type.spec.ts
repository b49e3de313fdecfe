import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { checkSoapPartType, readContentType, type MultipartContentType } from './content-type.js'
import { PackagingError } from '../../src/http/packaging-error.js'

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

describe('the Content-Type of a SOAP message', () => {
  it.each([
    ['text/xml', { packaging: 'plain', version: '1.1', action: undefined }],
    ['Text/XML;charset="UTF-8";', { packaging: 'plain', version: '1.1', action: undefined }],
    [
      'application/soap+xml; charset=utf-8; action="urn:\\"x\\""',
      { packaging: 'plain', version: '1.2', action: 'urn:"x"' },
    ],
    [
      'multipart/related; type=text/xml; start=<a>; boundary="=_b 1"',
      { packaging: 'swa', version: '1.1', action: undefined, boundary: '=_b 1', start: 'a' },
    ],
  ])('%s', (value, expected) => {
    expect(readContentType(value)).toEqual(expected)
  })

  it.each([
    [undefined, 'Content-Type'],
    ['', 'Content-Type'],
    ['text/html', 'Content-Type'],
    ['application/json', 'Content-Type'],
    ['text/xml, text/xml', 'Content-Type'],
    ['text/xml; charset', 'Content-Type'],
    ['text/xml; charset="utf-8', 'Content-Type'],
    ['text/xml; charset=utf-8; charset=utf-16', 'Content-Type'],
    ['text/xml; charset=windows-1251', 'charset'],
    ['multipart/related; type="text/xml"', 'boundary'],
    ['multipart/related; type="text/xml"; boundary="b "', 'boundary'],
    [`multipart/related; type="text/xml"; boundary=${'b'.repeat(71)}`, 'boundary'],
    ['multipart/related; boundary=b', 'type'],
    ['multipart/related; type="text/plain"; boundary=b', 'type'],
    ['multipart/related; type="application/xop+xml"; boundary=b', 'start-info'],
    ['multipart/mixed; boundary=b', 'Content-Type'],
  ])('%s is refused by name', (value, field) => {
    expect(refusal(() => readContentType(value))).toBe(field)
  })

  it('any text is read or refused', () => {
    const piece = fc.constantFrom(
      'text/xml',
      'multipart/related',
      ';',
      '=',
      '"',
      '\\',
      ' ',
      'type',
      'ə',
    )
    fc.assert(
      fc.property(fc.array(fc.oneof(piece, fc.string())), (pieces) => {
        refusal(() => readContentType(pieces.join('')))
      }),
      { numRuns: 1_000 },
    )
  })
})

describe('the action that the SOAP part of a multipart repeats', () => {
  const swa = readContentType(
    'multipart/related; type="application/soap+xml"; boundary=b; action="urn:x"',
  ) as MultipartContentType
  const mtom = readContentType(
    'multipart/related; type="application/xop+xml"; start-info="application/soap+xml"; boundary=b',
  ) as MultipartContentType

  it.each([
    ['application/soap+xml', swa],
    ['application/soap+xml; action="urn:x"', swa],
    ['application/xop+xml; type="application/soap+xml"', mtom],
  ])('%s: taken', (value, of) => {
    expect(() => checkSoapPartType(value, of)).not.toThrow()
  })

  it.each([
    ['application/soap+xml; action="urn:y"', swa],
    ['application/xop+xml; type="application/soap+xml; action=urn:y"', mtom],
    ['application/xop+xml; type="application/soap+xml"; action="urn:y"', mtom],
  ])('%s: refused, where the multipart names another or none', (value, of) => {
    expect(refusal(() => checkSoapPartType(value, of))).toBe('SOAP part')
  })
})
