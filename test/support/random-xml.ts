/** Random documents for comparisons: a seed makes the same documents again. */

/** A small generator of random numbers (mulberry32). */
export class Random {
  #state: number

  constructor(seed: number) {
    this.#state = seed | 0
  }

  /** An integer from 0 up to, and not including, `end`. */
  below(end: number): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296) * end)
  }

  /** True once in `times`. */
  once(times: number): boolean {
    return this.below(times) === 0
  }

  of<Item>(items: readonly Item[]): Item {
    return items[this.below(items.length)]!
  }
}

// Names of one to four bytes a character; the last two sort differently in UTF-8 and in UTF-16.
const localNames = ['a', 'b', 'Body', 'x-1', 'ə', 'şlüz', 'Ünvan', 'имя', '\uff21', '\u{10400}']
const prefixes = ['p', 'q', 's', 'ns1', 'wsu', 'ö', '\uff21', '\u{10400}']
const namespaces = [
  'urn:a',
  'urn:b',
  'http://example.org/ns',
  'http://example.org/ns#',
  "urn:x:it's",
  'http://schemas.xmlsoap.org/soap/envelope/',
]
const xmlAttributes = ['xml:lang', 'xml:space', 'xml:base', 'xml:id', 'xml:other']
const bases = [
  'http://a.b/c/d',
  '../x',
  'y/',
  '/z/./q',
  '..',
  'r?s=1',
  '//h/p',
  '.',
  'a//b/../c',
  'f#g',
]
const textParts = [
  'mətn',
  'текст',
  ' ',
  '\n',
  '\r\n',
  '\r',
  '\t',
  '>',
  ']]',
  '"',
  "'",
  '&amp;',
  '&lt;',
  '&gt;',
  '&quot;',
  '&apos;',
  '&#xD;',
  '&#13;',
  '&#xd;',
  '&#x9;',
  '&#xA;',
  '&#10;',
  '&#38;',
  '&#60;',
  '&#x1F600;',
  '\u{1f600}',
  '\ufffd',
  '\uf123',
]
const spaces = [' ', ' ', ' ', '  ', '\n', '\t', '\r\n', '\r']

/** Prefix by prefix: the namespace that is in scope; the empty prefix for the default one. */
type Scope = ReadonlyMap<string, string>

interface Shape {
  readonly depthMax: number
  readonly childrenMax: number
  /** Nothing that the tidy writers of messages would not write. */
  readonly tidy: boolean
}

/** A well-formed document in namespaces, without document type declaration and processing instructions. */
export function randomXml(random: Random): string {
  const declaration = random.of([
    '',
    '',
    '<?xml version="1.0"?>',
    '<?xml version="1.0" encoding="UTF-8" ?>\n',
  ])
  const outside = (): string =>
    random.once(4) ? random.of(['\n', '<!-- out -->', '<!---->\r\n', ' <!-- a\r\nb --> ']) : ''
  const root = randomElement(random)
  return declaration + outside() + outside() + root + outside() + outside()
}

/** A random element that needs no declarations from around it. */
export function randomElement(random: Random): string {
  const shape = {
    depthMax: 1 + random.below(6),
    childrenMax: random.below(5),
    tidy: random.once(3),
  }
  return element(random, shape, new Map([['', '']]), 1)
}

function element(random: Random, shape: Shape, around: Scope, depth: number): string {
  const { scope, declarations } = declare(random, around)
  const gap = (): string => (shape.tidy ? ' ' : random.of(spaces))
  const name = qualifiedName(random, scope, true)
  const parts = shuffled(random, [...declarations, ...attributes(random, scope)])
  const head = name + parts.map((part) => gap() + written(random, part, shape)).join('')
  const end = shape.tidy || random.once(2) ? '' : random.of(['', ' ', '\n'])
  if (random.once(5)) return `<${head}${end}/>`
  let content = ''
  const count = depth < shape.depthMax ? random.below(shape.childrenMax + 1) : 0
  content += inside(random)
  for (let child = 0; child < count; child++) {
    content += element(random, shape, scope, depth + 1) + inside(random)
  }
  return `<${head}${end}>${content}</${name}${end}>`
}

type Part = readonly [name: string, value: string]

function declare(random: Random, around: Scope): { scope: Scope; declarations: Part[] } {
  const scope = new Map(around)
  const declarations: Part[] = []
  const declared = new Set<string>()
  for (let left = random.below(4); left > 0; left--) {
    const prefix = random.once(3) ? '' : random.of(prefixes)
    if (declared.has(prefix)) continue
    declared.add(prefix)
    const namespace = prefix === '' && random.once(3) ? '' : random.of(namespaces)
    scope.set(prefix, namespace)
    declarations.push([prefix === '' ? 'xmlns' : `xmlns:${prefix}`, namespace])
  }
  if (random.once(40)) declarations.push(['xmlns:xml', 'http://www.w3.org/XML/1998/namespace'])
  return { scope, declarations }
}

