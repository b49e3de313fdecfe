import { readXml } from '../../src/xml/read-xml.js'
import { readSchemaFile } from '../../src/xsd/read-schemas.js'
import { SchemaError } from '../../src/xsd/schema-error.js'
import type { SchemaSet } from '../../src/xsd/schema-model.js'
import { validateElement } from '../../src/xsd/validate-element.js'
import { OracleSchema } from './libxml2.js'

const namespaces = 'xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:t="urn:t"'

/** A schema document with namespace `urn:t`, of which the text is the content. */
export function schemaText(content: string, attributes = 'elementFormDefault="qualified"'): string {
  return `<xs:schema ${namespaces} targetNamespace="urn:t" ${attributes}>${content}</xs:schema>`
}

export function schemasOf(content: string, attributes?: string): SchemaSet {
  const file = Buffer.from(schemaText(content, attributes))
  return readSchemaFile(new Map([['a.xsd', file]]), 'a.xsd')
}

/** Why a schema is refused, each as `kind line: reason`; empty where it is not. */
export function refusals(content: string, attributes?: string): string[] {
  try {
    schemasOf(content, attributes)
    return []
  } catch (error) {
    if (!(error instanceof SchemaError)) throw error
    return error.problems.map(({ kind, line, reason }) => `${kind} ${String(line)}: ${reason.en}`)
  }
}

/**
 * Violations of a message under its schema, whose global element `R` it is, each as `path rule`. libxml2 has to
 * find the message valid where there is none, and invalid where there is one.
 */
export function violationsOf(content: string, message: string, attributes?: string): string[] {
  const schemas = schemasOf(content, attributes)
  const text = `<t:R xmlns:t="urn:t" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"${message}`
  const xml = readXml(Buffer.from(`${text}</t:R>`))
  const root = schemas.elements.get('{urn:t}R')
  if (!root) throw new Error('The schema has no element R')
  const found = validateElement(xml, xml.root, root, schemas)
  const oracle = new OracleSchema(Buffer.from(schemaText(content, attributes)))
  const refusal = oracle.refusal(xml.bytes)
  oracle.dispose()
  if ((refusal === undefined) !== (found.length === 0)) {
    const ours = found.map(({ path, text: reason }) => `${path} ${reason.en}`).join('; ')
    throw new Error(`We say: ${ours || 'valid'}. libxml2 says: ${refusal ?? 'valid'}`)
  }
  return found.map(({ path, rule }) => `${path} ${rule}`)
}
