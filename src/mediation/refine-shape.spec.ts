import { describe, expect, it } from '@jest/globals'
import { breachesOf, textCodec } from '../../test/support/codec.js'
import { elementOf, messageSchema, typeSchema } from '../../test/support/scenario-schemas.js'
import { MappingError } from './mapping-problem.js'
import { refinedShape } from './refine-shape.js'
import { readRefinement } from './refinement.js'

/** A codec for the element `M` of a schema, refined by the request's (or the reply's) rules. */
function refined(schema: string, mapping: string, side: 'request' | 'reply' = 'request') {
  const refinement = readRefinement(Buffer.from(`mapping: 1\n${mapping}`))
  const { names } = refinement
  const rules = { names, rules: refinement[side], mayIgnore: side === 'reply' }
  return textCodec(refinedShape(elementOf(schema, 'M'), rules))
}

function problemsOf(act: () => unknown): string[] {
  try {
    act()
  } catch (error) {
    if (!(error instanceof MappingError)) throw error
    return error.problems.map(({ path, en }) => `${path}: ${en}`)
  }
  return []
}

const xml = (content: string): string => `<n1:M xmlns:n1="urn:example:az">${content}</n1:M>`

function expectBoth(codec: ReturnType<typeof textCodec>, content: string, json: string): void {
  expect(codec.toXml(json)).toBe(xml(content))
  expect(codec.toJson(xml(content))).toBe(json)
}

