import { readdirSync } from 'node:fs'
import { describe, expect, it } from '@jest/globals'
import {
  parseDictionary,
  parseItem,
  parseList,
  StructuredFieldError,
} from '../../src/trust/http-signature/structured-fields.js'
import {
  DateItem,
  Decimal,
  DisplayString,
  isInnerList,
  Token,
  type BareItem,
  type Member,
  type Parameters,
} from '../../src/trust/http-signature/structured-values.js'
import {
  dictionaryText,
  itemText,
  listText,
} from '../../src/trust/http-signature/structured-fields-text.js'
import { readVectors, vectorPath } from './vectors.js'

interface Case {
  name: string
  raw: string[]
  header_type: 'item' | 'list' | 'dictionary'
  must_fail?: boolean
  can_fail?: boolean
  expected?: unknown
  canonical?: string[]
}

const base32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'

function toBase32(bytes: Uint8Array): string {
  let bits = ''
  for (const byte of bytes) bits += byte.toString(2).padStart(8, '0')
  let text = ''
  for (let at = 0; at < bits.length; at += 5) {
    text += base32.charAt(parseInt(bits.slice(at, at + 5).padEnd(5, '0'), 2))
  }
  return text.padEnd(Math.ceil(text.length / 8) * 8, '=')
}

function bareJson(value: BareItem): unknown {
  if (value instanceof Token) return { __type: 'token', value: value.text }
  if (value instanceof Decimal) return value.value
  if (value instanceof DateItem) return { __type: 'date', value: value.seconds }
  if (value instanceof DisplayString) return { __type: 'displaystring', value: value.text }
  if (value instanceof Uint8Array) return { __type: 'binary', value: toBase32(value) }
  return value
}

function parametersJson(parameters: Parameters): unknown {
  return [...parameters].map(([key, value]) => [key, bareJson(value)])
}

function memberJson(member: Member): unknown {
  return isInnerList(member)
    ? [member.items.map(memberJson), parametersJson(member.parameters)]
    : [bareJson(member.value), parametersJson(member.parameters)]
}

function read({ header_type, raw }: Case): { json: unknown; text: string } {
  const text = raw.join(', ')
  if (header_type === 'item') {
    const item = parseItem(text)
    return { json: memberJson(item), text: itemText(item) }
  }
  if (header_type === 'list') {
    const list = parseList(text)
    return { json: list.map(memberJson), text: listText(list) }
  }
  const dictionary = parseDictionary(text)
  const json = [...dictionary].map(([key, member]) => [key, memberJson(member)])
  return { json, text: dictionaryText(dictionary) }
}

const files = readdirSync(vectorPath('structured-fields')).filter((name) => name.endsWith('.json'))

describe('structured-field-tests of the HTTP working group', () => {
  it('has its fifteen files', () => expect(files).toHaveLength(15))

  describe.each(files)('%s', (file) => {
    const cases = readVectors('structured-fields', file) as Case[]
    it.each(cases.map((sample) => [sample.name, sample] as const))('%s', (_name, sample) => {
      if (sample.must_fail) {
        expect(() => read(sample)).toThrow(StructuredFieldError)
        return
      }
      let result
      try {
        result = read(sample)
      } catch (error) {
        expect(error).toBeInstanceOf(StructuredFieldError)
        // What a parser may refuse, ours may too; anything else it must read.
        expect(sample.can_fail).toBe(true)
        return
      }
      expect(result.json).toEqual(sample.expected)
      const canonical = sample.canonical ?? sample.raw
      expect(result.text).toBe(canonical.join(', '))
    })
  })
})
