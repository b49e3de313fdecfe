import { xsdLimits } from '../../limits/contracts.js'
import type { XmlDocument, XmlElement } from '../../xml/document.js'
import { readXml } from '../../xml/read-xml.js'
import { XmlError } from '../../xml/xml-error.js'
import { xsdNamespace } from '../built-in-types.js'
import { checkGrammar } from './grammar.js'
import { attributeOf, partsOf, scopeOf, type Problems, type SchemaScope } from './schema-scope.js'

/** Where to begin: an `xs:schema` element, the root of its document or within the types of a WSDL. */
export interface SchemaDocument {
  /** Path of the file among those of the contract, with forward slashes. */
  readonly file: string
  readonly document: XmlDocument
  readonly schema: XmlElement
}

/**
 * Namespaces that descriptions import and need no file for: of them there is what the reader knows by itself,
 * or nothing to refer to.
 */
const wellKnown = new Set([
  xsdNamespace,
  'http://www.w3.org/XML/1998/namespace',
  'http://schemas.xmlsoap.org/soap/encoding/',
  'http://schemas.xmlsoap.org/soap/envelope/',
  'http://schemas.xmlsoap.org/wsdl/',
  'http://schemas.xmlsoap.org/wsdl/soap/',
  'http://www.w3.org/2001/XMLSchema-instance',
  'http://www.w3.org/2005/05/xmlmime',
])

/** Gathers all schemas that are reached by import and include, from the given files alone. */
export class SchemaFiles {
  readonly scopes: SchemaScope[] = []
  readonly #files: ReadonlyMap<string, Uint8Array>
  readonly #problems: Problems
  readonly #read = new Map<string, SchemaDocument | undefined>()
  readonly #seen = new Set<string>()
  readonly #roots: readonly SchemaDocument[]

  constructor(
    roots: readonly SchemaDocument[],
    files: ReadonlyMap<string, Uint8Array>,
    problems: Problems,
  ) {
    this.#roots = roots
    this.#files = files
    this.#problems = problems
    for (const root of roots) this.#add(root)
  }

  /** @param includer the namespace that an included schema takes on */
  #add({ file, document, schema }: SchemaDocument, includer?: string): void {
    const scope = scopeOf(file, document, schema, includer)
    const key = `${file} ${String(schema)} ${scope.targetNamespace}`
    if (this.#seen.has(key)) return
    this.#seen.add(key)
    if (this.scopes.length >= xsdLimits.documentsMax) {
      this.#problems.add('tooLarge', scope, schema, String(xsdLimits.documentsMax))
      return
    }
    this.scopes.push(scope)
    checkGrammar(scope, this.#problems)
    for (const part of partsOf(scope, schema)) {
      const name = document.localName(part)
      if (name === 'include') this.#include(scope, part)
      else if (name === 'import') this.#import(scope, part)
      else if (name === 'redefine') this.#problems.add('unsupported', scope, part, 'xs:redefine')
    }
  }

  #include(scope: SchemaScope, part: XmlElement): void {
    const location = attributeOf(scope, part, 'schemaLocation')
    const found = location === undefined ? undefined : this.#find(scope, part, location)
    if (!found) {
      this.#problems.add('location', scope, part, location ?? 'xs:include')
      return
    }
    const namespace = targetOf(found)
    if (namespace !== undefined && namespace !== scope.targetNamespace) {
      this.#problems.add('invalid', scope, part, `xs:include ${namespace}`)
      return
    }
    this.#add(found, scope.targetNamespace)
  }

  #import(scope: SchemaScope, part: XmlElement): void {
    const namespace = attributeOf(scope, part, 'namespace') ?? ''
    const location = attributeOf(scope, part, 'schemaLocation')
    if (namespace === scope.targetNamespace) {
      this.#problems.add('invalid', scope, part, `xs:import ${namespace}`)
      return
    }
    const named = location === undefined ? undefined : this.#find(scope, part, location)
    const found = named ?? this.#ofNamespace(namespace)
    if (found) {
      const target = targetOf(found) ?? ''
      if (target === namespace) this.#add(found)
      else this.#problems.add('invalid', scope, part, `xs:import ${namespace} (${target})`)
    } else if (location !== undefined && !wellKnown.has(namespace)) {
      this.#problems.add('location', scope, part, location)
    }
  }

  /** The file of a location: by relative path, else by its name alone if one file has it. Nothing is fetched. */
  #find(scope: SchemaScope, part: XmlElement, location: string): SchemaDocument | undefined {
    const path = resolved(scope.file, location)
    if (path !== undefined && this.#files.has(path)) return this.#document(scope, part, path)
    const name = nameOf(location)
    const sameName = [...this.#files.keys()].filter((file) => nameOf(file) === name)
    const [only] = sameName
    return only !== undefined && sameName.length === 1
      ? this.#document(scope, part, only)
      : undefined
  }

  #ofNamespace(namespace: string): SchemaDocument | undefined {
    const root = this.#roots.find((each) => (targetOf(each) ?? '') === namespace)
    if (root) return root
    const files = [...this.#files.keys()].filter((file) => file.endsWith('.xsd'))
    const all = files.map((file) => this.#document(undefined, undefined, file))
    const fitting = all.filter((each) => each && (targetOf(each) ?? '') === namespace)
    return fitting.length === 1 ? fitting[0] : undefined
  }

  #document(
    scope: SchemaScope | undefined,
    part: XmlElement | undefined,
    file: string,
  ): SchemaDocument | undefined {
    if (this.#read.has(file)) return this.#read.get(file)
    const known = this.#roots.find(
      (root) => root.file === file && root.schema === root.document.root,
    )
    const found = known ?? this.#parse(scope, part, file)
    this.#read.set(file, found)
    return found
  }

  #parse(
    scope: SchemaScope | undefined,
    part: XmlElement | undefined,
    file: string,
  ): SchemaDocument | undefined {
    try {
      const document = readXml(this.#files.get(file) ?? new Uint8Array())
      if (document.is(document.root, xsdNamespace, 'schema')) {
        return { file, document, schema: document.root }
      }
      if (scope && part !== undefined) this.#problems.add('invalid', scope, part, file)
    } catch (error) {
      if (!(error instanceof XmlError)) throw error
      this.#problems.addOfFile('document', file, error.line, error.reason)
    }
    return undefined
  }
}

function targetOf({ document, schema }: SchemaDocument): string | undefined {
  return document.attribute(schema, '', 'targetNamespace')
}

function nameOf(location: string): string {
  const path = location.replaceAll('\\', '/')
  return path.slice(path.lastIndexOf('/') + 1)
}

/** The path that a relative location has from a file; undefined where it leaves the folder or is none. */
function resolved(from: string, location: string): string | undefined {
  if (/^[A-Za-z][A-Za-z0-9+.-]*:/.test(location)) return undefined
  const parts = from.split('/').slice(0, -1)
  for (const part of location.replaceAll('\\', '/').split('/')) {
    if (part === '..') {
      if (parts.pop() === undefined) return undefined
    } else if (part !== '.' && part !== '') {
      parts.push(part)
    }
  }
  return parts.join('/')
}