describe('mapping.yaml', () => {
  const card = messageSchema('M', 'SenedNovu: string', 'SenedNomresi: string', 'Fin: string')

  it('renames, and writes what the consumer does not say', () => {
    const codec = refined(
      card,
      `names: lowerFirst
request:
  - { path: /SenedNovu, constant: SV }
  - { path: /SenedNomresi, name: vesiqeNomresi }`,
    )
    expectBoth(
      codec,
      '<n1:SenedNovu>SV</n1:SenedNovu><n1:SenedNomresi>00000001</n1:SenedNomresi><n1:Fin>0TEST01</n1:Fin>',
      '{"vesiqeNomresi":"00000001","fin":"0TEST01"}',
    )
    expect(
      breachesOf(() => codec.toXml('{"senedNovu":"SV","vesiqeNomresi":"1","fin":"2"}')),
    ).toEqual(['/senedNovu unknown'])
    const other = xml(
      '<n1:SenedNovu>XX</n1:SenedNovu><n1:SenedNomresi>1</n1:SenedNomresi><n1:Fin>2</n1:Fin>',
    )
    expect(breachesOf(() => codec.toJson(other))).toEqual(['/SenedNovu fixed'])
  })

  it('takes a wrapper away, and makes a year a number', () => {
    const schema =
      typeSchema('Il', 'Il: gYear', 'Kapital: decimal') +
      typeSchema('Iller', 'Il: Il*') +
      messageSchema('M', 'Iller: Iller?', 'Cemi: decimal')
    const codec = refined(
      schema,
      `names: lowerFirst
request:
  - { path: /Iller, unwrap: true }
  - { path: /Iller/Il/Il, as: number }
  - { path: /Cemi, as: number }`,
    )
    expectBoth(
      codec,
      '<n1:Iller><n1:Il><n1:Il>0987</n1:Il><n1:Kapital>412.50</n1:Kapital></n1:Il></n1:Iller><n1:Cemi>1.50</n1:Cemi>',
      '{"iller":[{"il":987,"kapital":"412.50"}],"cemi":1.50}',
    )
    expectBoth(codec, '<n1:Iller></n1:Iller><n1:Cemi>0</n1:Cemi>', '{"iller":[],"cemi":0}')
    expectBoth(codec, '<n1:Cemi>0</n1:Cemi>', '{"cemi":0}')
    expect(breachesOf(() => codec.toXml('{"iller":[{"il":"1"}],"cemi":1}'))).toEqual([
      '/iller[1]/kapital missing',
      '/iller[1]/il type',
    ])
  })

  it('moves values to another place, and dissolves what is then empty', () => {
    const schema =
      typeSchema('Sened', 'Seriya: string', 'Nomre: string') +
      typeSchema('Bas', 'Kod: int', 'Sened: Sened?') +
      messageSchema('M', 'Bas: Bas', 'Ad: string')
    const codec = refined(
      schema,
      `request:
  - { path: /Bas/Kod, constant: 7 }
  - { path: /Bas/Sened/Seriya, move: /sened/seriya }
  - { path: /Bas/Sened/Nomre, move: /sened/nomre }`,
    )
    expectBoth(
      codec,
      '<n1:Bas><n1:Kod>7</n1:Kod><n1:Sened><n1:Seriya>AB</n1:Seriya><n1:Nomre>1</n1:Nomre></n1:Sened></n1:Bas><n1:Ad>a</n1:Ad>',
      '{"Ad":"a","sened":{"seriya":"AB","nomre":"1"}}',
    )
    expectBoth(codec, '<n1:Bas><n1:Kod>7</n1:Kod></n1:Bas><n1:Ad>a</n1:Ad>', '{"Ad":"a"}')
    expect(breachesOf(() => codec.toXml('{"Ad":"a","sened":{"seriya":"AB","x":1}}'))).toEqual([
      '/sened/x unknown',
      '/sened/nomre missing',
    ])
    expect(breachesOf(() => codec.toXml('{"Ad":"a","sened":[]}'))).toEqual(['/sened type'])
  })

  it('stands in for what is absent', () => {
    const codec = refined(
      messageSchema('M', 'Say: int', 'Dil: string?'),
      'request: [{ path: /Say, default: 10 }, { path: /Dil, default: az }]',
    )
    expect(codec.toXml('{}')).toBe(xml('<n1:Say>10</n1:Say><n1:Dil>az</n1:Dil>'))
    expectBoth(codec, '<n1:Say>5</n1:Say><n1:Dil>en</n1:Dil>', '{"Say":5,"Dil":"en"}')
  })

  it('turns dates of legacy systems into ISO 8601 and back', () => {
    const codec = refined(
      messageSchema('M', 'Tarix: string', 'Vaxt: string?'),
      'request: [{ path: /Tarix, format: dd.MM.yyyy }, { path: /Vaxt, format: yyyyMMddHHmmss }]',
    )
    expectBoth(
      codec,
      '<n1:Tarix>31.01.1980</n1:Tarix><n1:Vaxt>20130228143000</n1:Vaxt>',
      '{"Tarix":"1980-01-31","Vaxt":"2013-02-28T14:30:00"}',
    )
    for (const text of ['31.02.1980', '1.1.1980', '']) {
      expect(breachesOf(() => codec.toJson(xml(`<n1:Tarix>${text}</n1:Tarix>`)))).toEqual([
        '/Tarix type',
      ])
    }
    expect(breachesOf(() => codec.toXml('{"Tarix":"1980-02-31"}'))).toEqual(['/Tarix type'])
    expect(breachesOf(() => codec.toXml('{"Tarix":"1980-01-31T00:00:00"}'))).toEqual([
      '/Tarix type',
    ])
  })

  it('leaves out of a reply what nobody wants, with a reason', () => {
    const schema =
      `<xs:element name="M"><xs:complexType><xs:sequence><xs:element name="Ad" type="xs:string"/>` +
      `<xs:any minOccurs="0" maxOccurs="unbounded" processContents="lax"/></xs:sequence>` +
      `<xs:attribute name="v" type="xs:int"/><xs:anyAttribute/></xs:complexType></xs:element>`
    expect(problemsOf(() => refined(schema, '', 'reply'))).toEqual([
      expect.stringMatching(/^\/@\*: xs:anyAttribute/),
      expect.stringMatching(/^\/\*: xs:any:/),
    ])
    const ignore = (path: string): string => `{ path: '${path}', ignore: true, reason: unused }`
    const codec = refined(
      schema,
      `reply: [${['/*', '/@*', '/@v'].map(ignore).join(', ')}]`,
      'reply',
    )
    const full = xml('<n1:Ad>a</n1:Ad><x><y/></x>').replace('<n1:M', '<n1:M v="x" z="1"')
    expect(codec.toJson(full)).toBe('{"Ad":"a"}')
    expect(problemsOf(() => refined(schema, `request: [${ignore('/*')}]`))).toContain(
      '/*: The rule does not fit here: "ignore" is for replies',
    )
  })

  it('changes a type at one place, and nowhere else that has it', () => {
    const schema = typeSchema('Sexs', 'Ad: string') + messageSchema('M', 'A: Sexs', 'B: Sexs')
    const codec = refined(schema, 'request: [{ path: /A/Ad, name: adi }]')
    expectBoth(
      codec,
      '<n1:A><n1:Ad>a</n1:Ad></n1:A><n1:B><n1:Ad>b</n1:Ad></n1:B>',
      '{"A":{"adi":"a"},"B":{"Ad":"b"}}',
    )
  })
})

