import { describe, expect, it } from '@jest/globals'
import { body, breachesOf, codecFor, messageOf as message } from '../../test/support/codec.js'
import {
  attribute,
  complex,
  element,
  group,
  listOf,
  builtIn,
  namespace,
  restricted,
  sequence,
  times,
} from '../../test/support/schema-by-hand.js'
import type { ComplexType, JsonHint } from '../xsd/schema-model.js'

const xsi = 'http://www.w3.org/2001/XMLSchema-instance'

function expectBoth(codec: ReturnType<typeof codecFor>, xml: string, json: string): void {
  expect(codec.toXml(json)).toBe(xml)
  expect(codec.toJson(xml)).toBe(json)
}

describe('values keep what they say', () => {
  it.each([
    [
      'string',
      'Əliyev Şükür İbrahim oğlu, Çağırış küçəsi',
      '"Əliyev Şükür İbrahim oğlu, Çağırış küçəsi"',
    ],
    ['string', 'кириллица ә Ә', '"кириллица ә Ә"'],
    ['string', ' a&amp;b &lt;c&gt; "d"&#xD;\n\t', '" a&b <c> \\"d\\"\\r\\n\\t"'],
    ['decimal', '1.50', '"1.50"'],
    ['long', '9223372036854775807', '"9223372036854775807"'],
    ['int', '-2147483648', '-2147483648'],
    ['unsignedByte', '255', '255'],
    ['integer', '18446744073709551616', '"18446744073709551616"'],
    ['boolean', 'true', 'true'],
    ['double', '1.5e300', '1.5e300'],
    ['double', '-INF', '"-INF"'],
    ['date', '2013-02-28+04:00', '"2013-02-28+04:00"'],
    ['dateTime', '2013-02-28T14:30:00.120Z', '"2013-02-28T14:30:00.120Z"'],
    ['gYear', '2012', '"2012"'],
    ['base64Binary', 'xZ8=', '"xZ8="'],
    ['hexBinary', 'C59f', '"C59f"'],
    ['anyURI', 'urn:a:b', '"urn:a:b"'],
  ])('%s %s', (type, text, json) => {
    expectBoth(message(element('D', type)), body(`<n1:D>${text}</n1:D>`), `{"D":${json}}`)
  })

  it('writes one value in one way', () => {
    const codec = message(element('D', 'int'), element('B', 'boolean'), element('F', 'double'))
    const json = codec.toJson(body('<n1:D> +007 </n1:D><n1:B>1</n1:B><n1:F>.5E3</n1:F>'))
    expect(json).toBe('{"D":7,"B":true,"F":0.5E3}')
    expect(codec.toXml('{"F":5E-3,"B":true,"D":70e-1}')).toBe(
      body('<n1:D>7</n1:D><n1:B>true</n1:B><n1:F>5E-3</n1:F>'),
    )
  })

  it('takes integers for numbers where facets keep them small', () => {
    const codec = message(
      element('D', restricted('integer', { minInclusive: '0', maxInclusive: '12' })),
      element('E', restricted('nonNegativeInteger', { totalDigits: 15 })),
      element('F', restricted('integer', { maxInclusive: '12' })),
    )
    expect(codec.toJson(body('<n1:D>12</n1:D><n1:E>5</n1:E><n1:F>6</n1:F>'))).toBe(
      '{"D":12,"E":5,"F":"6"}',
    )
  })
})

