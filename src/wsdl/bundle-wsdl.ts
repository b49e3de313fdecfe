import type { XmlElement } from '../xml/document.js'
import { SchemaFiles } from '../xsd/read/schema-files.js'
import { Problems as SchemaProblems } from '../xsd/read/schema-scope.js'
import { bundledSchemas } from './bundle-schemas.js'
import { BundledNames } from './bundled-names.js'
import { definitionKinds } from './definitions.js'
import { wsdlNamespace } from './names.js'
import { inlineSchemas, readWsdl } from './read-wsdl.js'
import { Problems, readDocuments, type WsdlDocument } from './wsdl-documents.js'
import { WsdlError } from './wsdl-error.js'
import {
  attribute,
  declarations,
  ElementWriter,
  SizeBudget,
  type Namespaces,
} from './write-element.js'

/** Children of `definitions` in the order that WSDL 1.1 §A.4.1 wants; `*` is extensions. */
const order = ['documentation', '*', 'types', ...definitionKinds] as const
const noNamespaces: Namespaces = new Map()

/**
 * A WSDL 1.1 description with everything that it imports and includes as one document with the same meaning, which others can
 * read without another file: imported definitions take on the namespace of the main ones, which no message names; schemas stand in
 * `wsdl:types`. The same files give the same bytes.
 * @param files by path with forward slashes
 * @param main the file to begin with
 * @throws WsdlError for what `readWsdl` refuses, and where two definitions would have the same name
 */
export function bundleWsdl(files: ReadonlyMap<string, Uint8Array>, main: string): Buffer {
  readWsdl(files, main)
  const problems = new Problems()
  const documents = readDocuments(files, main, problems)
  const [first] = documents
  if (first === undefined) throw new WsdlError(problems.found)
  const children = new Map<string, string[]>(order.map((name) => [name, []]))
  const names = new BundledNames(documents, first)
  const { inScope } = names
  const budget = new SizeBudget(main)
  const { document } = first
  const prefix = document.prefix(document.root)
  const wsdl = (name: string): string => (prefix === '' ? name : `${prefix}:${name}`)
  const schemas = bundledSchemas(schemaScopes(documents, files), inScope, budget)
  if (schemas !== '') {
    children.get('types')?.push(`<${wsdl('types')}>\n${schemas}\n</${wsdl('types')}>`)
  }
  checkNames(documents, problems)
  if (problems.found.length > 0) throw new WsdlError(problems.found)
  for (const each of documents) addChildren(each, first, names, budget, children)
  const attributes = document
    .attributes(document.root)
    .filter(({ namespace }) => namespace === '')
    .map(({ localName, value }) => attribute(localName, value))
  const start = `<${wsdl('definitions')}${declarations(inScope, noNamespaces)}${attributes.join('')}>`
  const content = [...children.values()].flat().join('\n')
  return Buffer.from(
    `<?xml version="1.0" encoding="UTF-8"?>\n${start}\n${content}\n</${wsdl('definitions')}>\n`,
  )
}

function schemaScopes(
  documents: readonly WsdlDocument[],
  files: ReadonlyMap<string, Uint8Array>,
): SchemaFiles['scopes'] {
  const roots = documents.flatMap((from) =>
    [...inlineSchemas(from)].map((schema) => ({
      file: from.file,
      document: from.document,
      schema,
    })),
  )
  // `readWsdl` has read them: no problem is left.
  return new SchemaFiles(roots, files, new SchemaProblems()).scopes
}

/** In one namespace, what was told apart by two must have two names. */
function checkNames(documents: readonly WsdlDocument[], problems: Problems): void {
  const [{ file, targetNamespace } = { file: '', targetNamespace: '' }] = documents
  if (targetNamespace === '' && documents.length > 1) {
    const en = 'The WSDL imports another one, and needs a targetNamespace'
    problems.in(file, 'Başqa WSDL idxal edən WSDL-in targetNamespace-i olmalıdır', en, 1)
  }
  const seen = new Set<string>()
  for (const from of documents) {
    const { document } = from
    for (const child of document.children(document.root)) {
      const kind = kindOf(from, child)
      if (kind === undefined || !isDefinition(kind)) continue
      const name = document.attribute(child, '', 'name')?.trim() ?? ''
      if (seen.has(`${kind} ${name}`)) {
        const az = `İki ad fəzasında eyni adlı ${kind} var: «${name}»; birinin adını dəyişin`
        const en = `Two namespaces have a ${kind} "${name}"; give one another name`
        problems.at(from, child, az, en)
      }
      seen.add(`${kind} ${name}`)
    }
  }
}

function isDefinition(kind: string): boolean {
  return definitionKinds.some((each) => each === kind)
}

function addChildren(
  from: WsdlDocument,
  first: WsdlDocument,
  names: BundledNames,
  budget: SizeBudget,
  children: ReadonlyMap<string, string[]>,
): void {
  const { document } = from
  const writer = new ElementWriter(
    document,
    (element) => names.changesOf(document, element),
    budget,
  )
  for (const child of document.children(document.root)) {
    const kind = kindOf(from, child)
    if (kind === undefined || kind === 'types' || (kind === 'documentation' && from !== first))
      continue
    children.get(kind)?.push(writer.write(child, names.inScope))
  }
}

/** Undefined for an import. */
function kindOf({ document }: WsdlDocument, child: XmlElement): (typeof order)[number] | undefined {
  if (document.namespace(child) !== wsdlNamespace) return '*'
  const name = document.localName(child)
  return order.find((kind) => kind === name)
}
