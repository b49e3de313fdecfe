import type { XmlElement } from '../xml/document.js'
import { attributeOf, partsOf, type SchemaScope } from '../xsd/read/schema-scope.js'
import { schemaNamespace } from './names.js'
import {
  attribute,
  declarations,
  ElementWriter,
  type Namespaces,
  type SizeBudget,
} from './write-element.js'

/** Schemas that become one: of one namespace, with the same defaults for `block` and `final`. */
interface SchemaGroup {
  readonly first: SchemaScope
  readonly scopes: SchemaScope[]
}

const forms = [
  { part: 'element', byDefault: 'elementFormDefault', qualifies: 'qualifiesElements' },
  { part: 'attribute', byDefault: 'attributeFormDefault', qualifies: 'qualifiesAttributes' },
] as const

/**
 * Schemas as the children of one `wsdl:types`: one `xs:schema` for each namespace, because other people's tools know no second one;
 * imports without a location, includes carried out.
 * @param scopes all that are reached, each once
 * @param outer the namespaces in scope there
 */
export function bundledSchemas(
  scopes: readonly SchemaScope[],
  outer: Namespaces,
  budget: SizeBudget,
): string {
  const groups = new Map<string, SchemaGroup>()
  for (const scope of scopes) {
    const { targetNamespace, blockDefault, finalDefault } = scope
    const key = JSON.stringify([targetNamespace, blockDefault, finalDefault])
    const group = groups.get(key)
    if (group) group.scopes.push(scope)
    else groups.set(key, { first: scope, scopes: [scope] })
  }
  return [...groups.values()].flatMap((group) => bundledSchema(group, outer, budget)).join('\n')
}

/** Nothing for schemas that only import others. */
function bundledSchema(
  { first, scopes }: SchemaGroup,
  outer: Namespaces,
  budget: SizeBudget,
): string[] {
  const writers = scopes.map((scope) => ({ scope, writer: writerFor(scope, first, budget) }))
  const inScope = new Map(writers[0]?.writer.namespacesOf(first.schema))
  const prefix = prefixOfSchema(first)
  const name = prefix === '' ? 'schema' : `${prefix}:schema`
  const imports = importsOf(scopes).map(
    (namespace) =>
      `<${prefix === '' ? 'import' : `${prefix}:import`}${namespace === '' ? '' : attribute('namespace', namespace)}/>`,
  )
  const components: string[] = []
  for (const { scope, writer } of writers) {
    for (const part of partsOf(scope, scope.schema)) {
      const isReference = ['import', 'include'].includes(scope.document.localName(part))
      if (!isReference) components.push(writer.write(part, inScope))
    }
  }
  if (components.length === 0) return []
  const attributes = schemaAttributes(first)
  const content = [...imports, ...components].join('\n')
  return [`<${name}${declarations(inScope, outer)}${attributes}>\n${content}\n</${name}>`]
}

function prefixOfSchema({ document, schema }: SchemaScope): string {
  return document.prefix(schema)
}

/** Without `version`, `id` and those of other namespaces, which mean nothing for a message. */
function schemaAttributes(scope: SchemaScope): string {
  const { targetNamespace } = scope
  let text = targetNamespace === '' ? '' : attribute('targetNamespace', targetNamespace)
  for (const name of [
    'elementFormDefault',
    'attributeFormDefault',
    'blockDefault',
    'finalDefault',
  ]) {
    const value = attributeOf(scope, scope.schema, name)
    if (value !== undefined) text += attribute(name, value)
  }
  return text
}

/** Namespaces that any of them imports, each once. */
function importsOf(scopes: readonly SchemaScope[]): string[] {
  const namespaces = new Set<string>()
  for (const scope of scopes) {
    for (const part of partsOf(scope, scope.schema)) {
      if (scope.document.localName(part) !== 'import') continue
      namespaces.add(attributeOf(scope, part, 'namespace') ?? '')
    }
  }
  return [...namespaces]
}

/** Writes a schema's components into the schema of `first`: where that one's form of local names is another, each says its own. */
function writerFor(scope: SchemaScope, first: SchemaScope, budget: SizeBudget): ElementWriter {
  const { document, schema, isChameleon, targetNamespace } = scope
  const different = forms.filter(({ qualifies }) => scope[qualifies] !== first[qualifies])
  const changesOf = (element: XmlElement) => {
    for (const { part, qualifies } of different) {
      if (!document.is(element, schemaNamespace, part)) continue
      if (document.parent(element) === schema || attributeOf(scope, element, 'ref') !== undefined)
        continue
      if (attributeOf(scope, element, 'form') !== undefined) continue
      const form = scope[qualifies] ? 'qualified' : 'unqualified'
      return { attributes: new Map([['form', form]]) }
    }
    return undefined
  }
  return new ElementWriter(document, changesOf, budget, isChameleon ? targetNamespace : undefined)
}