describe('structure', () => {
  const year = sequence(element('il', 'int'), element('kapital', 'decimal'))

  it('makes an array of what may repeat, even when it is one, or none', () => {
    const codec = message(times(element('il', year), 0, Infinity), element('tarix', 'date'))
    const one = '<n1:il><n1:il>2010</n1:il><n1:kapital>412.50</n1:kapital></n1:il>'
    const rest = '<n1:tarix>2013-02-28</n1:tarix>'
    expectBoth(
      codec,
      body(one + rest),
      '{"il":[{"il":2010,"kapital":"412.50"}],"tarix":"2013-02-28"}',
    )
    expectBoth(codec, body(rest), '{"il":[],"tarix":"2013-02-28"}')
    expect(codec.toXml('{"tarix":"2013-02-28"}')).toBe(body(rest))
  })

  it('tells nil from absent', () => {
    const codec = message(times(element('voen', 'string', { isNillable: true }), 0, 1))
    const nil = `<n1:Sorgu xmlns:n1="${namespace}" xmlns:xsi="${xsi}"><n1:voen xsi:nil="true"/></n1:Sorgu>`
    expectBoth(codec, nil, '{"voen":null}')
    expectBoth(codec, body(''), '{}')
    expectBoth(codec, body('<n1:voen></n1:voen>'), '{"voen":""}')
  })

  it('has attributes, and text beside them', () => {
    const amount = complex(builtIn('decimal'), {
      attributes: [attribute('valyuta', 'string', { isRequired: true }), attribute('n', 'int')],
    })
    const codec = message(element('cemi', amount, { isNillable: true }))
    expectBoth(
      codec,
      body('<n1:cemi valyuta="A&quot;&#xA;&amp;" n="5">1.50</n1:cemi>'),
      '{"cemi":{"@valyuta":"A\\"\\n&","@n":5,"$":"1.50"}}',
    )
    const nil = `<n1:Sorgu xmlns:n1="${namespace}" xmlns:xsi="${xsi}"><n1:cemi valyuta="AZN" xsi:nil="true"/></n1:Sorgu>`
    expectBoth(codec, nil, '{"cemi":{"@valyuta":"AZN","$":null}}')
  })

  it('writes in the order of the schema, whatever the order in JSON', () => {
    const codec = message(element('a', 'string'), element('b', 'string'))
    expect(codec.toXml('{"b":"2","a":"1"}')).toBe(body('<n1:a>1</n1:a><n1:b>2</n1:b>'))
  })

  it('has of a choice what was chosen', () => {
    const codec = message(
      group(
        'choice',
        group('sequence', element('seriya', 'string'), element('nomre', 'string')),
        element('fin', 'string'),
      ),
    )
    expectBoth(codec, body('<n1:fin>A</n1:fin>'), '{"fin":"A"}')
    expectBoth(
      codec,
      body('<n1:seriya>AB</n1:seriya><n1:nomre>1</n1:nomre>'),
      '{"seriya":"AB","nomre":"1"}',
    )
    expect(breachesOf(() => codec.toXml('{}'))).toEqual(['/ missing'])
    expect(breachesOf(() => codec.toXml('{"seriya":"AB"}'))).toEqual(['/nomre missing'])
    expect(breachesOf(() => codec.toXml('{"fin":"A","nomre":"1"}'))).toEqual(['/fin choice'])
    expect(
      breachesOf(() => codec.toJson(body('<n1:fin>A</n1:fin><n1:nomre>1</n1:nomre>'))),
    ).toEqual(['/fin choice'])
  })

  it('lets one element stand in two branches of a choice', () => {
    const shared = element('tarix', 'date')
    const codec = message(
      group(
        'choice',
        group('sequence', element('a', 'int'), shared),
        group('sequence', element('b', 'int'), shared),
      ),
    )
    expectBoth(
      codec,
      body('<n1:b>1</n1:b><n1:tarix>2013-02-28</n1:tarix>'),
      '{"tarix":"2013-02-28","b":1}',
    )
  })

  it('keeps members of a group together that may be left out', () => {
    const codec = message(
      times(group('sequence', element('bas', 'date'), times(element('son', 'date'), 0, 1)), 0, 1),
    )
    expectBoth(codec, body(''), '{}')
    expectBoth(codec, body('<n1:bas>2012-01-01</n1:bas>'), '{"bas":"2012-01-01"}')
    expect(breachesOf(() => codec.toXml('{"son":"2012-01-01"}'))).toEqual(['/bas missing'])
  })

  it('holds itself', () => {
    const node = { ...complex(undefined), name: { namespace, localName: 'Node' } } as ComplexType
    const content = group(
      'sequence',
      times(element('ad', 'string'), 0, 1),
      times(element('alt', node), 0, 1),
    )
    Object.assign(node, { content: complex(content).content })
    const codec = codecFor(element('Sorgu', node))
    expectBoth(
      codec,
      body('<n1:ad>a</n1:ad><n1:alt><n1:ad>b</n1:ad></n1:alt>'),
      '{"ad":"a","alt":{"ad":"b"}}',
    )
    const deep = `${'{"alt":'.repeat(95)}null${'}'.repeat(95)}`
    expect(breachesOf(() => codec.toXml(deep))).toEqual([`${'/alt'.repeat(91)} depth`])
  })

  it('names the type that stands in place of another', () => {
    const person = { ...sequence(element('ad', 'string')), name: { namespace, localName: 'Sexs' } }
    const official = {
      ...sequence(element('ad', 'string'), element('vezife', 'string')),
      name: { namespace: 'urn:other', localName: 'Memur' },
      base: person,
    }
    Object.assign(person, { derived: [official] })
    const codec = message(element('sexs', person))
    const xml =
      `<n1:Sorgu xmlns:n1="${namespace}" xmlns:n2="urn:other" xmlns:xsi="${xsi}"><n1:sexs xsi:type="n2:Memur">` +
      '<n1:ad>a</n1:ad><n1:vezife>b</n1:vezife></n1:sexs></n1:Sorgu>'
    expectBoth(codec, xml, '{"sexs":{"@type":"Memur","ad":"a","vezife":"b"}}')
    expectBoth(codec, body('<n1:sexs><n1:ad>a</n1:ad></n1:sexs>'), '{"sexs":{"ad":"a"}}')
    expect(codec.toXml('{"sexs":{"@type":"Sexs","ad":"a"}}')).toContain('<n1:sexs><n1:ad>')
    expect(breachesOf(() => codec.toXml('{"sexs":{"@type":"X","ad":"a"}}'))).toEqual([
      '/sexs/@type enumeration',
    ])
    expect(breachesOf(() => codec.toJson(xml.replace('n2:Memur', 'n1:Memur')))).toEqual([
      '/sexs derivedType',
    ])
  })

  it('has a member of a substitution group under its own name', () => {
    const head = element('sened', 'string', {
      isAbstract: true,
      substitutes: [element('pasport', 'string'), element('vesiqe', 'int')],
    })
    const codec = message(head)
    expectBoth(codec, body('<n1:vesiqe>5</n1:vesiqe>'), '{"vesiqe":5}')
    expect(breachesOf(() => codec.toXml('{"sened":"x"}'))).toEqual(['/sened unknown', '/ missing'])
  })

  it('makes an array of a list', () => {
    const codec = message(element('kodlar', listOf(builtIn('int'))))
    expectBoth(codec, body('<n1:kodlar>1 2 3</n1:kodlar>'), '{"kodlar":[1,2,3]}')
    expectBoth(codec, body('<n1:kodlar></n1:kodlar>'), '{"kodlar":[]}')
    const words = message(element('sozler', listOf(builtIn('string'))))
    expect(breachesOf(() => words.toXml('{"sozler":["a b"]}'))).toEqual(['/sozler type'])
  })

  it('follows the hints of our own schemas', () => {
    const hinted = (hint: JsonHint) => ({ hint })
    const item = element('item', 'string', hinted({ array: 'item' }))
    const codec = message(
      times(
        element('rows', sequence(times(item, 0, Infinity)), hinted({ array: 'wrapper' })),
        0,
        1,
      ),
      element('_x0040_ad', 'string', hinted({ name: '@ad' })),
      element('cem', 'decimal', hinted({ type: 'number' })),
      element('say', 'long', hinted({ type: 'number' })),
      element('kod', 'int', hinted({ type: 'string' })),
    )
    expectBoth(
      codec,
      body(
        '<n1:rows><n1:item>a</n1:item></n1:rows><n1:_x0040_ad>b</n1:_x0040_ad><n1:cem>1.50</n1:cem><n1:say>9223372036854775807</n1:say><n1:kod>5</n1:kod>',
      ),
      '{"rows":["a"],"@ad":"b","cem":1.50,"say":9223372036854775807,"kod":"5"}',
    )
    const rest = '"@ad":"b","cem":1.50,"say":5,"kod":"5"}'
    expect(codec.toXml(`{"rows":[],${rest}`)).toContain('<n1:rows></n1:rows>')
    expect(codec.toXml(`{${rest}`)).not.toContain('rows')
  })
})
