import { readFileSync } from 'node:fs'
import { describe, expect, it } from '@jest/globals'
import { flawsOf, planSample } from '../../../test/support/declaration-samples.js'
import {
  sampleContent,
  sampleMember,
  sampleService,
  sampleSubsystem,
  taxId,
  taxServiceCode,
} from '../../../test/support/registry-samples.js'
import { pensionId, sampleObject, sampleResource } from '../../../test/support/resource-samples.js'
import { writeDeclaration } from '../declaration/write-declaration.js'
import { folded } from '../folded.js'
import { emptyRegistry, type RegistryContent } from '../registry-content.js'
import type { Plan } from './plan.js'

const pension = sampleResource(pensionId, {
  dataObjects: [sampleObject('pensiyaKapitali', 'Pensiya kapitalı')],
  offeredBy: [taxServiceCode],
})
const before = sampleContent({
  members: [...['DIM', 'VN', 'DSMF'].map((code) => sampleMember(`AZ/GOV/${code}`))],
  resources: [pension],
})

const plan = (text: string, content: RegistryContent = before): Plan =>
  planSample(`instance: AZ\n${text}`, new Map(), content)
const declared = (fields: string, id = 'AZ/GOV/VN/BORCLAR'): string => `resources:
  - { id: ${id}, kind: register, name: { az: Borclar, en: Debts }, legalBasis: Vergi Məcəlləsi, identifiers: [voen],
      hosting: { place: own, address: Bakı }, contact: { name: A, email: a@example.az, phone: "12" }, ${fields} }`
const holding = (object: string): string => declared(`dataObjects: [{ ${object} }]`)
const manyObjects = Array.from(
  { length: 20 },
  (_, n) => `{ code: c${n}, name: { az: ${'ə'.repeat(990)}${n}, en: b }, source: true }`,
).join(', ')
const borclar = 'code: borc, name: { az: Vergi borcu, en: Tax debt }, source: true'

