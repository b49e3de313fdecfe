import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { anyCharacter } from '../../test/support/any-character.js'
import { contractLimits } from '../limits/contracts.js'
import { ContractError, placeText } from './contract-error.js'
import { readSettings } from './contract-settings.js'

const good = `contract: 1
service: AZ/GOV/DIN/GCQ/yoxlaSexsiyyet/v1
name: { az: Şəxsiyyətin yoxlanılması, en: Identity check }
description: service.wsdl
operation: YoxlaSexsiyyet
pattern: request-reply
idempotent: true
validation: { request: block, reply: report }
limits: { timeLimitMs: 5000, requestBytesMax: 65536 }
personalData: { fin: /Fin, fields: [/Soyad, /Ad] }
resources: [AZ/GOV/DIN/ehali-reyestri]
attachments: none
mapping: derived
`

function problemsOf(text: string | Uint8Array): string[] {
  try {
    readSettings(Buffer.from(text))
    return []
  } catch (error) {
    if (!(error instanceof ContractError)) throw error
    return error.problems.map((each) => `${placeText(each)}: ${each.text.en}`)
  }
}

describe('contract.yaml', () => {
  it('says what it says, and what it does not say has a default', () => {
    expect(readSettings(Buffer.from(good))).toMatchObject({
      service: 'AZ/GOV/DIN/GCQ/yoxlaSexsiyyet/v1',
      operation: 'YoxlaSexsiyyet',
      idempotent: true,
      validation: { request: 'block', reply: 'report' },
      personalData: { fin: '/Fin', fields: ['/Soyad', '/Ad'] },
    })
    const least = good.split('\n').slice(0, 4).join('\n')
    expect(readSettings(Buffer.from(least))).toMatchObject({
      pattern: 'request-reply',
      idempotent: false,
      validation: { request: 'block', reply: 'block' },
      personalData: undefined,
      mapping: 'derived',
    })
  })

  it('is of one service, or of one code and version, whosever it is', () => {
    const serviceIn = (service: string) => () =>
      readSettings(Buffer.from(good.replace('AZ/GOV/DIN/GCQ/yoxlaSexsiyyet/v1', `'${service}'`)))
        .service
    expect(serviceIn('*/sened/v1')()).toBe('*/sened/v1')
    for (const other of ['*/sened', '*/a/sened/v1', '*/sened/1', '*', '*//v1', 'AZ/*/A/B/c/v1']) {
      expect(serviceIn(other)).toThrow(ContractError)
    }
  })

  it.each([
    ['a version of another time', 'contract: 1', 'contract: 2', 1],
    ['a field that nobody knows', 'idempotent: true', 'idempotemt: true', 1],
    ['a level that is none', 'request: block', 'request: maybe', 8],
    ['a service that is none', '/v1', '', 2],
    ['a path that is none', 'fin: /Fin', 'fin: Fin', 10],
    ['no name', 'name: {', 'nome: {', 1],
    ['the same twice', 'idempotent: true', 'pattern: one-way', 7],
  ])('is refused with the line: %s', (_, was, is, line) => {
    const [first] = problemsOf(good.replace(was, is))
    expect(first).toMatch(new RegExp(`^contract\\.yaml:${line}: `))
  })

  it.each([
    ['no UTF-8', Buffer.from([0x61, 0xff])],
    ['an alias', 'a: &a [x]\nb: *a\n'],
    ['a tag', 'contract: !!binary aGk=\n'],
    ['nothing', ''],
    ['a list', '- 1\n'],
    ['more than it may be', `${good}#${' '.repeat(contractLimits.settingsBytesMax)}`],
    ['aliases that multiply', 'a: &a [x,x]\nb: &b [*a,*a]\nc: [*b,*b]\n'],
    ['a name that objects have', '__proto__: { contract: 1 }\n'],
    ['depth', `contract: ${'['.repeat(20_000)}`],
    ['keys that are lists', '? [a, b]\n: 1\n'],
  ])('is refused: %s', (_, bytes) => {
    expect(problemsOf(bytes).length).toBeGreaterThan(0)
  })

  it('is settings or a ContractError, whatever the bytes', () => {
    const pieces = fc.constantFrom(
      ...': - { } [ ] & * ! | > ? # " \' % @ `'.split(' '),
      '\n',
      '\t',
      '\u0000',
      ' ',
    )
    const cut = fc.tuple(fc.nat(good.length), fc.nat(12), fc.array(pieces, { maxLength: 6 }))
    const changed = cut.map(([at, length, put]) =>
      Buffer.from(good.slice(0, at) + put.join('') + good.slice(at + length)),
    )
    const bytes = fc.oneof(
      changed,
      fc.uint8Array({ maxLength: 300 }),
      fc.string({ unit: anyCharacter }).map((text) => Buffer.from(text)),
      fc.json().map((text) => Buffer.from(text)),
    )
    fc.assert(
      fc.property(bytes, (each) => void problemsOf(Buffer.from(each))),
      { numRuns: 3_000 },
    )
  })
})
