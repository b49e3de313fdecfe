import type {
  ComplexType,
  ElementDeclaration,
  Particle,
  SimpleType,
  TypeDefinition,
  XmlName,
} from '../../src/xsd/schema-model.js'
import { checkText } from '../../src/xsd/check-text.js'
import type { Random } from './random-xml.js'

/** An element of a message, to be changed and written. */
export interface MessageElement {
  name: XmlName
  attributes: [XmlName, string][]
  children: MessageElement[]
  text: string
}

const xsi = 'http://www.w3.org/2001/XMLSchema-instance'

/** Texts of which every type takes some. */
const texts = [
  '',
  'a',
  'b',
  'ab',
  'abc',
  'c',
  ' a ',
  'a b',
  ' ',
  'aa\tb',
  'AB',
  'ABC',
  'Bakı',
  'Gəncə',
  'xyz',
  'xxx',
  'bcd',
  'şü',
  'Мир',
  '1',
  '2',
  '0',
  '10',
  '-1',
  '+7',
  '007',
  '1.5',
  '-0.0',
  '3.',
  '.5',
  '12.34',
  '99',
  '100',
  '127',
  '128',
  '-128',
  '255',
  '256',
  '65536',
  '214748',
  '2147483648',
  '-2147483649',
  '9223372036854775807',
  '9223372036854775808',
  '18446744073709551615',
  '99999999999999999999',
  '1e3',
  '1E-2',
  'INF',
  '-INF',
  'NaN',
  '+INF',
  'true',
  'false',
  'TRUE',
  '2026-02-28',
  '2026-02-29',
  '2024-02-29',
  '2026-13-01',
  '2026-02-28Z',
  '2026-02-28+04:00',
  '2026-02-28+15:00',
  '2026-02-28T12:00:00',
  '2026-02-28T12:00:00.123Z',
  '2026-02-28T24:00:00',
  '2026-02-28T24:00:01',
  '12:30:00',
  '12:30',
  '25:00:00',
  '2026',
  '-0044',
  '12026',
  '026',
  '2026-02',
  '--02-28',
  '--02-30',
  '---31',
  '---32',
  '--12',
  'P1Y',
  'P1Y2M3DT4H5M6.7S',
  'PT',
  'P',
  '-P3D',
  'P1M2',
  'PT0.5S',
  '0A',
  '0a1B',
  '0',
  'YQ==',
  'YWI=',
  'YWJj',
  'YWJjZA==',
  'YW Jj',
  'YR==',
  'Y',
  '====',
  'http://a.b/c',
  'urn:x',
  'a#b',
  'az',
  'az-Latn-AZ',
  'toolonglanguage',
  'a:b',
  '-a',
  '1a',
  '28.02.2026',
  'ab,cd',
] as const

export class RandomMessage {
  readonly #random: Random

  constructor(random: Random) {
    this.#random = random
  }

  element(declaration: ElementDeclaration, depth = 0): MessageElement {
    const random = this.#random
    const all = [declaration, ...declaration.substitutes].filter((each) => !each.isAbstract)
    const { name, type, isNillable } = random.of(all.length > 0 ? all : [declaration])
    const made: MessageElement = { name, attributes: [], children: [], text: '' }
    if (isNillable && random.once(3)) {
      made.attributes.push([{ namespace: xsi, localName: 'nil' }, 'true'])
      this.#addAttributes(made, type)
      return made
    }
    this.#addAttributes(made, type)
    this.#fill(made, type, depth)
    return made
  }

  #addAttributes(made: MessageElement, type: TypeDefinition): void {
    if (type.kind !== 'complex') return
    for (const use of type.attributes) {
      if (use.isRequired || this.#random.once(2))
        made.attributes.push([use.name, this.value(use.type)])
    }
  }