describe('a rule that does not fit', () => {
  const schema =
    typeSchema('Setir', 'K: string') + messageSchema('M', 'A: string', 'B: int', 'C: Setir*')

  it.each([
    [
      '{ path: /X, name: y }',
      '/X: The rule applies to nothing: the contract has no such place (/X)',
    ],
    [
      '{ path: /A/X, name: y }',
      '/A/X: The rule applies to nothing: the contract has no such place (/A/X)',
    ],
    ['{ path: /A }', '/A: The rule does not fit here: the rule says nothing'],
    [
      '{ path: /A, name: B }',
      '/B: Two fields would have the same name in JSON: B; give one a "name" in mapping.yaml',
    ],
    [
      '{ path: /A, move: /B }',
      '/A: Two fields would have the same name in JSON: /B; give one a "name" in mapping.yaml',
    ],
    [
      '{ path: /A, move: /B/a }',
      '/A: Two fields would have the same name in JSON: /B/a; give one a "name" in mapping.yaml',
    ],
    ['{ path: /A, as: number }', '/A: The rule does not fit here: the type string is no number'],
    [
      '{ path: /B, constant: x }',
      '/B: The rule does not fit here: the schema does not allow this constant (type)',
    ],
    [
      '{ path: /B, default: x }',
      '/B: The rule does not fit here: the schema does not allow this default',
    ],
    ['{ path: /C, constant: x }', '/C: The rule does not fit here: the element repeats'],
    [
      '{ path: /C/K, move: /k }',
      '/C/K: The rule does not fit here: what stands in an array cannot be moved out of it',
    ],
    [
      '{ path: /A, format: dd.MM }',
      '/A: The rule does not fit here: "format" needs yyyy, MM and dd once each, and HH, mm and ss all or none',
    ],
    ['{ path: /, name: y }', '/: The rule does not fit here: the message has no name'],
    [
      '{ path: /A, name: x }, { path: /A, name: y }',
      '/A: Two rules say the same of one place: name',
    ],
  ])('%s', (rules, told) => {
    expect(problemsOf(() => refined(schema, `request: [${rules}]`))).toContain(told)
  })

  it.each([
    ['mapping: 2'],
    ['mapping: 1\nrequest: [{ path: A, name: b }]'],
    ['mapping: 1\nrequest: [{ path: /A, nmae: b }]'],
    ['mapping: 1\nnames: camel'],
    ['['.repeat(100_000)],
    ['mapping: &a [*a]'],
    ['mapping: "'],
    ['mapping: \xff'],
  ])('a mapping.yaml that is none: %#', (text) => {
    expect(problemsOf(() => readRefinement(Buffer.from(text, 'latin1')))).toEqual(
      expect.arrayContaining([expect.stringMatching(/^mapping\.yaml: mapping\.yaml is malformed/)]),
    )
  })
})

describe('what cannot be carried over without loss is refused by name', () => {
  const complex = (inside: string, attributes = ''): string =>
    `<xs:element name="M"><xs:complexType${attributes}>${inside}</xs:complexType></xs:element>`
  const one = '<xs:element name="a" type="xs:string"/>'
  const two = `${one}<xs:element name="b" type="xs:string"/>`

  it.each([
    [
      complex(`<xs:sequence>${one}</xs:sequence>`, ' mixed="true"'),
      '/: Text and elements are mixed',
    ],
    [messageSchema('M', 'a: xs:QName'), '/a: A value of type QName'],
    [messageSchema('M', 'a: anyType'), '/a/*: xs:any'],
    [
      complex(`<xs:choice maxOccurs="unbounded">${two}</xs:choice>`),
      '/: A group with more than one member repeats (a, b)',
    ],
    [
      complex(`<xs:sequence maxOccurs="2">${two}</xs:sequence>`),
      '/: A group with more than one member repeats (a, b)',
    ],
    [
      complex(`<xs:sequence>${one}<xs:element name="c" type="xs:int"/>${one}</xs:sequence>`),
      '/a: The same element stands in two places: a',
    ],
  ])('%s', (schema, told) => {
    expect(problemsOf(() => refined(schema, ''))).toContainEqual(expect.stringContaining(told))
  })
})
