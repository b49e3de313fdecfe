import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { anyCharacter } from '../../../test/support/any-character.js'
import 'reflect-metadata'
import {
  flawsOf,
  planSample,
  readSample,
  sampleDeclaration,
} from '../../../test/support/declaration-samples.js'

describe('hostile declarations (R-152)', () => {
  it.each([
    ['brackets', '['.repeat(200_000)],
    ['braces', 'a: '.concat('{a: '.repeat(50_000))],
    ['dashes', '- '.repeat(50_000)],
    ['question marks', '? '.repeat(50_000)],
    ['indentation', Array.from({ length: 300 }, (_, n) => `${' '.repeat(n)}a:`).join('\n')],
    ['brackets behind a list', `instance: AZ\ndomains: ${'['.repeat(17)}${']'.repeat(17)}`],
  ])('are refused before they are parsed: %s', (_what, text) => {
    expect(readSample(text).problems.all[0]?.problem).toBe('the document is nested too deeply')
  })

  it('is larger than any declaration', () => {
    const bytes = new Uint8Array(16_777_217).fill(0x20)
    expect(readSample(bytes).problems.all[0]?.problem).toContain('larger than')
  })

  it('of ten thousand repeated keys are read in linear time', () => {
    const text = `instance: AZ\n${'instance: AZ\n'.repeat(10_000)}`
    const { problems } = readSample(text)
    expect([problems.all.length, problems.dropped]).toEqual([200, 9_800])
  })

  it('of any kind give problems or a declaration, never an exception', () => {
    const pieces = fc.constantFrom(
      ...[
        'instance: AZ\n',
        'members:\n',
        '  - ',
        'code: ',
        'X',
        '{',
        '}',
        '[',
        ']',
        ',',
        ': ',
        '\n',
      ],
      ...[
        'name: ',
        '"',
        "'",
        '|\n',
        '>',
        '&a ',
        '*a',
        '!t ',
        '%',
        '#',
        '? ',
        '\t',
        '  ',
        '---\n',
        '\u0000',
      ],
      ...[
        'accessRights:\n',
        'from: ',
        '2026-01-01',
        'null',
        '~',
        'authorities:\n',
        'pem: ',
        '<<: ',
      ],
    )
    const text = fc.oneof(
      fc.array(pieces, { maxLength: 60 }).map((parts) => parts.join('')),
      fc.string({ unit: anyCharacter, maxLength: 200 }),
    )
    fc.assert(
      fc.property(text, (each) => {
        const { declaration, problems } = readSample(each)
        return declaration !== undefined || problems.any
      }),
      { numRuns: 2_000 },
    )
  })

  it('made from a good one by changing bytes never raise an exception', () => {
    fc.assert(
      fc.property(
        fc.nat({ max: sampleDeclaration.length - 1 }),
        fc.nat({ max: 12 }),
        fc.string({ maxLength: 6 }),
        (at, cut, put) =>
          Array.isArray(
            flawsOf(
              planSample(sampleDeclaration.slice(0, at) + put + sampleDeclaration.slice(at + cut)),
            ),
          ),
      ),
      { numRuns: 200 },
    )
  })
})
