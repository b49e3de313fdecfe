import { JsonNumber, type JsonValue } from '../json/json-value.js'
import { isoOf, notationOf } from './date-format.js'
import { decimalText, integerText, jsonInteger, jsonNumberOf } from './number-text.js'
import type { ScalarShape } from './shape.js'

/**
 * The JSON value of a text of which white space is normalised.
 * @returns undefined where the text is none of the shape's form
 */
export function scalarOf(shape: ScalarShape, text: string): JsonValue | undefined {
  switch (shape.form) {
    case 'text':
      return text
    case 'boolean':
      return booleanOf(text)
    case 'integer':
      return numberOf(jsonInteger(text))
    case 'decimal':
      return /[eE]/.test(text) ? undefined : numberOf(jsonNumberOf(text))
    case 'float':
      return notFinite.has(text) ? text : numberOf(jsonNumberOf(text))
    case 'year':
      return yearOf(text)
    case 'date':
    case 'dateTime':
      return shape.dateFormat && isoOf(shape.dateFormat, text)
  }
}

/**
 * The text of a JSON value; whether the type takes it is not asked here.
 * @returns undefined where the value is not of the JSON type of the shape's form
 */
export function textOf(shape: ScalarShape, value: JsonValue): string | undefined {
  switch (shape.form) {
    case 'text':
      return typeof value === 'string' ? value : undefined
    case 'boolean':
      return typeof value === 'boolean' ? String(value) : undefined
    case 'integer':
      return value instanceof JsonNumber ? integerText(value.text) : undefined
    case 'decimal':
      return value instanceof JsonNumber ? decimalText(value.text) : undefined
    case 'float':
      if (typeof value === 'string') return notFinite.has(value) ? value : undefined
      return value instanceof JsonNumber ? value.text : undefined
    case 'year':
      return value instanceof JsonNumber ? yearText(integerText(value.text)) : undefined
    case 'date':
    case 'dateTime':
      return typeof value === 'string' && shape.dateFormat
        ? notationOf(shape.dateFormat, value)
        : undefined
  }
}

/** What a value of the shape has to be in JSON, in a word for whoever sends it. */
export function expectedOf(shape: ScalarShape): string {
  switch (shape.form) {
    case 'text':
      return 'string'
    case 'boolean':
      return 'boolean'
    case 'integer':
    case 'year':
      return 'integer'
    case 'decimal':
    case 'float':
      return 'number'
    case 'date':
      return 'yyyy-MM-dd'
    case 'dateTime':
      return 'yyyy-MM-ddTHH:mm:ss'
  }
}

/** Doubles that no JSON number is (XML Schema part 2 §3.2.5). */
const notFinite = new Set(['INF', '-INF', 'NaN'])

function numberOf(text: string | undefined): JsonNumber | undefined {
  return text === undefined ? undefined : new JsonNumber(text)
}

function booleanOf(text: string): boolean | undefined {
  if (text === 'true' || text === '1') return true
  return text === 'false' || text === '0' ? false : undefined
}

/** A year with a zone, or written with more digits than it needs, would not come back. */
function yearOf(text: string): JsonNumber | undefined {
  if (!/^-?(?:[0-9]{4}|[1-9][0-9]{4,})$/.test(text)) return undefined
  return numberOf(jsonInteger(text))
}

function yearText(integer: string | undefined): string | undefined {
  if (integer === undefined) return undefined
  return integer.startsWith('-')
    ? `-${integer.slice(1).padStart(4, '0')}`
    : integer.padStart(4, '0')
}
