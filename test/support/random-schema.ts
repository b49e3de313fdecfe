import type { Random } from './random-xml.js'

/*
 * Random schemas for comparisons. All declare the element `root` in `urn:t`. Some are refused, by everybody: a
 * choice may be ambiguous.
 */
const builtIns = [
  'string',
  'normalizedString',
  'token',
  'language',
  'NMTOKEN',
  'Name',
  'NCName',
  'boolean',
  'decimal',
  'integer',
  'long',
  'int',
  'short',
  'byte',
  'nonNegativeInteger',
  'positiveInteger',
  'unsignedLong',
  'unsignedInt',
  'unsignedShort',
  'unsignedByte',
  'negativeInteger',
  'nonPositiveInteger',
  'float',
  'double',
  'date',
  'dateTime',
  'time',
  'gYear',
  'gYearMonth',
  'gMonthDay',
  'gMonth',
  'gDay',
  'duration',
  'hexBinary',
  'base64Binary',
  'anyURI',
] as const
const patterns = [
  '[A-Z]{2,3}',
  '\\d{1,4}',
  '[^a]*',
  'a?b*c+',
  '(ab|cd)*',
  '\\i\\c*',
  '[a-z-[aeiou]]+',
  '.*',
  '\\w+',
  '\\s*\\S+\\s*',
  '\\p{Lu}\\p{Ll}*',
  '\\P{L}+',
  '[\\d.\\-]+',
  '(a|b|c){0,3}',
  '([0-9]{2}\\.){2}[0-9]{4}',
  '[əğıöşüç]+',
  '\\p{IsCyrillic}+',
  'x{3}',
  '(a*)*b',
  '[+\\-]?[0-9]+',
]
const names = ['a', 'b', 'c', 'd', 'ad', 'soyad', 'kod']

export class RandomSchema {
  readonly #random: Random
  readonly #simple: string[] = []
  readonly #complex: string[] = []
  readonly #globals: string[] = []
  readonly #parts: string[] = []

  constructor(random: Random) {
    this.#random = random
  }

  /** A whole schema document. */
  text(): string {
    const random = this.#random
    for (let left = random.below(4); left > 0; left--) this.#simpleType()
    for (let left = random.below(3); left > 0; left--) this.#globalElement()
    for (let left = 1 + random.below(3); left > 0; left--) this.#complexType()
    if (random.once(3)) this.#substitution()
    // After ##other, libxml2 lets elements without namespace pass too.
    const hasWildcard = this.#parts.some((part) => part.includes('<xs:any '))
    const form = hasWildcard || random.once(2) ? 'qualified' : 'unqualified'
    const attributes = random.once(3) ? ' attributeFormDefault="qualified"' : ''
    const root = `<xs:element name="root" type="t:${random.of(this.#complex)}"/>`
    return (
      `<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:t="urn:t" targetNamespace="urn:t"` +
      ` elementFormDefault="${form}"${attributes}>\n${this.#parts.join('\n')}\n${root}\n</xs:schema>`
    )
  }

