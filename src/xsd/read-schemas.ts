import { contentModel } from './content/content-model.js'
import { AmbiguousContent, ContentTooLarge } from './content/content-error.js'
import { Components } from './read/components.js'
import { SchemaFiles, type SchemaDocument } from './read/schema-files.js'
import { Problems } from './read/schema-scope.js'
import { fillSubstitutes } from './read/substitution.js'
import type { SchemaSet } from './schema-model.js'
import { builtInTypes, xsdNamespace } from './built-in-types.js'
import { readXml } from '../xml/read-xml.js'
import { XmlError } from '../xml/xml-error.js'
import { schemaProblem, SchemaError } from './schema-error.js'

const noFiles: ReadonlyMap<string, Uint8Array> = new Map()

/**
 * Reads schemas (XML Schema 1.0) and everything that they import or include, from the given files alone.
 * What a schema says that is not supported is refused here, by name, and never at run time; see README.md.
 * @param roots where to begin: documents of their own, or the schemas within a WSDL, in whose scope of
 *   namespaces they stay
 * @param files by path with forward slashes; a location that is no path in it is looked up by its file name
 * @throws SchemaError with everything that is wrong
 */
export function readSchemas(
  roots: readonly SchemaDocument[],
  files: ReadonlyMap<string, Uint8Array> = noFiles,
): SchemaSet {
  const problems = new Problems()
  const { scopes } = new SchemaFiles(roots, files, problems)
  problems.check()
  const components = new Components(scopes, problems)
  problems.check()
  fillSubstitutes(components)
  checkContents(components, problems)
  problems.check()
  return {
    elements: components.elements,
    types: new Map([...builtInTypes, ...components.types]),
    attributes: components.attributes,
  }
}

/** Reads one schema file and what it refers to. @throws SchemaError */
export function readSchemaFile(files: ReadonlyMap<string, Uint8Array>, file: string): SchemaSet {
  return readSchemas([schemaDocument(files, file)], files)
}

/** A schema file as a place to begin. @throws SchemaError where it is none */
export function schemaDocument(
  files: ReadonlyMap<string, Uint8Array>,
  file: string,
): SchemaDocument {
  const bytes = files.get(file)
  if (!bytes) throw new SchemaError([schemaProblem('location', file, 1, file)])
  try {
    const document = readXml(bytes)
    if (document.is(document.root, xsdNamespace, 'schema')) {
      return { file, document, schema: document.root }
    }
  } catch (error) {
    if (!(error instanceof XmlError)) throw error
    throw new SchemaError([schemaProblem('document', file, error.line, error.reason)])
  }
  throw new SchemaError([schemaProblem('invalid', file, 1, 'xs:schema')])
}

/** Compiles every content model, for what only then is seen. */
function checkContents({ complexTypes }: Components, problems: Problems): void {
  for (const [type, { scope, element }] of complexTypes) {
    if (type.content.kind !== 'elements') continue
    try {
      contentModel(type.content.particle)
    } catch (error) {
      if (error instanceof AmbiguousContent) {
        problems.add('ambiguous', scope, element, error.message)
      } else if (error instanceof ContentTooLarge) {
        problems.add('tooLarge', scope, element, error.message)
      } else {
        throw error
      }
    }
  }
}
