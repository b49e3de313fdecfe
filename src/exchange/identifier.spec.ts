import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { anyCharacter } from '../../test/support/any-character.js'
import {
  IdentifierError,
  isSegment,
  isVersion,
  memberClasses,
  memberOf,
  parseMemberId,
  parseServiceCode,
  parseServiceId,
  parseSubsystemId,
  providerOf,
  serviceCodeOf,
  serviceIdOf,
} from './identifier.js'

describe('a segment of an identifier (X-Road REST §4.1, PR-MESS §2.2)', () => {
  it.each(['DIN', 'finAxtaris', 'Ünvan-Reyestri', 'a.b_c', 'ə'.repeat(100), 'two words'])(
    'may be %j',
    (text) => {
      expect(isSegment(text)).toBe(true)
    },
  )

  it.each([
    ['empty', ''],
    ['too long', 'a'.repeat(101)],
    ['a slash', 'a/b'],
    ['a backslash', 'a\\b'],
    ['a percent sign', 'a%2Fb'],
    ['a colon', 'a:b'],
    ['a semicolon', 'a;b'],
    ['a control character', 'a\u0000b'],
    ['a line break', 'a\nb'],
    ['a C1 control', 'a\u0085b'],
    ['a zero-width space', 'a\u200bb'],
    ['a byte order mark', '\ufeffa'],
    ['the present folder', '.'],
    ['the parent folder', '..'],
    ['a leading space', ' a'],
    ['a trailing space', 'a '],
    ['half a surrogate pair', 'a\ud800'],
  ])('may not be %s', (_what, text) => {
    expect(isSegment(text)).toBe(false)
  })
})

describe('a service version', () => {
  it.each(['v1', 'v10', 'v9999'])('may be %s', (text) => {
    expect(isVersion(text)).toBe(true)
  })

  it.each(['', 'v', 'v0', 'v01', 'V1', '1', 'v1.0', 'v10000', 'v1\n', ' v1'])(
    'may not be %j',
    (text) => {
      expect(isVersion(text)).toBe(false)
    },
  )
})

describe('identifiers', () => {
  it('are read and taken apart', () => {
    const service = parseServiceId('AZ/GOV/DIN/GCQ/finAxtaris/v1')
    const code = parseServiceCode('AZ/GOV/DIN/GCQ/finAxtaris')
    const subsystem = parseSubsystemId('AZ/GOV/DIN/GCQ')
    expect(serviceCodeOf(service)).toBe(code)
    expect(serviceIdOf(code, 'v1')).toBe(service)
    expect(providerOf(service)).toBe(subsystem)
    expect(providerOf(code)).toBe(subsystem)
    expect(memberOf(subsystem)).toBe(parseMemberId('AZ/GOV/DIN'))
  })

  it.each([
    ['a member of too few segments', () => parseMemberId('AZ/GOV')],
    ['a member of too many', () => parseMemberId('AZ/GOV/DIN/GCQ')],
    ['an unknown member class', () => parseMemberId('AZ/XXX/DIN')],
    ['a member class in lower case', () => parseMemberId('AZ/gov/DIN')],
    ['an empty segment', () => parseSubsystemId('AZ/GOV//GCQ')],
    ['a leading slash', () => parseSubsystemId('/AZ/GOV/DIN')],
    ['a trailing slash', () => parseServiceCode('AZ/GOV/DIN/GCQ/')],
    ['a service without version', () => parseServiceId('AZ/GOV/DIN/GCQ/finAxtaris')],
    ['a version that is none', () => parseServiceId('AZ/GOV/DIN/GCQ/finAxtaris/1')],
    ['a way out of the folder', () => parseServiceCode('AZ/GOV/DIN/../finAxtaris')],
  ])('are refused: %s', (_what, parse) => {
    expect(parse).toThrow(IdentifierError)
  })

  it('never echo what they refuse', () => {
    expect(() => parseMemberId('AZ/GOV/\u0007secret')).toThrow(/^segment 3 of /)
  })
})

describe('identifiers from strangers (R-152)', () => {
  const parsers = [parseMemberId, parseSubsystemId, parseServiceCode, parseServiceId]

  it('are either refused as IdentifierError or taken exactly as they are', () => {
    const anything = fc.oneof(
      fc.string({ unit: anyCharacter, maxLength: 200 }),
      fc.array(fc.string({ maxLength: 8 }), { maxLength: 7 }).map((parts) => parts.join('/')),
    )
    fc.assert(
      fc.property(anything, fc.constantFrom(...parsers), (text, parse) => {
        try {
          return parse(text) === text
        } catch (error) {
          return error instanceof IdentifierError
        }
      }),
      { numRuns: 2_000 },
    )
  })

  it('are taken whenever their segments are, and come apart into them again', () => {
    const part = fc.string({ minLength: 1, maxLength: 20 }).filter(isSegment)
    fc.assert(
      fc.property(
        fc.tuple(part, fc.constantFrom(...memberClasses), part, part, part),
        fc.integer({ min: 1, max: 9999 }),
        (segments, version) => {
          const id = parseServiceId(`${segments.join('/')}/v${version}`)
          return (
            serviceCodeOf(id) === segments.join('/') &&
            providerOf(id) === segments.slice(0, 4).join('/') &&
            memberOf(providerOf(id)) === segments.slice(0, 3).join('/')
          )
        },
      ),
    )
  })
})
