import type {
  AttributeUse,
  ComplexType,
  ElementDeclaration,
  Particle,
  SimpleType,
} from '../../src/xsd/schema-model.js'
import { escapedAttribute, escapedText } from '../../src/mediation/xml-text.js'
import type { Random } from './random-xml.js'

/**
 * Random schemas that map without loss, and random messages of them, written as the codec writes XML: what comes
 * back from a round trip is the same text or it has lost something.
 */
export function randomSchema(random: Random): string {
  const parts: string[] = []
  let names = 0
  const name = (): string => `${random.of(['Ad', 'ünvan', 'Şəxs', 'il', 'x-1'])}${++names}`
  const occurs = (): string =>
    random.of(['', '', ' minOccurs="0"', ' maxOccurs="unbounded"', ' minOccurs="0" maxOccurs="3"'])
  const simple = (): string => {
    if (random.once(6)) return enumeration
    if (random.once(6)) return list
    return `type="${random.of(builtIns)}"`
  }
  const attributes = (): string =>
    Array.from({ length: random.below(3) }, () => {
      const use = random.once(2) ? ' use="required"' : ''
      return `<xs:attribute name="${name()}" type="${random.of(builtIns)}"${use}/>`
    }).join('')
  const field = (depth: number): string => {
    const start = `<xs:element name="${name()}"${occurs()}${random.once(4) ? ' nillable="true"' : ''}`
    if (depth > 0 && random.once(3)) return `${start}>${complex(depth - 1)}</xs:element>`
    if (random.once(5)) {
      const base = random.of(builtIns)
      return `${start}><xs:complexType><xs:simpleContent><xs:extension base="${base}">${attributes()}</xs:extension></xs:simpleContent></xs:complexType></xs:element>`
    }
    if (random.once(6))
      return `<xs:element name="${name()}" type="Base"${occurs()}${random.once(3) ? ' nillable="true"' : ''}/>`
    // A head may stand once in a type: each of its members is one element.
    const type = simple()
    return type.startsWith('<') ? `${start}>${type}</xs:element>` : `${start} ${type}/>`
  }
  const group = (depth: number): string => {
    const kind = random.of(['sequence', 'choice'])
    const least = random.once(3) ? ' minOccurs="0"' : ''
    const inner = Array.from({ length: 1 + random.below(3) }, () =>
      depth > 0 && random.once(4) ? group(depth - 1) : field(depth),
    )
    return `<xs:${kind}${least}>${inner.join('')}</xs:${kind}>`
  }
  const complex = (depth: number): string => {
    const inner = Array.from({ length: random.below(4) }, () =>
      random.once(4) ? group(depth) : field(depth),
    )
    const head = random.once(4) ? '<xs:element ref="Sened"/>' : ''
    return `<xs:complexType><xs:sequence>${inner.join('')}${head}</xs:sequence>${attributes()}</xs:complexType>`
  }
  parts.push(
    '<xs:element name="Sened" type="xs:string" abstract="true"/>',
    '<xs:element name="Pasport" type="xs:token" substitutionGroup="Sened"/>',
    '<xs:element name="Vesiqe" type="xs:string" substitutionGroup="Sened"/>',
    '<xs:complexType name="Base"><xs:sequence><xs:element name="ad" type="xs:string"/></xs:sequence></xs:complexType>',
    '<xs:complexType name="Derived"><xs:complexContent><xs:extension base="Base"><xs:sequence>',
    '<xs:element name="alt" type="Base" minOccurs="0"/></xs:sequence><xs:attribute name="k" type="xs:int"/></xs:extension></xs:complexContent></xs:complexType>',
    `<xs:element name="M">${complex(2)}</xs:element>`,
  )
  return parts.join('')
}

const enumeration =
  '<xs:simpleType><xs:restriction base="xs:string"><xs:enumeration value="FIZIKI"/><xs:enumeration value="HÜQUQİ"/></xs:restriction></xs:simpleType>'
const list = '<xs:simpleType><xs:list itemType="xs:int"/></xs:simpleType>'