  #simpleRef(): string {
    const random = this.#random
    return this.#simple.length > 0 && random.once(2)
      ? `t:${random.of(this.#simple)}`
      : `xs:${random.of(builtIns)}`
  }

  #simpleType(): void {
    const random = this.#random
    const name = `s${this.#simple.length}`
    let inside: string
    if (random.once(6)) inside = `<xs:list itemType="xs:${random.of(builtIns)}"/>`
    else if (random.once(6))
      inside = `<xs:union memberTypes="${this.#simpleRef()} ${this.#simpleRef()}"/>`
    else inside = this.#restriction()
    this.#parts.push(`<xs:simpleType name="${name}">${inside}</xs:simpleType>`)
    this.#simple.push(name)
  }

  #restriction(): string {
    const random = this.#random
    const kind = random.below(5)
    if (kind === 0) {
      const base = random.of(['string', 'token', 'normalizedString'])
      return facets(base, `<xs:pattern value="${random.of(patterns)}"/>`)
    }
    if (kind === 1) {
      const base = random.of(['string', 'token', 'hexBinary', 'base64Binary', 'anyURI'])
      const from = random.below(3)
      return facets(
        base,
        `<xs:minLength value="${from}"/><xs:maxLength value="${from + random.below(4)}"/>`,
      )
    }
    if (kind === 2) {
      const base = random.of(['decimal', 'integer', 'int', 'double', 'float'])
      const low = random.below(100) - 50
      const lower = random.of(['minInclusive', 'minExclusive'])
      const upper = random.of(['maxInclusive', 'maxExclusive'])
      return facets(
        base,
        `<xs:${lower} value="${low}"/><xs:${upper} value="${low + 1 + random.below(100)}"/>`,
      )
    }
    if (kind === 3) {
      const digits = 1 + random.below(5)
      return facets(
        'decimal',
        `<xs:totalDigits value="${digits}"/><xs:fractionDigits value="${random.below(digits)}"/>`,
      )
    }
    const values = random.of([
      ['a', 'b', 'ab'],
      ['1', '2', '10'],
      ['Bakı', 'Gəncə'],
    ])
    return facets('token', values.map((value) => `<xs:enumeration value="${value}"/>`).join(''))
  }

  #globalElement(): void {
    const name = `g${this.#globals.length}`
    this.#parts.push(`<xs:element name="${name}" type="${this.#simpleRef()}"/>`)
    this.#globals.push(name)
  }

  #substitution(): void {
    const random = this.#random
    const isAbstract = random.once(2) ? ' abstract="true"' : ''
    this.#parts.push(
      `<xs:element name="head" type="xs:token"${isAbstract}/>`,
      '<xs:element name="m1" type="xs:token" substitutionGroup="t:head"/>',
      '<xs:element name="m2" type="xs:NCName" substitutionGroup="t:head"/>',
      `<xs:complexType name="c${this.#complex.length}"><xs:sequence><xs:element ref="t:head"${this.#occurs(true)}/>` +
        `<xs:element name="z" type="xs:int"/></xs:sequence></xs:complexType>`,
    )
    this.#complex.push(`c${this.#complex.length}`)
  }

  /** Counts only where nothing around repeats, and none that is exact: libxml2 counts the first ones greedily. */
  #occurs(mayCount: boolean): string {
    const counted = [
      ' minOccurs="2" maxOccurs="3"',
      ' minOccurs="0" maxOccurs="2"',
      ' maxOccurs="4"',
      ' minOccurs="0" maxOccurs="500"',
    ]
    return this.#random.of([
      '',
      '',
      '',
      ' minOccurs="0"',
      ' maxOccurs="unbounded"',
      ' minOccurs="0" maxOccurs="unbounded"',
      ...(mayCount ? counted : []),
    ])
  }

  #element(name: string, used: Set<string>): string {
    const random = this.#random
    const global = this.#globals.length > 0 ? random.of(this.#globals) : undefined
    // libxml2 takes the same reference twice for one.
    if (global !== undefined && random.once(6) && !used.has(global)) {
      used.add(global)
      return `ref="t:${global}"`
    }
    const type =
      this.#complex.length > 0 && random.once(4)
        ? `t:${random.of(this.#complex)}`
        : this.#simpleRef()
    const nillable = random.once(5) ? ' nillable="true"' : ''
    return `name="${name}" type="${type}"${nillable}`
  }

  #group(depth: number, used: Set<string>, mayCount = true): string {
    const random = this.#random
    const occurs = this.#occurs(false)
    const counts = mayCount && !occurs.includes('max')
    const kind = random.of(['sequence', 'sequence', 'choice'])
    const members: string[] = []
    for (let left = 1 + random.below(4); left > 0; left--) {
      if (depth < 2 && random.once(4)) {
        const inner = this.#group(depth + 1, used, counts)
        if (inner !== '') members.push(inner)
        continue
      }
      // The same name again now and then: where that is ambiguous, everybody refuses it.
      const free = names.filter((each) => !used.has(each))
      const name = free.length === 0 || random.once(12) ? random.of(names) : random.of(free)
      if (used.has(name)) continue
      used.add(name)
      members.push(`<xs:element ${this.#element(name, used)}${this.#occurs(counts)}/>`)
    }
    if (depth === 0 && random.once(8)) {
      // Repeated after another repetition, libxml2 takes the two for one.
      const process = random.of(['lax', 'skip'])
      members.push(`<xs:any namespace="##other" processContents="${process}" minOccurs="0"/>`)
    }
    // An empty choice can be met by nothing, and is refused.
    if (members.length === 0) return depth === 0 ? '<xs:sequence/>' : ''
    return `<xs:${kind}${occurs}>${members.join('')}</xs:${kind}>`
  }

  #attributes(prefix: string): string {
    const random = this.#random
    let all = ''
    for (let left = random.below(3); left > 0; left--) {
      const use = random.once(2) ? ' use="required"' : ''
      all += `<xs:attribute name="${prefix}${left}" type="${this.#simpleRef()}"${use}/>`
    }
    if (random.once(8)) all += '<xs:anyAttribute namespace="##other" processContents="lax"/>'
    return all
  }

  #complexType(): void {
    const random = this.#random
    const name = `c${this.#complex.length}`
    const mixed = random.once(8) ? ' mixed="true"' : ''
    const open = `<xs:complexType name="${name}"`
    if (random.once(6)) {
      this.#parts.push(
        `${open}><xs:simpleContent><xs:extension base="${this.#simpleRef()}">${this.#attributes('p')}` +
          '</xs:extension></xs:simpleContent></xs:complexType>',
      )
    } else if (random.once(6)) {
      const members = names.slice(0, 1 + random.below(4)).map((each) => {
        const optional = random.once(2) ? ' minOccurs="0"' : ''
        return `<xs:element name="${each}" type="${this.#simpleRef()}"${optional}/>`
      })
      this.#parts.push(
        `${open}${mixed}><xs:all>${members.join('')}</xs:all>${this.#attributes('p')}</xs:complexType>`,
      )
    } else {
      const used = new Set<string>()
      this.#parts.push(
        `${open}${mixed}>${this.#group(0, used)}${this.#attributes('p')}</xs:complexType>`,
      )
      if (random.once(3)) {
        const own = `<xs:sequence><xs:element name="more" type="${this.#simpleRef()}"/></xs:sequence>`
        this.#parts.push(
          `<xs:complexType name="${name}x"${mixed}><xs:complexContent><xs:extension base="t:${name}">${own}` +
            `${this.#attributes('q')}</xs:extension></xs:complexContent></xs:complexType>`,
        )
        this.#complex.push(`${name}x`)
      }
    }
    this.#complex.push(name)
  }
}

function facets(base: string, inside: string): string {
  return `<xs:restriction base="xs:${base}">${inside}</xs:restriction>`
}
