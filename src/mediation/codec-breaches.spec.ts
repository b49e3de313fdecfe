import { describe, expect, it } from '@jest/globals'
import { body, breachesOf, messageOf as message } from '../../test/support/codec.js'
import { element, restricted, sequence, times } from '../../test/support/schema-by-hand.js'

describe('what breaks the contract', () => {
  const codec = message(
    element('fin', restricted('string', { length: 7 })),
    element('il', 'int'),
    times(element('setir', sequence(element('ay', 'string'))), 1, 2),
    times(element('hal', restricted('string', { enumeration: ['A', 'B'] })), 0, 1),
  )

  it('is told with every place, in JSON names', () => {
    expect(
      breachesOf(() =>
        codec.toXml(
          '{"fin":"1","il":"2","setir":[{"ay":"a"},{"x":1},{"ay":null}],"hal":"C","@z":1}',
        ),
      ),
    ).toEqual(['/@z unknown', '/setir tooMany', '/fin length', '/il type', '/hal enumeration'])
    expect(breachesOf(() => codec.toXml('{"setir":[{"x":1},{"ay":null}]}'))).toEqual([
      '/fin missing',
      '/il missing',
      '/setir[1]/x unknown',
      '/setir[1]/ay missing',
      '/setir[2]/ay null',
    ])
    expect(breachesOf(() => codec.toXml('[]'))).toEqual(['/ type'])
    expect(breachesOf(() => codec.toXml('null'))).toEqual(['/ null'])
    expect(breachesOf(() => codec.toXml('{"fin":"1234567","il":2,"setir":{"ay":"a"}}'))).toEqual([
      '/setir type',
    ])
  })

  it('is told with every place, in XML names', () => {
    const xml = body(
      '<n1:il>x</n1:il><n1:il>1</n1:il><n1:setir k="1"><n1:ay><n1:b/></n1:ay>x</n1:setir><n1:z/><fin/><n1:hal>C</n1:hal>',
    )
    expect(breachesOf(() => codec.toJson(xml))).toEqual([
      '/il type',
      '/setir[1]/@k unknown',
      '/setir[1]/ay/b unknown',
      '/setir[1] text',
      '/z unknown',
      '/fin unexpected',
      '/fin missing',
      '/il repeated',
    ])
    expect(breachesOf(() => codec.toJson('<Sorgu/>'))).toEqual(['/ unexpected'])
  })

  it('is told up to a limit', () => {
    const many = Array.from({ length: 100 }, (_, at) => `"x${at}":1`).join(',')
    expect(breachesOf(() => codec.toXml(`{${many}}`))).toHaveLength(20)
  })

  it('is told of characters that XML has not', () => {
    const any = message(element('a', 'string'))
    for (const escape of ['\\u0000', '\\u000b', '\\ufffe']) {
      expect(breachesOf(() => any.toXml(`{"a":"${escape}"}`))).toEqual(['/a unmappable'])
    }
  })

  it('is told of a comment within a value', () => {
    const any = message(element('a', 'string'))
    expect(breachesOf(() => any.toJson(body('<n1:a>x<!-- y -->z</n1:a>')))).toEqual([
      '/a unmappable',
    ])
  })

  it('is told where an empty text would become the default', () => {
    const any = message(element('a', 'string', { defaultValue: 'x' }))
    expect(any.toJson(body('<n1:a/>'))).toBe('{"a":"x"}')
    expect(breachesOf(() => any.toXml('{"a":""}'))).toEqual(['/a unmappable'])
  })
})

describe('a message that costs more than its bytes', () => {
  const of = (count: number, min: number, max: number, name = 'e') =>
    sequence(
      ...Array.from({ length: count }, (_, at) => times(element(`${name}${at}`, 'int'), min, max)),
    )
  const rows = (type: ReturnType<typeof of>) => message(times(element('r', type), 0, Infinity))
  const inXml = (count: number) => body('<n1:r/>'.repeat(count))
  const inJson = (count: number) => `{"r":[${Array.from({ length: count }, () => '{}').join(',')}]}`

  it('by types of thousands of properties that are not there is refused, both ways', () => {
    const codec = rows(of(2_000, 0, 1))
    expect(codec.toJson(inXml(50))).toBe(inJson(50))
    expect(breachesOf(() => codec.toJson(inXml(10_000)))).toEqual(['/ work'])
    expect(breachesOf(() => codec.toXml(inJson(10_000)))).toEqual(['/ work'])
  })

  it('by none of that is not refused, however long it is', () => {
    const codec = rows(of(20, 0, 1))
    const row = Object.fromEntries(Array.from({ length: 20 }, (_, at) => [`e${at}`, 1]))
    const json = `{"r":[${Array.from({ length: 9_000 }, () => JSON.stringify(row)).join(',')}]}`
    expect(codec.toJson(codec.toXml(json)) === json).toBe(true)
  })

  it('by arrays that JSON has and XML has not is refused', () => {
    const codec = rows(of(50, 0, Infinity, 'x'.repeat(200)))
    expect(codec.toJson(inXml(1))).toContain(`"${'x'.repeat(200)}49":[]`)
    expect(breachesOf(() => codec.toJson(inXml(10_000)))).toEqual(['/ work'])
  })

  it('by names that XML repeats is refused', () => {
    const name = 'x'.repeat(10_000)
    const codec = rows(of(1, 1, 1, name))
    const json = `{"r":[${Array.from({ length: 2_000 }, () => `{"${name}0":1}`).join(',')}]}`
    expect(breachesOf(() => codec.toXml(json))).toEqual(['/ work'])
  })
})
