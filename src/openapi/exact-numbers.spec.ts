import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { compareDecimals, decimalOf } from '../json/decimal.js'
import { JsonChecks } from './json-check.js'
import type { JsonSchema } from './openapi-model.js'

function rulesFor(schema: JsonSchema): (text: string) => string {
  const checks = new JsonChecks(new Map(), 'request')
  checks.add(schema)
  const [check] = checks.compile()
  return (text) =>
    check!
      .checkText(Buffer.from(text))
      .map(({ rule, path }) => `${rule} ${path}`)
      .join(', ')
}

describe('numbers that a double does not hold', () => {
  it.each<[JsonSchema, string, string]>([
    [{ type: 'integer', maximum: 9007199254740992 }, '9007199254740992', ''],
    [{ type: 'integer', maximum: 9007199254740992 }, '9007199254740993', 'tooLarge /'],
    [{ type: 'integer', minimum: -9007199254740992 }, '-9007199254740993', 'tooSmall /'],
    [{ type: 'number', maximum: 100 }, '100.000000000000000001', 'tooLarge /'],
    [{ type: 'number', maximum: 0.1 }, '0.1', ''],
    [{ type: 'number', maximum: 0.1 }, '0.10000000000000000001', 'tooLarge /'],
    [{ type: 'number', exclusiveMinimum: 0 }, '1e-400', ''],
    [{ type: 'number', exclusiveMaximum: 10000000000000000000 }, '9999999999999999999', ''],
    [{ type: 'number', exclusiveMaximum: 1 }, '1.00000000000000000000', 'below /'],
    [{ type: 'number', maximum: 1e308 }, '1e400', 'tooLarge /'],
    [{ type: 'number' }, '1e400', ''],
    [{ type: 'integer' }, '1.00000000000000000001', 'type /'],
    [{ type: 'integer' }, '9007199254740993.5', 'type /'],
    [{ type: 'integer' }, '9007199254740993.0', ''],
    [{ type: 'integer', multipleOf: 10 }, '9007199254740990', ''],
    [{ type: 'integer', multipleOf: 10 }, '90071992547409930', ''],
    [{ type: 'integer', multipleOf: 10 }, '90071992547409931', 'multipleOf /'],
    [{ type: 'number', multipleOf: 0.01 }, '12345678901234567.89', ''],
    [{ type: 'number', multipleOf: 0.01 }, '12345678901234567.891', 'multipleOf /'],
    [{ type: 'number', multipleOf: 0.01 }, '1e400', 'multipleOf /'],
    [{ type: 'integer', format: 'int64' }, '9223372036854775807', ''],
    [{ type: 'integer', format: 'int64' }, '9223372036854775808', 'type /'],
    [{ type: 'integer', format: 'int64' }, '-9223372036854775808', ''],
    [{ type: 'integer', format: 'int32' }, '9007199254740993', 'type /'],
    [{ enum: [9007199254740992] }, '9007199254740993', 'enumeration /'],
    [{ const: 0.1 }, '0.10000000000000000001', 'fixed /'],
    [{ type: 'array', uniqueItems: true }, '[9007199254740993,9007199254740992]', ''],
    [{ type: 'array', uniqueItems: true }, '[9007199254740993,9007199254740993.0]', 'unique /'],
    [{ type: 'array', uniqueItems: true }, '[1e400,10e399]', 'unique /'],
  ])('%j: %s', (schema, text, told) => {
    expect(rulesFor(schema)(text)).toBe(told)
  })

  it('are found wherever they stand, and are nobody else’s', () => {
    const check = rulesFor({
      type: 'object',
      properties: {
        a: { type: 'array', items: { type: 'integer', maximum: 9007199254740992 } },
        b: { allOf: [{ maximum: 9007199254740992 }, { minimum: 1 }] },
      },
    })
    expect(check('{"a":[1,9007199254740993,9007199254740992],"b":9007199254740992}')).toBe(
      'tooLarge /a[2]',
    )
    expect(check('{"a":[1,2],"b":9007199254740993}')).toBe('tooLarge /b')
    // Nothing is left of the message before.
    expect(check('{"a":[1,2],"b":5}')).toBe('')
  })

  it('are held to bounds as they are written', () => {
    const bound = fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e6, max: 1e6 })
    const more = fc.stringMatching(/^[0-9]{1,12}$/)
    fc.assert(
      fc.property(bound, more, (maximum, digits) => {
        const near = String(maximum).includes('e') ? '0.1' : String(maximum)
        const text = `${near.includes('.') ? near : `${near}.0`}${digits}`
        const isAbove = compareDecimals(decimalOf(text), decimalOf(String(maximum))) > 0
        expect(rulesFor({ maximum })(text)).toBe(isAbove ? 'tooLarge /' : '')
      }),
      { numRuns: 50 },
    )
  })
})
