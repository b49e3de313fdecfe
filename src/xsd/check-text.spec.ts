import { describe, expect, it } from '@jest/globals'
import { schemasOf } from '../../test/support/schema-story.js'
import { xsdLimits } from '../limits/contracts.js'
import { builtInType } from './built-in-types.js'
import { checkText, normaliseText, valueKey } from './check-text.js'
import type { SimpleType } from './schema-model.js'

function typeOf(content: string): SimpleType {
  const schemas = schemasOf(`<xs:simpleType name="S">${content}</xs:simpleType>`)
  return schemas.types.get('{urn:t}S') as SimpleType
}

const restricted = (base: string, facets: string): SimpleType =>
  typeOf(`<xs:restriction base="xs:${base}">${facets}</xs:restriction>`)

describe('built-in types', () => {
  it.each([
    ['string', ['', ' a\n'], []],
    ['boolean', ['true', ' 0 '], ['TRUE', '', 'yes']],
    ['decimal', ['1', '-1.50', '+.5', '1.', '9'.repeat(100)], ['1e3', '', '.', 'INF', '1,5']],
    ['integer', ['-0', '+7', '9'.repeat(100)], ['1.0', '']],
    ['double', ['1e3', '-INF', 'NaN', '.5E-2'], ['+INF', 'inf', '1e', '']],
    [
      'date',
      ['2024-02-29', '2026-02-28Z', '-0044-03-15', '2026-02-28+14:00'],
      ['2026-02-29', '0000-01-01', '2026-2-1', '2026-02-28+14:01', '28.02.2026'],
    ],
    [
      'dateTime',
      ['2026-02-28T24:00:00', '2026-02-28T12:00:00.123456789+04:00'],
      ['2026-02-28', '2026-02-28T24:00:01', '2026-02-28T12:00', '2026-02-28 12:00:00'],
    ],
    ['time', ['00:00:00', '23:59:59.5Z', '24:00:00'], ['24:01:00', '12:60:00', '12:00']],
    ['gYear', ['2026', '12026'], ['26', '02026', '0000']],
    ['gYearMonth', ['2026-12'], ['2026-13']],
    ['gMonthDay', ['--02-29'], ['--02-30', '02-28']],
    ['gDay', ['---31'], ['---32']],
    ['gMonth', ['--12Z'], ['--13', '--12--']],
    ['duration', ['P1Y2M3DT4H5M6.7S', '-P1M', 'PT0S'], ['P', 'PT', 'P1YT', '1Y', 'P-1Y', 'P1S']],
    ['hexBinary', ['', '0aFF'], ['0', '0g']],
    ['base64Binary', ['', 'YQ==', 'YW Jj', 'YWI='], ['YQ=', 'YR==', 'Y=Q=', 'YQ*=', '====']],
    ['anyURI', ['', 'urn:x', 'yol/ə', '../a?b#c', 'http://a/%20'], ['%zz', 'a#b#c', '12:30']],
    ['QName', ['a', 'p:a'], ['p:', 'a b', '1a']],
    ['NMTOKENS', ['a 1b'], ['', '§']],
    ['language', ['az', 'az-Latn-AZ'], ['', 'azerbaijani', 'a_b']],
    ['byte', ['-128', '127'], ['128', '-129']],
    ['unsignedLong', ['18446744073709551615'], ['18446744073709551616', '-1']],
  ])('%s', (name, valid, invalid) => {
    const type = builtInType(name)!
    expect(valid.filter((text) => checkText(type, text) !== undefined)).toEqual([])
    expect(invalid.filter((text) => checkText(type, text) === undefined)).toEqual([])
  })
})