describe('information resources', () => {
  it('are written as they are read, and read back the same', () => {
    const content = sampleContent({
      ...before,
      resources: [
        sampleResource(pensionId, {
          ...{ kind: 'search-system', owner: sampleMember('AZ/GOV/VN').id, important: true },
          ...{ registerNumber: '000123', state: false, archivePlace: 'Milli Arxiv' },
          dataObjects: [
            sampleObject('pensiyaKapitali', 'Pensiya kapitalı'),
            sampleObject('ad', 'Ad', { source: false, duplicateReason: 'Arayışlar üçün' }),
          ],
          ...{ offeredBy: [taxServiceCode], readBy: [taxServiceCode] },
        }),
      ],
      personalData: [
        {
          ...{ id: pensionId, purpose: 'Pensiya təminatı', categories: ['ad', 'əmək haqqı'] },
          ...{ legalBasis: 'Qanun', noPinReason: undefined },
          ...{ registerNumber: 'F-12', status: 'active' as const },
        },
      ],
    })
    const written = writeDeclaration(content)
    expect(planSample(written, new Map(), content)).toMatchObject({ problems: [], changes: [] })
    const { upserts, problems } = planSample(written, new Map(), emptyRegistry)
    expect(problems).toEqual([])
    expect(upserts).toMatchObject({
      resources: content.resources,
      personalData: content.personalData,
    })
  })

  it('have to say all that makes one (R-030), and are of the four kinds alone (R-043)', () => {
    expect(flawsOf(plan('resources: [{ id: AZ/GOV/VN/X }]'))[0]).toContain(
      'must have kind, name, legalBasis, identifiers, dataObjects, hosting, contact',
    )
    const flaws = flawsOf(plan(holding(borclar).replace('register', 'website')))
    expect(flaws[0]).toContain('kind: is not one of the values allowed here')
    expect(plan(holding(borclar))).toMatchObject({
      problems: [],
      upserts: { resources: [{ owner: 'AZ/GOV/VN', state: true, status: 'active' }] },
    })
  })

  it.each<[string, string]>([
    ['its code', 'code: PENSİYAKAPİTALİ, name: { az: Başqa, en: Other }, source: true'],
    ['its name, in capitals', 'code: pk, name: { az: PENSİYA KAPİTALI, en: PC }, source: true'],
    [
      'a copy of it',
      'code: pensiyaKapitalı, name: { az: pensiya kapitalı, en: PC }, source: false',
    ],
  ])('do not hold by %s what another is the source of (R-034)', (_what, object) => {
    const text = holding(object)
    expect(flawsOf(plan(text))).toEqual([
      expect.stringContaining(
        `dataObjects[0]: pensiyaKapitali (Pensiya kapitalı) is held by ${pensionId}`,
      ),
    ])
    const reasoned = holding(`${object}, duplicateReason: Arxiv nüsxəsi`)
    expect(plan(reasoned).problems).toEqual([])
  })

  it('that are older hear nothing of a second source, whatever else of them changes', () => {
    const second = sampleResource('AZ/GOV/VN/BORCLAR', {
      dataObjects: [sampleObject('pensiyaKapitali', 'pk', { duplicateReason: 'Arxiv' })],
    })
    const both = { ...before, resources: [pension, second] }
    const again = 'resources: [{ id: AZ/GOV/DSMF/FERDI-UCOT, legalBasis: Yeni qanun }]'
    expect(plan(again, both)).toMatchObject({ problems: [], changes: [{ kind: 'changed' }] })
  })

  it.each<[string, string, string]>([
    ['a name of a system', declared('dataObjects: []', taxId), 'is a subsystem already'],
    ['a stranger', declared('dataObjects: []', 'AZ/GOV/YOX/X'), 'AZ/GOV/YOX is not registered'],
    ['an owner', declared('dataObjects: [], owner: AZ/GOV/YOX'), 'owner: AZ/GOV/YOX is not'],
    ['a service', declared('dataObjects: [], readBy: [AZ/GOV/VN/VERGI/yox]'), 'readBy[0]: AZ/GOV'],
    [
      'more than an act can hold twice',
      declared(`dataObjects: [${manyObjects}]`),
      'is larger than 28000 bytes',
    ],
    [
      'an object twice',
      declared(`dataObjects: [{ ${borclar} }, { ${borclar} }]`),
      'is there twice',
    ],
    [
      'an end of what is important (R-036)',
      declared('dataObjects: [], important: true, status: liquidated'),
      'status: is liquidated, and the resource is important',
    ],
    [
      'personal data that are not found by PIN (R-038)',
      `${declared('dataObjects: []')}\npersonalData: [{ id: AZ/GOV/VN/BORCLAR, purpose: p, categories: [ad], legalBasis: l }]`,
      'are not found by PIN',
    ],
    [
      'personal data of nothing',
      'personalData: [{ id: AZ/GOV/VN/YOX, purpose: p, categories: [ad], legalBasis: l }]',
      'AZ/GOV/VN/YOX is not registered',
    ],
  ])('refuse %s', (_what, text, expected) => {
    expect(flawsOf(plan(text)).some((flaw) => flaw.includes(expected))).toBe(true)
  })

  it('let what says why stand: no PIN, and an end with a place for the data', () => {
    const text = `${declared('dataObjects: [], important: true, status: liquidated, archivePlace: Milli Arxiv')}
personalData: [{ id: AZ/GOV/VN/BORCLAR, purpose: p, categories: [ad], legalBasis: l, noPinReason: Xaricilər }]`
    expect(plan(text).problems).toEqual([])
  })
})

it('compares in the Azerbaijani way (R-013)', () => {
  expect(folded('PENSİYA  KAPİTALI')).toBe('pensiya kapitalı')
  expect(folded('Ələt')).toBe(folded('\u04d8l\u04d9t'))
  expect(folded('I')).not.toBe(folded('İ'))
})

it('are declared as docs/resources.md shows', () => {
  const page = readFileSync('docs/resources.md', 'utf8')
  const [, example = ''] = /```yaml\n(.*?)```/s.exec(page) ?? []
  const content = sampleContent({
    members: [sampleMember('AZ/GOV/DSMF')],
    subsystems: [sampleSubsystem('AZ/GOV/DSMF/SOSIAL')],
    services: [sampleService('AZ/GOV/DSMF/SOSIAL/pensiyaKapitali/v1')],
    accessRights: [],
  })
  const { problems, changes } = planSample(example, new Map(), content)
  expect(problems).toEqual([])
  expect(changes.map(({ noun }) => noun)).toEqual(['resources', 'personalData'])
})