function qualifiedName(random: Random, scope: Scope, mayBeDefault: boolean): string {
  const known = [...scope.keys()].filter((prefix) => prefix !== '')
  const local = random.of(localNames)
  return known.length === 0 || (mayBeDefault && random.once(2))
    ? local
    : `${random.of(known)}:${local}`
}

function attributes(random: Random, scope: Scope): Part[] {
  const found: Part[] = []
  const taken = new Set<string>()
  for (let left = random.once(2) ? 0 : random.below(5); left > 0; left--) {
    const isXml = random.once(5)
    const name = isXml
      ? random.of(xmlAttributes)
      : random.once(2)
        ? random.of(localNames)
        : qualifiedName(random, scope, false)
    const [prefix, local] = name.includes(':') ? name.split(':') : ['', name]
    const expanded = `${local ?? ''} ${prefix === '' ? '' : (scope.get(prefix ?? '') ?? 'xml')}`
    if (taken.has(expanded)) continue
    taken.add(expanded)
    found.push([name, valueOf(random, name)])
  }
  return found
}

/** What libxml2 takes without complaint: it looks into xml:id and xml:space. */
function valueOf(random: Random, name: string): string {
  if (name === 'xml:id') return `id${random.below(1_000_000_000)}`
  if (name === 'xml:space') return random.of(['default', 'preserve'])
  return name === 'xml:base' ? random.of(bases) : text(random, 4)
}

function written(random: Random, [name, value]: Part, { tidy }: Shape): string {
  const equals = tidy || random.once(2) ? '=' : random.of(['=', ' =', '= ', '\n=\t'])
  const quote = tidy || value.includes("'") ? '"' : random.of(['"', "'"])
  return (
    name + equals + quote + value.replaceAll(quote, quote === '"' ? '&quot;' : '&apos;') + quote
  )
}

function inside(random: Random): string {
  if (random.once(3)) return ''
  if (random.once(8)) return `<!--${random.of([' c ', '', '\r\n', ' - ə'])}-->`
  if (random.once(8)) return `<![CDATA[${random.of(['', '<&>', ']]', '\r\n]', 'ə]]&gt;'])}]]>`
  return text(random, 5).replaceAll(']]>', ']]&gt;')
}

function text(random: Random, partsMax: number): string {
  let all = ''
  for (let left = random.below(partsMax); left > 0; left--) all += random.of(textParts)
  return all
}

function shuffled<Item>(random: Random, items: Item[]): Item[] {
  for (let last = items.length - 1; last > 0; last--) {
    const other = random.below(last + 1)
    const item = items[last]!
    items[last] = items[other]!
    items[other] = item
  }
  return items
}

/** The document with a few bytes changed, as a hostile or broken sender would. */
export function mutated(random: Random, bytes: Buffer): Buffer {
  let result = bytes
  for (let left = 1 + random.below(3); left > 0; left--) {
    const at = random.below(result.length + 1)
    const to = Math.min(result.length, at + (random.once(2) ? random.below(4) : random.below(40)))
    const piece = random.once(3) ? result.subarray(at, to) : Buffer.from(random.of(splinters))
    const from = random.once(2) ? to : at
    result = Buffer.concat([result.subarray(0, at), piece, result.subarray(from)])
  }
  return result
}

const splinters: readonly (string | number[])[] = [
  '',
  '<',
  '>',
  '&',
  '"',
  "'",
  '/',
  '=',
  ' ',
  ':',
  '-',
  ']',
  ';',
  '#',
  'x',
  '!',
  '?',
  '\r',
  '\t',
  '<!--',
  '-->',
  '--',
  '<![CDATA[',
  ']]>',
  '</',
  '/>',
  '&#',
  '&#x',
  '&amp;',
  '&nbsp;',
  '&#0;',
  '&#xFFFE;',
  '&#xD800;',
  '&#x110000;',
  '&#1114111;',
  '&lt',
  'xmlns="',
  'xmlns:p="urn:a"',
  ' xmlns:p=""',
  'xmlns:xml="urn:a"',
  'xml:',
  'p:',
  ' a="1"',
  " a='",
  '<a>',
  '</a>',
  '<a/>',
  '<p:a/>',
  '·',
  '\u0300',
  '\u037e',
  '\u2040',
  '\u3000',
  '\ufdd0',
  '\ufeff',
  '\u{effff}',
  '\u{f0000}',
  '\ufffe',
  '\uffff',
  '<?xml version="1.0"?>',
  'standalone="yes"',
  [0],
  [1],
  [0x0b],
  [0x1f],
  [0x7f],
  [0x80],
  [0xc0, 0x80],
  [0xed, 0xa0, 0x80],
  [0xf4, 0x90, 0x80, 0x80],
  [0xff],
  [0xc3],
  [0xe2, 0x82],
]