const samples: Readonly<Record<string, readonly string[]>> = {
  string: [
    '',
    ' a ',
    'Əliyev Şükür İbrahim oğlu, Çağırış küçəsi',
    'кириллица ә',
    '<&>"\'\t\n]]>',
    '\u{1f600}',
    'x\ry',
  ],
  token: ['a b', 'ş'],
  decimal: ['1.50', '-0.5', '0', '12345678901234567890.123456789'],
  integer: ['9223372036854775808', '-1', '0'],
  long: ['9223372036854775807', '-9223372036854775808'],
  int: ['2147483647', '-5', '0'],
  unsignedByte: ['255', '0'],
  boolean: ['true', 'false'],
  double: ['1.5e300', '0', '-INF', 'NaN', '12.50'],
  float: ['1e5', 'INF'],
  date: ['2013-02-28', '1980-01-31+04:00', '2000-02-29Z'],
  dateTime: ['2013-02-28T14:30:00', '2013-02-28T14:30:00.120+04:00'],
  time: ['14:30:00Z', '00:00:00.5'],
  gYear: ['2012', '-0001'],
  gYearMonth: ['2012-03', '2012-03Z'],
  gDay: ['---05'],
  duration: ['P1Y2M', '-PT0.5S'],
  base64Binary: ['', 'xZ8=', 'AAECAw=='],
  hexBinary: ['', 'c59F'],
  anyURI: ['urn:a:b', 'http://e.az/ş?a=1&b'],
  language: ['az'],
}

const builtIns = Object.keys(samples).map((name) => `xs:${name}`)

/** A valid message of an element, as the codec writes it. */
export function randomMessage(random: Random, root: ElementDeclaration): string {
  const writer = new MessageWriter(random)
  const text = writer.element(root, 0)
  const afterName = `<n1:${root.name.localName}`.length
  const xsi = writer.usesXsi ? ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"' : ''
  return `${text.slice(0, afterName)} xmlns:n1="urn:example:az"${xsi}${text.slice(afterName)}`
}

class MessageWriter {
  usesXsi = false
  readonly #random: Random

  constructor(random: Random) {
    this.#random = random
  }

  element(declaration: ElementDeclaration, depth: number): string {
    const { type, isNillable, name } = declaration
    const tag = `n1:${name.localName}`
    const isNil = isNillable && this.#random.once(3)
    if (isNil) this.usesXsi = true
    const nil = ' xsi:nil="true"/>'
    if (type.kind === 'simple') {
      return isNil ? `<${tag}${nil}` : `<${tag}>${escapedText(this.#value(type)) ?? ''}</${tag}>`
    }
    const actual = type.derived.length > 0 && this.#random.once(2) ? type.derived[0]! : type
    const said = actual === type ? '' : ` xsi:type="n1:${actual.name?.localName ?? ''}"`
    if (said !== '') this.usesXsi = true
    const start = `<${tag}${said}${this.#attributes(actual.attributes)}`
    return isNil ? start + nil : `${start}>${this.#content(actual, depth)}</${tag}>`
  }

  #attributes(uses: readonly AttributeUse[]): string {
    return uses
      .filter(({ isRequired }) => isRequired || this.#random.once(2))
      .map(({ name, type }) => ` ${name.localName}="${escapedAttribute(this.#value(type)) ?? ''}"`)
      .join('')
  }

  #content({ content }: ComplexType, depth: number): string {
    if (content.kind === 'simple') return escapedText(this.#value(content.type)) ?? ''
    return content.kind === 'empty' ? '' : this.#particle(content.particle, depth + 1)
  }

  #particle({ term, min, max }: Particle, depth: number): string {
    const most = Math.min(max, depth > 6 ? min : min + 2)
    let text = ''
    for (let left = min + this.#random.below(most - min + 1); left > 0; left--) {
      if (term.kind === 'any') throw new Error('a wildcard')
      if (term.kind === 'element') {
        const members = [...(term.isAbstract ? [] : [term]), ...term.substitutes]
        text += this.element(this.#random.of(members), depth)
      } else if (term.kind === 'choice') {
        text += this.#particle(this.#random.of(term.particles), depth)
      } else {
        for (const each of term.particles) text += this.#particle(each, depth)
      }
    }
    return text
  }

  #value(type: SimpleType): string {
    const { facets, itemType } = type
    if (facets.enumeration) return this.#random.of(facets.enumeration)
    if (itemType) {
      return Array.from({ length: this.#random.below(4) }, () => this.#value(itemType)).join(' ')
    }
    return this.#random.of(samples[type.builtIn] ?? ['a'])
  }
}