describe('facets', () => {
  it.each([
    ['string', '<xs:length value="2"/>', '\u{1f600}ə', 'abc', { rule: 'length', term: 2 }],
    ['string', '<xs:minLength value="2"/>', 'ab', 'a', { rule: 'tooShort', term: 2 }],
    ['token', '<xs:maxLength value="2"/>', ' ab ', 'abc', { rule: 'tooLong', term: 2 }],
    ['hexBinary', '<xs:maxLength value="1"/>', 'ff', 'ffff', { rule: 'tooLong', term: 1 }],
    ['base64Binary', '<xs:length value="1"/>', 'YQ==', 'YWI=', { rule: 'length', term: 1 }],
    ['NMTOKENS', '<xs:maxLength value="2"/>', 'a b', 'a b c', { rule: 'tooLong', term: 2 }],
    ['decimal', '<xs:totalDigits value="3"/>', '0012.30', '123.4', { rule: 'digits', term: 3 }],
    ['decimal', '<xs:fractionDigits value="1"/>', '1.500', '1.55', { rule: 'fraction', term: 1 }],
    [
      'decimal',
      '<xs:minInclusive value="0.10"/>',
      '0.1',
      '0.0999',
      { rule: 'tooSmall', term: '0.10' },
    ],
    [
      'integer',
      '<xs:maxExclusive value="100000000000000000000"/>',
      '99999999999999999999',
      '100000000000000000000',
      { rule: 'below', term: '100000000000000000000' },
    ],
    [
      'double',
      '<xs:minExclusive value="-INF"/>',
      '-1e300',
      '-INF',
      { rule: 'above', term: '-INF' },
    ],
    [
      'date',
      '<xs:minInclusive value="2026-01-01"/>',
      '2026-01-01',
      '2025-12-31',
      { rule: 'tooSmall', term: '2026-01-01' },
    ],
    // Without a zone on one side, fourteen hours to either side are open.
    [
      'dateTime',
      '<xs:maxInclusive value="2026-01-01T00:00:00Z"/>',
      '2025-12-31T09:59:59',
      '2025-12-31T12:00:00',
      { rule: 'tooLarge', term: '2026-01-01T00:00:00Z' },
    ],
    [
      'duration',
      '<xs:maxInclusive value="P1M"/>',
      'P27D',
      'P30D',
      { rule: 'tooLarge', term: 'P1M' },
    ],
    [
      'string',
      '<xs:pattern value="a+"/><xs:pattern value="b"/>',
      'aa',
      'c',
      { rule: 'pattern', term: 'a+ | b' },
    ],
    [
      'token',
      '<xs:enumeration value="a b"/><xs:enumeration value="c"/>',
      ' a  b ',
      'a',
      { rule: 'enumeration', term: 'a b, c' },
    ],
    [
      'decimal',
      '<xs:enumeration value="1.0"/>',
      '+01.00',
      '1.01',
      { rule: 'enumeration', term: '1.0' },
    ],
    [
      'dateTime',
      '<xs:enumeration value="2026-01-01T00:00:00Z"/>',
      '2026-01-01T04:00:00+04:00',
      '2026-01-01T00:00:00',
      { rule: 'enumeration', term: '2026-01-01T00:00:00Z' },
    ],
  ])('of xs:%s: %s', (base, facets, valid, invalid, found) => {
    const type = restricted(base, facets)
    expect(checkText(type, valid)).toBeUndefined()
    expect(checkText(type, invalid)).toEqual(found)
  })

  it('are all in force along a derivation', () => {
    const schemas = schemasOf(`
      <xs:simpleType name="A"><xs:restriction base="xs:token"><xs:pattern value="[a-z]*"/><xs:maxLength value="4"/></xs:restriction></xs:simpleType>
      <xs:simpleType name="B"><xs:restriction base="t:A"><xs:pattern value=".*x"/><xs:maxLength value="3"/></xs:restriction></xs:simpleType>`)
    const type = schemas.types.get('{urn:t}B') as SimpleType
    expect(type).toMatchObject({
      primitive: 'string',
      builtIn: 'token',
      facets: { maxLength: 3, patterns: [['[a-z]*'], ['.*x']] },
    })
    expect(['abx', 'Abx', 'abcx', 'abc'].map((text) => checkText(type, text)?.rule)).toEqual([
      undefined,
      'pattern',
      'tooLong',
      'pattern',
    ])
  })

  it('make a text that is too long for its pattern invalid before it is looked at', () => {
    const type = restricted('string', '<xs:pattern value="(a|b){0,1000}c*"/>')
    const charsMax = Math.floor(xsdLimits.patternWorkMax / 4_000)
    expect(checkText(type, 'c'.repeat(charsMax * 2))?.rule).toBe('tooLong')
    expect(checkText(type, 'c'.repeat(1_000))).toBeUndefined()
  })
})

describe('lists and unions', () => {
  it('hold every item, and take what a member takes', () => {
    const list = typeOf('<xs:list itemType="xs:int"/>')
    expect(checkText(list, ' 1\n2 ')).toBeUndefined()
    expect(checkText(list, '1 x')).toEqual({ rule: 'type', term: 'int' })
    const union = typeOf('<xs:union memberTypes="xs:int xs:boolean"/>')
    expect(checkText(union, ' true ')).toBeUndefined()
    expect(checkText(union, 'x')).toEqual({ rule: 'type', term: 'int, boolean' })
    expect(valueKey(union, '1')).not.toBe(valueKey(union, 'true'))
  })
})

describe('white space and values', () => {
  it('are normalised as the type says', () => {
    const text = ' a\t b\n'
    const names = ['string', 'normalizedString', 'token']
    expect(names.map((name) => normaliseText(builtInType(name)!, text))).toEqual([
      text,
      ' a  b ',
      'a b',
    ])
  })

  it('have one key for equal values', () => {
    const pairs = [
      ['decimal', '-0', '0.00'],
      ['float', '1e1', '10.0'],
      ['boolean', '1', 'true'],
      ['hexBinary', 'fF', 'Ff'],
      ['duration', 'P1Y', 'P12M'],
      ['time', '24:00:00', '00:00:00'],
      ['dateTime', '2026-01-31T24:00:00', '2026-02-01T00:00:00'],
    ] as const
    for (const [name, one, other] of pairs) {
      const type = builtInType(name)!
      expect(`${name} ${valueKey(type, one)}`).toBe(`${name} ${valueKey(type, other)}`)
    }
  })
})
