import { readXml } from '../../src/xml/read-xml.js'
import { ElementWriter, SizeBudget } from '../../src/wsdl/write-element.js'
import { schemaNamespace, wsdlNamespace } from '../../src/wsdl/names.js'
import type { WsdlDescription, WsdlMessage } from '../../src/wsdl/wsdl-model.js'
import type { XmlName } from '../../src/xsd/schema-model.js'
import { OracleSchema, withFiles } from './libxml2.js'

/**
 * libxml2's view of what may stand in a Body, from the schemas of a WSDL in one document. An rpc wrapper, which no
 * schema has, is made into a schema of its own by WSDL 1.1 §3.5.
 */
export function oracleOfBody(
  bundle: Uint8Array,
  { schemas }: WsdlDescription,
  { body }: WsdlMessage,
): OracleSchema {
  const files = schemaFiles(bundle)
  const namespaces = [...files.keys()]
  const isRpc = !schemas.elements.has(`{${body.name.namespace}}${body.name.localName}`)
  const imports = (skip: string) =>
    namespaces
      .filter((namespace) => namespace !== skip)
      .map(
        (namespace) =>
          `<xs:import namespace="${namespace}" schemaLocation="${fileOf(namespaces, namespace)}"/>`,
      )
      .join('')
  const own = isRpc ? wrapperSchema(body, namespaces, imports) : ''
  const main =
    own === '' ? `<xs:schema xmlns:xs="${schemaNamespace}">${imports('')}</xs:schema>` : own
  const buffers = Object.fromEntries(
    [...files].map(([namespace, text]) => [fileOf(namespaces, namespace), Buffer.from(text)]),
  )
  return withFiles(buffers, () => new OracleSchema(Buffer.from(main), 'oracle:///main.xsd'))
}

const fileOf = (namespaces: readonly string[], namespace: string): string =>
  `oracle:///${namespaces.indexOf(namespace)}.xsd`

/** The text of each schema by its namespace. */
function schemaFiles(bundle: Uint8Array): Map<string, string> {
  const document = readXml(bundle)
  const writer = new ElementWriter(document, () => undefined, new SizeBudget('oracle'))
  const files = new Map<string, string>()
  const types = document.child(document.root, wsdlNamespace, 'types')
  if (types === undefined) return files
  for (const schema of document.children(types)) {
    const namespace = document.attribute(schema, '', 'targetNamespace') ?? ''
    files.set(namespace, writer.write(schema, new Map()))
  }
  return files
}

function wrapperSchema(
  { name, type }: WsdlMessage['body'],
  namespaces: readonly string[],
  imports: (skip: string) => string,
): string {
  if (type.kind !== 'complex' || type.content.kind !== 'elements') throw new Error('no wrapper')
  const { term } = type.content.particle
  const particles = term.kind === 'sequence' ? term.particles : []
  const elements = particles.map(({ term: part }) => {
    if (part.kind !== 'element') throw new Error('no accessor')
    return `<xs:element name="${part.name.localName}" form="unqualified" ${typeOf(part.type.name!)}/>`
  })
  const { namespace, localName } = name
  const include = namespaces.includes(namespace)
    ? `<xs:include schemaLocation="${fileOf(namespaces, namespace)}"/>`
    : ''
  return (
    `<xs:schema xmlns:xs="${schemaNamespace}" targetNamespace="${namespace}">${include}${imports(namespace)}` +
    `<xs:element name="${localName}"><xs:complexType><xs:sequence>${elements.join('')}</xs:sequence>` +
    '</xs:complexType></xs:element></xs:schema>'
  )
}

function typeOf({ namespace, localName }: XmlName): string {
  return `xmlns:t="${namespace}" type="t:${localName}"`
}
