import { beforeAll, describe, expect, it } from '@jest/globals'
import 'reflect-metadata'
import {
  flawsOf,
  makeSampleFiles,
  planSample,
  sampleDeclaration,
} from '../../../test/support/declaration-samples.js'
import { sampleContent } from '../../../test/support/registry-samples.js'
import { mayBeSame, anyId } from './stand-in.js'

let files: ReadonlyMap<string, Uint8Array>

beforeAll(async () => {
  files = await makeSampleFiles()
})

/** Mistakes anywhere in the sample, each by what it replaces; none moves a line. */
const mistakes: readonly (readonly [what: string, from: string, to: string])[] = [
  ['instance', 'instance: AZ', 'instance: A/Z'],
  ['code of a domain', 'code: PORTAL, status', "code: 'a/b', status"],
  ['name of an authority', 'name: Kök', 'name: ""'],
  ['revocation', 'revocation: crl', 'revocation: scvp'],
  ['class of a member', 'class: GOV\n    code: VN', 'class: NGO\n    code: VN'],
  ['code of a member', 'code: VN', 'code: V/N'],
  ['name of a member', 'en: Ministry of Taxes', 'en: ""'],
  ['code of a subsystem', 'code: VERGI', 'code: "%"'],
  ['domain of a subsystem', 'domain: PORTAL, name: { az: P', 'domain: N/A, name: { az: P'],
  ['a certificate', 'file: system.pem', 'file: weak.pem'],
  ['code of a service', 'code: voenTap', 'code: voen;Tap'],
  ['version', 'version: v1', 'version: 1'],
  ['protocol', 'protocol: rest', 'protocol: REST'],
  ['modes of a service', 'modes: [body, user]', 'modes: [all]'],
  ['a limit', 'timeLimitMs: 5000', 'timeLimitMs: 1'],
  ['consumer of a right', 'consumer: AZ/GOV/DIM/PORTAL', 'consumer: AZ/GOV/DIM/NOBODY'],
  ['service of a right', 'service: AZ/GOV/VN/VERGI/voenTap/v1', 'service: AZ/GOV/VN'],
  ['legal basis', 'legalBasis: Vergi Məcəlləsi, maddə 30', 'legalBasis: ""'],
  ['purpose', 'purpose: VÖEN yoxlanışı', 'purpose: ""'],
  ['start of a right', 'from: 2026-01-01', 'from: 2026-02-30'],
]

function flawsWith(...made: (typeof mistakes)[number][]): string[] {
  let text = sampleDeclaration
  for (const [, from, to] of made) {
    expect(text).toContain(from)
    text = text.replace(from, to)
  }
  return flawsOf(planSample(text, files))
}

// Columns behind a mistake move with its length.
const places = (flaws: readonly string[]): string[] =>
  flaws.map((flaw) => flaw.replace(/^\d+:\d+ /, ''))

describe('what is wrong is told in one run', () => {
  it.each(mistakes)('%s: its own mistake, and none that follows from it', (...mistake) => {
    const flaws = flawsWith(mistake)
    expect(flaws.length).toBeGreaterThan(0)
    const lines = new Set(flaws.map((flaw) => flaw.split(':')[0]))
    expect([...lines]).toHaveLength(1)
  })

  it('any two mistakes are told together', () => {
    const alone = new Map(mistakes.map((each) => [each, places(flawsWith(each))]))
    const pairs = mistakes.flatMap((one, at) => mistakes.slice(at + 1).map((two) => [one, two]))
    for (const [one, two] of pairs) {
      const together = places(flawsWith(one!, two!))
      const expected = [...alone.get(one!)!, ...alone.get(two!)!]
      expect([one![0], two![0], together.sort()]).toEqual([one![0], two![0], expected.sort()])
    }
  })

  it('below a wrong member: its systems, certificates and services', () => {
    const text = sampleDeclaration
      .replace('class: GOV', 'class: NGO')
      .replace('domain: PORTAL\n', 'domain: SENED\n')
      .replace('file: system.pem', 'file: missing.pem')
      .replace('http://10.1', 'http://a:b@10.1')
      .replace('deprecatedFrom: 2027-01-01', 'deprecatedFrom: 2027-13-01')
    expect(flawsOf(planSample(text, files))).toEqual([
      '6:12 members[0].class: is not one of the values allowed here',
      '11:17 members[0].subsystems[0].domain: the domain SENED is not registered',
      '13:32 members[0].subsystems[0].certificates[0].file: the file cannot be read (ENOENT)',
      '19:22 members[0].subsystems[0].services[0].address: holds a user name or password',
      '23:29 members[0].subsystems[0].services[0].deprecatedFrom: is no date',
    ])
  })

  it('asks for no fields of a thing that the registry may have under its right name', () => {
    const text = `instance: AZ
members: [{ class: NGO, code: VN, subsystems: [{ code: VERGI, services: [
  { code: voenTap, version: v1, status: suspended, limits: { timeLimitMs: 1 } }] }] }]
`
    expect(flawsOf(planSample(text, files, sampleContent()))).toEqual([
      '2:20 members[0].class: is not one of the values allowed here',
      '3:75 members[0].subsystems[0].services[0].limits.timeLimitMs: must be a whole number within its limits',
    ])
  })

  it('plans nothing while anything is wrong', () => {
    const text = sampleDeclaration.replace('class: GOV', 'class: NGO')
    const { changes, upserts } = planSample(text, files)
    expect(changes).toEqual([])
    expect(Object.values(upserts).flat()).toEqual([])
  })
})

describe('stand-ins', () => {
  it.each([
    ['AZ/GOV/VN', 'AZ/GOV/VN', true],
    ['AZ/GOV/VN', 'AZ/GOV/TN', false],
    ['AZ/\u0000x/VN', 'AZ/GOV/VN', true],
    ['AZ/\u0000x/VN', 'AZ/GOV/TN', false],
    ['AZ/\u0000x/VN', 'AZ/GOV/VN/VERGI', false],
    ['AZ/\u0000x/VN', 'AZ/GOV/\u0000y', true],
    [anyId, 'AZ/GOV/VN', true],
  ])('%j may be %j: %s', (one, other, expected) => {
    expect([mayBeSame(one, other), mayBeSame(other, one)]).toEqual([expected, expected])
  })
})
