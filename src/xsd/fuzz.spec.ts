import { describe, expect, it } from '@jest/globals'
import { messageText, RandomMessage } from '../../test/support/random-message.js'
import { RandomSchema } from '../../test/support/random-schema.js'
import { mutated, Random } from '../../test/support/random-xml.js'
import type { XmlDocument } from '../xml/document.js'
import { readXml } from '../xml/read-xml.js'
import { XmlError } from '../xml/xml-error.js'
import { checkText, normaliseText } from './check-text.js'
import { readSchemaFile } from './read-schemas.js'
import { SchemaError } from './schema-error.js'
import type { SchemaSet } from './schema-model.js'
import { validateElement } from './validate-element.js'

const seed = Number(process.env['XML_FUZZ_SEED'] ?? 1)
const runs = Number(process.env['XML_FUZZ_DOCUMENTS'] ?? 1_000)

function schemasOf(schema: Buffer): SchemaSet | undefined {
  try {
    return readSchemaFile(new Map([['a.xsd', schema]]), 'a.xsd')
  } catch (error) {
    if (error instanceof SchemaError) return undefined
    throw error
  }
}

function documentOf(xml: Buffer): XmlDocument | undefined {
  try {
    return readXml(xml)
  } catch (error) {
    if (error instanceof XmlError) return undefined
    throw error
  }
}

describe(`broken input (seed ${seed}, ${runs} runs)`, () => {
  it('makes a schema refused with nothing but a SchemaError', () => {
    const random = new Random(seed)
    let accepted = 0
    for (let left = runs; left > 0; left--) {
      let schema = Buffer.from(new RandomSchema(random).text())
      for (let changes = 1 + random.below(3); changes > 0; changes--)
        schema = Buffer.from(damaged(random, schema))
      if (schemasOf(schema)) accepted++
    }
    expect(accepted).toBeGreaterThan(runs / 100)
    expect(accepted).toBeLessThan(runs)
  })

  it('makes a message have violations, up to the number asked for, and nothing thrown', () => {
    const random = new Random(seed + 1)
    let invalid = 0
    for (let left = runs / 20; left > 0; left--) {
      const schemas = schemasOf(Buffer.from(new RandomSchema(random).text()))
      const root = schemas?.elements.get('{urn:t}root')
      if (!schemas || !root) continue
      const messages = new RandomMessage(random)
      for (let message = 0; message < 20; message++) {
        const xml = mutated(random, Buffer.from(messageText(messages.element(root))))
        const document = documentOf(xml)
        if (!document) continue
        const violationsMax = 1 + random.below(5)
        const found = validateElement(document, document.root, root, schemas, { violationsMax })
        expect(found.length).toBeLessThanOrEqual(violationsMax)
        if (found.length > 0) invalid++
      }
    }
    expect(invalid).toBeGreaterThan(runs / 100)
  })

  it('makes a text no value, whatever the type', () => {
    const random = new Random(seed + 2)
    for (let left = runs / 10; left > 0; left--) {
      const schemas = schemasOf(Buffer.from(new RandomSchema(random).text()))
      for (const type of schemas?.types.values() ?? []) {
        if (type.kind !== 'simple') continue
        const text = String.fromCharCode(
          ...Array.from({ length: random.below(6) }, () => random.below(0x500)),
        )
        expect(normaliseText(type, text).length).toBeLessThanOrEqual(text.length)
        checkText(type, text)
      }
    }
  })
})

/** Another byte somewhere, or words of the schema changed for others. */
function damaged(random: Random, schema: Buffer): Uint8Array {
  if (random.once(4)) return mutated(random, schema)
  const words = [
    'sequence',
    'choice',
    'all',
    'element',
    'attribute',
    'restriction',
    'extension',
    'simpleType',
    'complexType',
    'minOccurs',
    'maxOccurs',
    'name',
    'ref',
    'base',
    'type',
    'xs:int',
    't:c0',
    't:s0',
    '"1"',
    '"0"',
    '"unbounded"',
    'list',
    'union',
    'pattern',
    'minLength',
    't:g0',
  ]
  const from = random.of(words)
  const parts = schema.toString().split(from)
  const at = 1 + random.below(Math.max(parts.length - 1, 1))
  return Buffer.from(
    `${parts.slice(0, at).join(from)}${random.of(words)}${parts.slice(at).join(from)}`,
  )
}
