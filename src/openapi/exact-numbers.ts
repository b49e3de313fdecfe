import { compareDecimals, decimalOf, isWhole, type Decimal } from '../json/decimal.js'
import type { NumberReading } from '../json/plain-json.js'

/** Digits that a double keeps whatever they are. */
const safeDigits = 15
const leastInt64 = decimalOf('-9223372036854775808')
const greatestInt64 = decimalOf('9223372036854775807')

/** Numbers of the message that is being checked, for the keywords of the validator. One message at a time. */
export interface NumbersInHand {
  odd: OddNumbers | undefined
}

/** Reads numbers for a validator, which knows doubles alone, and keeps those that a double does not hold. */
export class ExactReading implements NumberReading {
  odd: OddNumbers | undefined

  plainOf(text: string, parent: object | undefined, key: string | number): number {
    const value = Number(text)
    if (text.length <= safeDigits && !text.includes('e') && !text.includes('E')) return value
    const exact = decimalOf(text)
    if (Number.isFinite(value) && compareDecimals(exact, decimalOf(String(value))) === 0)
      return value
    this.odd ??= new OddNumbers()
    return this.odd.add(exact, parent, key)
  }
}

/**
 * Numbers that no double is: the validator gets a double that stands for each, whole where it is whole and no number's that a
 * contract names, and asks here for what it is.
 */
export class OddNumbers {
  readonly #byParent = new Map<object | undefined, Map<string, Decimal>>()
  /** Equal numbers have one double that stands for them. */
  readonly #standing = new Map<string, number>()

  add(exact: Decimal, parent: object | undefined, key: string | number): number {
    const siblings = this.#byParent.get(parent) ?? new Map<string, Decimal>()
    this.#byParent.set(parent, siblings.set(String(key), exact))
    const { sign, digits, magnitude } = exact
    const name = `${sign} ${magnitude} ${digits}`
    const known = this.#standing.get(name)
    if (known !== undefined) return known
    const double = sign * standFor(exact, this.#standing.size)
    this.#standing.set(name, double)
    return double
  }

  /** The number that stands there; undefined where that is the double itself. */
  at(parent: object | undefined, key: string | number | undefined): Decimal | undefined {
    return this.#byParent.get(parent)?.get(String(key ?? ''))
  }

  /** How the number that stands there compares with a bound: below, at or above zero. */
  compare(
    value: number,
    bound: number,
    parent: object | undefined,
    key: string | number | undefined,
  ): number {
    const exact = this.at(parent, key)
    return exact === undefined ? value - bound : compareDecimals(exact, boundOf(bound))
  }
}

function standFor(exact: Decimal, number: number): number {
  // Neighbours of doubles of this size are that far apart.
  if (!isWhole(exact)) return Number.MIN_VALUE * (number + 1)
  const isInt64 =
    compareDecimals(exact, leastInt64) >= 0 && compareDecimals(exact, greatestInt64) <= 0
  return isInt64 ? 2 ** 62 + number * 2 ** 10 : Number.MAX_VALUE - number * 2 ** 970
}

/** A bound is the number that its double is, or, where it has a fraction, the one that it is written as. */
export function boundOf(bound: number): Decimal {
  return decimalOf(Number.isInteger(bound) ? BigInt(bound).toString() : String(bound))
}

/** For formats: whether a double is, or stands for, an integer of 64 bits. */
export function isInt64(value: number): boolean {
  return Number.isInteger(value) && value >= -(2 ** 63) && value < 2 ** 63
}
