import { describe, expect, it } from '@jest/globals'
import ajvModule from 'ajv/dist/2020.js'
import { elementOf } from '../../test/support/scenario-schemas.js'
import { Random } from '../../test/support/random-xml.js'
import { randomMessage, randomSchema } from '../../test/support/random-mapped-schema.js'
import { breachesOf } from '../../test/support/codec.js'
import { plainJson } from '../json/plain-json.js'
import { JsonNumber, type JsonValue } from '../json/json-value.js'
import { readJson } from '../json/read-json.js'
import { writeJson } from '../json/write-json.js'
import { readXml } from '../xml/read-xml.js'
import { checkShape } from './check-shape.js'
import { compileCodec } from './codec.js'
import { deriveShape } from './derive-shape.js'
import { jsonSchemaOf } from './json-schema.js'
import { MappingError } from './mapping-problem.js'

const libxml2 = await import('libxml2-wasm')

const schemas = 60
const messages = 8

/** What libxml2 says of a message. */
function oracleFor(schema: string) {
  const text =
    '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns="urn:example:az" ' +
    `targetNamespace="urn:example:az" elementFormDefault="qualified">${schema}</xs:schema>`
  const document = libxml2.XmlDocument.fromString(text)
  const validator = libxml2.XsdValidator.fromDoc(document)
  return {
    refusal(xml: string): string | undefined {
      const message = libxml2.XmlDocument.fromString(xml)
      try {
        validator.validate(message)
        return undefined
      } catch (error) {
        return (error as Error).message
      } finally {
        message.dispose()
      }
    },
    dispose(): void {
      validator.dispose()
      document.dispose()
    },
  }
}

function arbitraryJson(random: Random, names: readonly string[], depth: number): JsonValue {
  const kind = random.below(depth > 0 ? 7 : 5)
  if (kind === 0) return null
  if (kind === 1) return random.once(2)
  if (kind === 2)
    return new JsonNumber(random.of(['0', '-1', '1.50', '1e400', '1E-7', '99999999999999999999']))
  if (kind === 3) return random.of(['', 'a', '2013-02-28', '\u0000', '\ud800', 'Ə', 'true'])
  if (kind === 4) return random.of(names)
  const inner = (): JsonValue => arbitraryJson(random, names, depth - 1)
  if (kind === 5) return Array.from({ length: random.below(4) }, inner)
  return new Map(Array.from({ length: random.below(5) }, () => [random.of(names), inner()]))
}

/** A value with one thing in it changed. */
function changed(random: Random, value: JsonValue, names: readonly string[]): JsonValue {
  if (value instanceof Map && value.size > 0 && !random.once(4)) {
    const members = [...(value as ReadonlyMap<string, JsonValue>)]
    const at = random.below(members.length)
    return new Map(
      members.map(([name, each], here) => [
        name,
        here === at ? changed(random, each, names) : each,
      ]),
    )
  }
  if (Array.isArray(value) && value.length > 0 && !random.once(4)) {
    const members = value as readonly JsonValue[]
    return members.with(random.below(members.length), changed(random, members[0]!, names))
  }
  return arbitraryJson(random, names, 2)
}

describe('over generated schemas and messages', () => {
  const seeds = Array.from({ length: schemas }, (_, seed) => seed)

  it('every value comes back, valid on both sides, and nothing else breaks but by contract', () => {
    let mapped = 0
    for (const seed of seeds) {
      const random = new Random(seed)
      const schema = randomSchema(random)
      const element = elementOf(schema, 'M')
      const shape = deriveShape(element)
      try {
        checkShape(shape)
      } catch (error) {
        // The same head of a substitution group twice in one type.
        expect(error).toBeInstanceOf(MappingError)
        continue
      }
      mapped++
      const codec = compileCodec(shape)
      const oracle = oracleFor(schema)
      const ajv = new ajvModule.Ajv2020({ strict: false })
      const satisfies = ajv.compile(jsonSchemaOf(shape) as object)
      const names = [...new Set(schema.match(/(?<=name=")[^"]+/g) ?? []), '$', '@type', '__proto__']
      for (let left = messages; left > 0; left--) {
        const xml = randomMessage(random, element)
        expect({ seed, refused: oracle.refusal(xml) }).toEqual({ seed, refused: undefined })
        const document = readXml(Buffer.from(xml))
        const json = codec.toJson(document, document.root)
        expect({ seed, back: Buffer.from(codec.toXml(json)).toString() }).toEqual({
          seed,
          back: xml,
        })
        expect(writeJson(readJson(writeJson(json)))).toEqual(writeJson(json))
        satisfies(plainJson(json))
        expect({ seed, errors: satisfies.errors ?? [] }).toEqual({ seed, errors: [] })
        const other = random.once(4)
          ? arbitraryJson(random, names, 3)
          : changed(random, json, names)
        const breaches = breachesOf(() => {
          const made = Buffer.from(codec.toXml(other)).toString()
          expect({ seed, made, refused: oracle.refusal(made) }).toEqual({
            seed,
            made,
            refused: undefined,
          })
        })
        expect(breaches.length).toBeLessThanOrEqual(20)
      }
      oracle.dispose()
    }
    expect(mapped).toBeGreaterThan(schemas / 2)
  })
})
