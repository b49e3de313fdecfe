import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { der, distinguishedName, oid, sequence, text } from '../../../test/support/der-writer.js'
import { DerReader } from './der.js'
import { readName, type Name } from './name.js'
import { namesSame } from './name-text.js'

const [commonName, organisation, country] = ['2.5.4.3', '2.5.4.10', '2.5.4.6']
const nameOf = (...parts: Parameters<typeof distinguishedName>[0]): Name =>
  readName(new DerReader(distinguishedName(parts)))
const ministry = nameOf([country, 'AZ'], [organisation, 'Vergilər Nazirliyi'], [commonName, 'GCQ'])

describe('a distinguished name as text', () => {
  it.each([
    'CN=GCQ,O=Vergilər Nazirliyi,C=AZ',
    'CN=GCQ, O=Vergilər Nazirliyi, C=AZ',
    '  cn = gcq ;o=vergilər   nazirliyi; c=az ',
    'C=AZ, O=Vergilər Nazirliyi, CN=GCQ',
    'CN=GCQ,O=Vergil\\C9\\99r Nazirliyi,C=AZ',
    'CN="GCQ",O="Vergilər Nazirliyi",C="AZ"',
    'oid.2.5.4.3=GCQ,2.5.4.10=Vergilər Nazirliyi,C=\\41Z',
    '2.5.4.3=#0c03474351,O=Vergilər Nazirliyi,C=#1302415a',
  ])('%s names the ministry', (written) => {
    expect(namesSame(written, ministry)).toBe(true)
  })

  it.each([
    '',
    'CN=GCQ',
    'CN=GCQ,O=Vergilər Nazirliyi',
    'CN=GCQ,O=Vergilər Nazirliyi,C=AZ,C=AZ',
    'O=Vergilər Nazirliyi,CN=GCQ,C=AZ',
    'CN=GCQ+O=Vergilər Nazirliyi,C=AZ',
    'CN=GCQ2,O=Vergilər Nazirliyi,C=AZ',
    'OU=GCQ,O=Vergilər Nazirliyi,C=AZ',
    'CN=GCQ,O=Vergilər Nazirliyi,C=AZ,',
    'CN=GCQ,O=Vergilər Nazirliyi,C="AZ',
    'CN=GCQ,O=Vergilər Nazirliyi,C=A\\',
    'CN=GCQ,O=Vergilər Nazirliyi,C',
    'CN=#0c03,O=Vergilər Nazirliyi,C=AZ',
    'XY=GCQ,O=Vergilər Nazirliyi,C=AZ',
  ])('%s does not', (written) => {
    expect(namesSame(written, ministry)).toBe(false)
  })

  it.each([
    ['separators', 'a,b+c;d', 'CN=a\\,b\\+c\\;d'],
    ['separators in quotes', 'a,b+c;d', 'CN="a,b+c;d"'],
    ['quotes and backslashes', 'a"b\\c', 'CN=a\\"b\\\\c'],
    ['quotes in quotes', 'a"b', 'CN="a\\"b"'],
    ['a number sign', '#1', 'CN=\\#1'],
    ['an equals sign', 'a=b', 'CN=a=b'],
    ['letters of two octets', 'ə', 'CN=\\c9\\99'],
    ['nothing', '', 'CN='],
  ])('may hold %s', (_what, value, written) => {
    expect(namesSame(written, nameOf([commonName, value]))).toBe(true)
  })

  it('may have several attributes in one part, in any order', () => {
    const both = sequence(
      der(
        0x31,
        sequence(oid(commonName), text(0x0c, 'a')),
        sequence(oid(organisation), text(0x0c, 'b')),
      ),
    )
    const name = readName(new DerReader(both))
    expect(namesSame('CN=a+O=b', name)).toBe(true)
    expect(namesSame('O=b + CN=a', name)).toBe(true)
    expect(namesSame('CN=a,O=b', name)).toBe(false)
  })

  it('is read or not, whatever it is', () => {
    const piece = fc.constantFrom(
      'CN=',
      'O=',
      ',',
      '+',
      ';',
      '"',
      '\\',
      '#',
      'a',
      ' ',
      '=',
      '41',
      '\n',
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
        expect(typeof namesSame(pieces.join(''), ministry)).toBe('boolean')
      }),
    )
  })
})
