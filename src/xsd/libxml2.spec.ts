import { describe, expect, it } from '@jest/globals'
import { OracleSchema } from '../../test/support/libxml2.js'
import { messageText, RandomMessage } from '../../test/support/random-message.js'
import { RandomSchema } from '../../test/support/random-schema.js'
import { Random } from '../../test/support/random-xml.js'
import type { Violation } from '../violation/violation.js'
import { readXml } from '../xml/read-xml.js'
import { readSchemaFile } from './read-schemas.js'
import { SchemaError } from './schema-error.js'
import type { SchemaSet } from './schema-model.js'
import { validateElement } from './validate-element.js'

// The same schemas on every run. For others: XML_FUZZ_SEED=7 XML_FUZZ_DOCUMENTS=100000.
const seed = Number(process.env['XML_FUZZ_SEED'] ?? 1)
const documents = Number(process.env['XML_FUZZ_DOCUMENTS'] ?? 3_000)
const perSchema = 20

function readOrRefuse(schema: Buffer): SchemaSet | SchemaError {
  try {
    return readSchemaFile(new Map([['a.xsd', schema]]), 'a.xsd')
  } catch (error) {
    if (error instanceof SchemaError) return error
    throw error
  }
}

function oracleOf(schema: Buffer): OracleSchema | string {
  try {
    return new OracleSchema(schema)
  } catch (error) {
    return (error as Error).message
  }
}

/** libxml2 takes a text for Base64 that has other characters in it, and skips them. */
function isStricter(violations: readonly Violation[]): boolean {
  return violations.length > 0 && violations.some(({ text }) => text.en.endsWith('base64Binary'))
}

describe(`beside libxml2 (seed ${seed}, ${documents} messages)`, () => {
  it('finds the same schemas and messages valid', () => {
    const random = new Random(seed)
    const verdicts = { valid: 0, invalid: 0, refused: 0 }
    for (let left = documents / perSchema; left > 0; left--) {
      const schema = Buffer.from(new RandomSchema(random).text())
      const ours = readOrRefuse(schema)
      const theirs = oracleOf(schema)
      if (ours instanceof SchemaError || typeof theirs === 'string') {
        const both = ours instanceof SchemaError && typeof theirs === 'string'
        if (!both) {
          const why = ours instanceof SchemaError ? ours.message : 'accepted'
          expect({
            schema: schema.toString(),
            ours: why,
            theirs: typeof theirs === 'string' ? theirs : 'accepted',
          }).toBe('the same verdict')
        }
        verdicts.refused++
        if (typeof theirs !== 'string') theirs.dispose()
        continue
      }
      const root = ours.elements.get('{urn:t}root')!
      const messages = new RandomMessage(random)
      for (let message = 0; message < perSchema; message++) {
        const made = messages.element(root)
        for (let changes = random.below(3); changes > 0; changes--) messages.mutate(made)
        const xml = Buffer.from(messageText(made))
        const document = readXml(xml)
        const violations = validateElement(document, document.root, root, ours)
        const refusal = theirs.refusal(xml)
        verdicts[refusal === undefined ? 'valid' : 'invalid']++
        if ((violations.length === 0) !== (refusal === undefined) && !isStricter(violations)) {
          expect({
            schema: schema.toString(),
            xml: xml.toString(),
            ours: violations.map(({ path, text }) => `${path} ${text.en}`),
            theirs: refusal,
          }).toBe('the same verdict')
        }
      }
      theirs.dispose()
    }
    // Neither side may say the same to everything.
    expect(Math.min(verdicts.valid, verdicts.invalid)).toBeGreaterThan(documents / 10)
  })
})
