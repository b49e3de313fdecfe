import { describe, expect, it } from '@jest/globals'
import { isReadAsUtf8 } from './media-types.js'

describe('the charset of a Content-Type', () => {
  it.each([
    'application/json',
    'application/json; charset=utf-8',
    'application/json;CHARSET="UTF-8"',
    'application/json; x=1; charset=utf8',
  ])('is the one that JSON is read in: %s', (type) => expect(isReadAsUtf8(type)).toBe(true))

  // In UTF-7 `+ADw-` is `<`; a quoted pair and an extended parameter say the same in other words.
  it.each([
    'application/json; charset=utf-7',
    'application/json; charset=utf-8; charset=utf-16',
    'application/json; charset = "iso-8859-1"',
    'application/json; charset="utf\\-7"',
    "application/json; charset*=utf-8''utf-7",
    'application/json; charset=',
  ])('is another: %s', (type) => expect(isReadAsUtf8(type)).toBe(false))
})