  #fill(made: MessageElement, type: TypeDefinition, depth: number): void {
    if (type.kind === 'simple') made.text = this.value(type)
    else this.#fillComplex(made, type, depth)
  }

  #fillComplex(made: MessageElement, { content }: ComplexType, depth: number): void {
    if (content.kind === 'simple') made.text = this.value(content.type)
    if (content.kind === 'elements') this.#add(made.children, content.particle, depth)
  }

  #add(into: MessageElement[], { min, max, term }: Particle, depth: number): void {
    const random = this.#random
    const most = Math.min(max, min + 2)
    const times = depth > 6 ? min : min + random.below(most - min + 1)
    for (let time = 0; time < times; time++) {
      if (term.kind === 'element') into.push(this.element(term, depth + 1))
      else if (term.kind === 'any') {
        into.push({
          name: { namespace: 'urn:other', localName: 'o' },
          attributes: [],
          children: [],
          text: 'x',
        })
      } else if (term.kind === 'choice') {
        if (term.particles.length > 0) this.#add(into, random.of(term.particles), depth)
      } else {
        const parts = term.kind === 'all' ? shuffled(random, term.particles) : term.particles
        for (const part of parts) this.#add(into, part, depth)
      }
    }
  }

  /** A value that is valid as a rule; for comparisons that is enough. */
  value(type: SimpleType): string {
    const random = this.#random
    const words = type.facets.enumeration ?? texts
    for (let tries = 0; tries < 200; tries++) {
      const text = random.of(words)
      if (checkText(type, text) === undefined) return text
    }
    return random.of(texts)
  }

  /** Changes one thing somewhere. */
  mutate(root: MessageElement): void {
    const random = this.#random
    const all: MessageElement[] = []
    const visit = (element: MessageElement): void => {
      all.push(element)
      element.children.forEach(visit)
    }
    visit(root)
    const at = random.of(all)
    const child = random.below(at.children.length + 1)
    const [first] = at.attributes
    switch (random.below(9)) {
      case 0:
        at.children.splice(child, 1)
        break
      case 1:
        if (at.children[child]) at.children.splice(child, 0, structuredClone(at.children[child]))
        break
      case 2:
        if (at.children.length > 1) at.children.push(...at.children.splice(0, 1))
        break
      case 3:
        if (at.children[child])
          at.children[child].name = {
            ...at.children[child].name,
            localName: random.of(['a', 'b', 'z']),
          }
        break
      case 4:
        at.attributes.shift()
        break
      case 5:
        if (first) first[1] = random.of(texts)
        break
      case 6:
        at.attributes.push([{ namespace: '', localName: random.of(['p9', 'q9']) }, '1'])
        break
      case 7:
        at.children.splice(
          child,
          0,
          structuredClone(
            random.of(all.slice(1).concat(all.length > 1 ? [] : [{ ...root, children: [] }])),
          ),
        )
        break
      default:
        if (at.children.length === 0) at.text = random.of(texts)
        else at.text = random.of(['x', ' ', ''])
    }
  }
}

function shuffled<Item>(random: Random, items: readonly Item[]): Item[] {
  return [...items].sort(() => random.below(3) - 1)
}

const escape = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;')

/** Writes a message with the prefixes `t` and `o`. */
export function messageText(root: MessageElement): string {
  const prefixes: Readonly<Record<string, string>> = {
    'urn:t': 't:',
    'urn:other': 'o:',
    [xsi]: 'xsi:',
    '': '',
  }
  const write = (
    { name, attributes, children, text }: MessageElement,
    declarations: string,
  ): string => {
    const tag = `${prefixes[name.namespace]}${name.localName}`
    const all = attributes.map(
      ([{ namespace, localName }, value]) =>
        ` ${prefixes[namespace]}${localName}="${escape(value)}"`,
    )
    const inside = children.map((child) => write(child, '')).join('')
    return `<${tag}${declarations}${[...new Set(all)].join('')}>${escape(text)}${inside}</${tag}>`
  }
  return write(root, ` xmlns:t="urn:t" xmlns:o="urn:other" xmlns:xsi="${xsi}"`)
}
