import { xsdNamespace } from '../built-in-types.js'
import type { XmlElement } from '../../xml/document.js'
import type { Problems, SchemaScope } from './schema-scope.js'

/*
 * The form of schema documents (part 1 appendix A), as far as which element may stand in which and what
 * attributes it may have. A misspelt `maxOccur` is refused, because what it was to say would be lost.
 */
const particles = 'element group choice sequence any'
const attributes = 'attribute attributeGroup anyAttribute'
const facets =
  'length minLength maxLength pattern enumeration whiteSpace minInclusive maxInclusive minExclusive maxExclusive totalDigits fractionDigits'
const identity = 'key keyref unique'

/** Attributes and, after the bar, elements. */
const rules: Readonly<Record<string, string>> = {
  schema: `targetNamespace version finalDefault blockDefault elementFormDefault attributeFormDefault | include import redefine simpleType complexType group attributeGroup element attribute notation`,
  include: 'schemaLocation |',
  import: 'namespace schemaLocation |',
  redefine: 'schemaLocation | simpleType complexType group attributeGroup',
  simpleType: 'name final | restriction list union',
  complexType: `name abstract mixed block final | simpleContent complexContent group all choice sequence ${attributes}`,
  simpleContent: '| restriction extension',
  complexContent: 'mixed | restriction extension',
  restriction: `base | simpleType ${facets} group all choice sequence ${attributes}`,
  extension: `base | group all choice sequence ${attributes}`,
  list: 'itemType | simpleType',
  union: 'memberTypes | simpleType',
  element: `name ref type minOccurs maxOccurs default fixed nillable abstract substitutionGroup block final form | simpleType complexType ${identity}`,
  attribute: 'name ref type use default fixed form | simpleType',
  attributeGroup: `name ref | ${attributes}`,
  group: 'name ref minOccurs maxOccurs | all choice sequence',
  all: 'minOccurs maxOccurs | element',
  choice: `minOccurs maxOccurs | ${particles}`,
  sequence: `minOccurs maxOccurs | ${particles}`,
  any: 'namespace processContents minOccurs maxOccurs |',
  anyAttribute: 'namespace processContents |',
  key: 'name | selector field',
  keyref: 'name refer | selector field',
  unique: 'name | selector field',
  selector: 'xpath |',
  field: 'xpath |',
  notation: 'name public system |',
}
for (const facet of facets.split(' ')) (rules as Record<string, string>)[facet] = 'value fixed |'

interface Rule {
  readonly attributes: ReadonlySet<string>
  readonly elements: ReadonlySet<string>
}

const words = (text: string): Set<string> => new Set(text.split(' ').filter((word) => word !== ''))
const grammar = new Map<string, Rule>(
  Object.entries(rules).map(([name, rule]) => {
    const [own = '', inner = ''] = rule.split('|')
    return [name, { attributes: words(`id ${own}`), elements: words(`annotation ${inner}`) }]
  }),
)

/** Looks through a whole schema for elements and attributes that XML Schema does not have there. */
export function checkGrammar(scope: SchemaScope, problems: Problems): void {
  const { document } = scope
  const open: XmlElement[] = [scope.schema]
  for (let element = open.pop(); element !== undefined; element = open.pop()) {
    const name = document.localName(element)
    const rule = grammar.get(name)
    if (!rule) continue
    for (const attribute of document.attributes(element)) {
      if (attribute.namespace === '' && !rule.attributes.has(attribute.localName)) {
        problems.add('invalid', scope, element, `xs:${name}/@${attribute.localName}`)
      }
    }
    if (!document.hasOnlyElements(element)) problems.add('invalid', scope, element, `xs:${name}`)
    for (const child of document.children(element)) {
      const childName = document.localName(child)
      if (document.namespace(child) !== xsdNamespace || !rule.elements.has(childName)) {
        problems.add('invalid', scope, child, `xs:${name}/${childName}`)
      } else if (childName !== 'annotation') {
        open.push(child)
      }
    }
  }
}
