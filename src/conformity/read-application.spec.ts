import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { anyCharacter } from '../../test/support/any-character.js'
import { readFileSync } from 'node:fs'
import { missingData } from './missing-data.js'
import { readApplicationFile } from './read-application-file.js'
import { readApplication } from './read-application.js'

const draft = {
  ...{ kind: 'service', member: 'AZ/GOV/NN', domain: 'PORTAL' },
  objectId: 'AZ/GOV/NN/DASIMA/xett/v1',
  name: { az: 'Xətt', en: 'Line' },
  declaration: { protocol: 'rest', address: 'https://xett.nn.gov.az/v1' },
}

/** Places that are wrong. */
function flawsOf(value: unknown): string[] {
  const { flaws } = readApplication(value)
  for (const { text } of flaws) expect([text.az, text.en]).not.toContain('')
  return flaws.map(({ pointer }) => pointer)
}

describe('an application', () => {
  it('may be a draft; what the desk needs is another question (R-051)', () => {
    const { application, flaws } = readApplication(draft)
    expect(flaws).toEqual([])
    expect(missingData(application!).map(({ pointer }) => pointer)).toEqual([
      ...['/contract', '/probes', '/responsible', '/technical'],
    ])
  })

  it.each<[string, object, string]>([
    ['a system called as a service', { kind: 'system' }, '/objectId'],
    ['a member that is none', { member: 'AZ/GOV/NN/' }, '/member'],
    ['a field that nobody knows', { tel: '1' }, ''],
    ['a path to another host', probe('//evil.example'), '/probes/good/target'],
    ['a path with a line end', probe('/a\r\nHost: x'), '/probes/good/target'],
    ['a user in the address', address('https://a:b@xett.nn.gov.az'), '/declaration/address'],
    ['another scheme', address('file:///etc/passwd'), '/declaration/address'],
    ['no address', address(undefined), '/declaration/address'],
    ['a control character', { name: { az: 'a\u0000', en: 'b' } }, '/name/az'],
    ['half a character', { name: { az: '\ud800', en: 'b' } }, '/name/az'],
    ['a statement without end', { softwareStatement: 'a'.repeat(10_001) }, '/softwareStatement'],
  ])('is refused for %s', (_, change, pointer) => {
    expect(flawsOf({ ...draft, ...change })).toEqual([pointer])
  })

  it('says of an empty place that it is empty, and of another kind of value what it has to be', () => {
    const body = { nomre: 'AZ-1' }
    const probes = {
      good: { target: null },
      bad: { target: '/a' },
      echo: { request: {}, text: 'ə' },
    }
    const { flaws } = readApplication({ ...draft, probes: { ...probes, bad: { body } } })
    expect(flaws).toEqual([
      {
        pointer: '/probes/good/target',
        text: { az: 'boşdur, doldurulmalıdır', en: 'is empty, and has to be filled in' },
      },
      {
        pointer: '/probes/bad/body',
        text: { az: 'növü mətn olmalıdır', en: 'must be of type string' },
      },
    ])
  })

  it('is not walked to its depth', () => {
    let deep: unknown = 'a'
    for (let n = 0; n < 100_000; n += 1) deep = [deep]
    expect(flawsOf({ ...draft, declaration: { deep } })).toEqual([''])
    expect(flawsOf(Array.from({ length: 6_000 }))).toEqual([''])
  })

  it('as a file: a telephone number is no number, and references are refused', () => {
    const file = readFileSync('docs/conformity/rest/application.yaml', 'utf8')
    const read = (text: string) => readApplicationFile(Buffer.from(text))
    const number = '+994125550001'
    const phone = file.replace(/phone: \+994 12 555 00 01/, `phone: ${number}`)
    expect(read(phone).application?.responsible?.phone).toBe(number)
    expect(read(`${file}\nanchor: &a 1\nownCheck: *a`).flaws).toHaveLength(1)
    expect(read('['.repeat(100_000)).flaws).toHaveLength(1)
    expect(read(`kind: !!js/function x`).flaws).not.toEqual([])
    expect(readApplicationFile(Buffer.from([0xff])).flaws).toHaveLength(1)
    expect(readApplicationFile(Buffer.alloc(300_000, 0x20)).flaws).toHaveLength(1)
  })

  function probe(target: string): object {
    return { probes: { good: { target }, bad: {} } }
  }

  function address(given: string | undefined): object {
    return { declaration: { protocol: 'rest', address: given } }
  }
})

describe('whatever comes', () => {
  const names = [
    ...['kind', 'member', 'objectId', 'name', 'declaration', 'probes', 'good', 'target', 'body'],
    ...['responsible', 'phone', 'dataObjects', 'regulation', 'answerMsMax', '__proto__', 'echo'],
  ]
  const key = fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...names) }, fc.string())

  it('is an application or has flaws, and never throws', () => {
    const value = fc.letrec((tie) => ({
      any: fc.oneof(
        { depthSize: 'small' },
        fc.string({ unit: anyCharacter }),
        fc.constantFrom('service', 'AZ/GOV/NN', draft.objectId, 'rest', 'https://a.az', null),
        fc.double(),
        fc.boolean(),
        fc.array(tie('any'), { maxLength: 4 }),
        fc.dictionary(key, tie('any'), { maxKeys: 6 }),
      ),
    })).any
    const property = fc.property(value, fc.boolean(), (given, isMerged) => {
      const isRecord = given !== null && typeof given === 'object' && !Array.isArray(given)
      const merged: unknown = isMerged && isRecord ? Object.assign({ ...draft }, given) : given
      const { application, flaws } = readApplication(merged)
      expect(application === undefined).toBe(flaws.length > 0)
      expect(flaws.every(({ text }) => text.az !== '' && text.en !== '')).toBe(true)
    })
    fc.assert(property, { numRuns: 1_000 })
  })

  it('as bytes, too: the example with stretches of it changed', () => {
    const file = readFileSync('docs/conformity/soap/application.yaml')
    const change = fc.tuple(fc.nat(file.length), fc.nat(40), fc.uint8Array({ maxLength: 40 }))
    const property = fc.property(fc.array(change, { minLength: 1, maxLength: 3 }), (changes) => {
      let bytes: Buffer = Buffer.from(file)
      for (const [from, length, put] of changes) {
        bytes = Buffer.concat([bytes.subarray(0, from), put, bytes.subarray(from + length)])
      }
      const { application, flaws } = readApplicationFile(bytes)
      expect(application === undefined).toBe(flaws.length > 0)
    })
    fc.assert(property, { numRuns: 300 })
  })
})
