import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { compareDecimals, decimalOf, isMultiple, isWhole } from './decimal.js'

/** Digits with a point somewhere and an exponent, and what they are as a whole number of 10^-30. */
const number = fc
  .record({
    isNegative: fc.boolean(),
    digits: fc.stringMatching(/^[0-9]{1,12}$/),
    fraction: fc.stringMatching(/^[0-9]{0,6}$/),
    exponent: fc.integer({ min: -12, max: 12 }),
  })
  .map(({ isNegative, digits, fraction, exponent }) => {
    const whole = String(BigInt(digits))
    const sign = isNegative ? '-' : ''
    const text = `${sign}${whole}${fraction === '' ? '' : `.${fraction}`}e${exponent}`
    const units = BigInt(whole + fraction) * 10n ** BigInt(30 - fraction.length + exponent)
    return { text, units: isNegative ? -units : units }
  })

describe('a number by its digits', () => {
  it('compares, divides and is whole as the number is, however it is written', () => {
    fc.assert(
      fc.property(number, number, (one, other) => {
        const [a, b] = [decimalOf(one.text), decimalOf(other.text)]
        const order = one.units < other.units ? -1 : one.units > other.units ? 1 : 0
        expect(Math.sign(compareDecimals(a, b)) + 0).toBe(order)
        expect(isWhole(a)).toBe(one.units % 10n ** 30n === 0n)
        if (other.units !== 0n) expect(isMultiple(a, b, 400)).toBe(one.units % other.units === 0n)
      }),
    )
  })

  it('of any size costs no more than its text', () => {
    const huge = decimalOf(`1${'0'.repeat(1_000_000)}1e999999999999`)
    expect(isWhole(huge)).toBe(true)
    expect(isMultiple(huge, decimalOf('3'), 400)).toBe(false)
    expect(compareDecimals(huge, decimalOf('1e400'))).toBeGreaterThan(0)
    expect(decimalOf(`-0.${'0'.repeat(1_000_000)}`)).toEqual(decimalOf('0'))
  })
})
