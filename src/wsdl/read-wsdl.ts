import type { XmlElement } from '../xml/document.js'
import { readSchemas } from '../xsd/read-schemas.js'
import type { SchemaDocument } from '../xsd/read/schema-files.js'
import { SchemaError } from '../xsd/schema-error.js'
import type { SchemaSet } from '../xsd/schema-model.js'
import { attributeOf, childrenNamed, Definitions } from './definitions.js'
import { schemaNamespace, wsdlNamespace } from './names.js'
import { readOperations } from './read-operations.js'
import { Problems, readDocuments, type WsdlDocument } from './wsdl-documents.js'
import { WsdlError } from './wsdl-error.js'
import type { WsdlDescription } from './wsdl-model.js'

/**
 * Reads a WSDL 1.1 description, with every WSDL and schema that it imports, from the given files alone
 * (WSDL 1.1; WS-I Basic Profile 1.1 §4).
 * @param files by path with forward slashes
 * @param main the file to begin with
 * @throws WsdlError with everything in it that the bus cannot use
 */
export function readWsdl(files: ReadonlyMap<string, Uint8Array>, main: string): WsdlDescription {
  const problems = new Problems()
  const documents = readDocuments(files, main, problems)
  const schemas = schemasOf(documents, files, problems)
  const [first] = documents
  if (first === undefined || schemas === undefined) throw new WsdlError(problems.found)
  const definitions = new Definitions(documents, problems)
  const operations = readOperations(definitions, schemas, problems)
  if (operations.length === 0 && problems.found.length === 0) {
    problems.in(
      main,
      'WSDL-də SOAP portu və əməliyyatı yoxdur',
      'The WSDL has no SOAP port with an operation',
    )
  }
  if (problems.found.length > 0) throw new WsdlError(problems.found)
  const [service] = definitions.all('service')
  const serviceName = (service && attributeOf(service, 'name')) ?? ''
  return { targetNamespace: first.targetNamespace, serviceName, operations, schemas }
}

function schemasOf(
  documents: readonly WsdlDocument[],
  files: ReadonlyMap<string, Uint8Array>,
  problems: Problems,
): SchemaSet | undefined {
  const roots: SchemaDocument[] = []
  for (const from of documents) {
    for (const schema of inlineSchemas(from)) {
      roots.push({ file: from.file, document: from.document, schema })
    }
  }
  try {
    return readSchemas(roots, files)
  } catch (error) {
    if (!(error instanceof SchemaError)) throw error
    for (const { file, line, reason } of error.problems) {
      problems.found.push({ file, line, text: reason })
    }
    return undefined
  }
}

/** The schemas that stand in `wsdl:types`. */
export function* inlineSchemas(from: WsdlDocument): Generator<XmlElement, void> {
  for (const types of childrenNamed(
    { from, element: from.document.root },
    wsdlNamespace,
    'types',
  )) {
    for (const { element } of childrenNamed(types, schemaNamespace, 'schema')) yield element
  }
}
