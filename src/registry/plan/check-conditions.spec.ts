import { describe, expect, it } from '@jest/globals'
import { flawsOf, planSample } from '../../../test/support/declaration-samples.js'
import {
  portalId,
  sampleContent,
  sampleMember,
  sampleRight,
  sampleService,
  sampleSubsystem,
  taxId,
  taxServiceCode,
} from '../../../test/support/registry-samples.js'
import { writeDeclaration } from '../declaration/write-declaration.js'
import { emptyRegistry, type RegistryContent } from '../registry-content.js'
import type { Plan } from './plan.js'

const plan = (text: string, content: RegistryContent = sampleContent()): Plan =>
  planSample(text, new Map(), content)

/** A declaration of the tax authority with these fields, in the form `fields`, of its system and service. */
const ofSystem = (fields: string): string =>
  `instance: AZ\nmembers: [{ class: GOV, code: VN, subsystems: [{ code: VERGI, ${fields} }] }]\n`
const ofService = (fields: string): string =>
  ofSystem(`services: [{ code: voenTap, version: v1, ${fields} }]`)
const ofRight = (fields: string): string =>
  `instance: AZ\naccessRights: [{ id: AR-1, ${fields} }]\n`

describe('conditions of systems, services and rights', () => {
  it('are written as they are read, and read back the same', () => {
    const content = sampleContent({
      members: [
        sampleMember('AZ/GOV/DIM'),
        sampleMember('AZ/GOV/VN', {
          status: 'liquidated',
          successor: sampleMember('AZ/GOV/DIM').id,
          aliasUntil: new Date('2027-06-01T00:00:00Z'),
        }),
      ],
      subsystems: [
        sampleSubsystem(portalId, { assertsUsers: true, clientCertificate: true }),
        sampleSubsystem(taxId, {
          owner: sampleMember('AZ/GOV/DIM').id,
          important: true,
          archivePlace: 'Milli Arxiv, fond 12',
          zones: ['inter, net', 'qorunan'],
        }),
      ],
      services: [
        sampleService(`${taxServiceCode}/v1`, {
          subjects: [
            { type: 'fin', request: '/fin', reply: '/voenler/*/fin' },
            { type: 'voen', request: '/a~1b', reply: undefined },
          ],
          assurance: 'e-signature',
          rate: { perSecond: 10, burst: 20 },
        }),
      ],
      accessRights: [sampleRight({ omit: ['/dogumYeri', '/a,b'], dailyQuota: 1_000 })],
    })
    const written = writeDeclaration(content)
    expect(plan(written, content)).toMatchObject({ problems: [], changes: [] })
    const { upserts, problems } = plan(written, emptyRegistry)
    expect(problems).toEqual([])
    expect({ ...sampleContent(), ...upserts }).toEqual(content)
  })

  it('stay where nothing is said of them, go with null or an empty list', () => {
    const service = sampleService(`${taxServiceCode}/v1`, {
      subjects: [{ type: 'fin', request: '/fin', reply: undefined }],
      assurance: 'e-signature',
      rate: { perSecond: 1, burst: 1 },
    })
    const content = sampleContent({ services: [service] })
    expect(plan(ofService('idempotent: true'), content).upserts.services).toEqual([
      { ...service, idempotent: true },
    ])
    const gone = plan(ofService('subjects: [], assurance: null, rate: null'), content)
    expect(gone.upserts.services).toEqual([
      { ...service, subjects: [], assurance: undefined, rate: undefined },
    ])
  })

  it('say what changes', () => {
    const { changes } = plan(
      ofService('subjects: [{ type: fin, request: /fin }], rate: { perSecond: 5 }'),
    )
    expect(changes[0]?.fields).toEqual([
      { field: 'subjects', old: '', new: '{"type":"fin","request":"/fin"}' },
      { field: 'rate.perSecond', old: undefined, new: '5' },
      { field: 'rate.burst', old: undefined, new: '5' },
    ])
  })

  it.each<[string, string, string]>([
    [
      'an owner that is not there',
      ofSystem('owner: AZ/GOV/X'),
      'owner: AZ/GOV/X is not registered',
    ],
    ['a zone', ofSystem('zones: ["a/b"]'), 'zones[0]: cannot be part of an identifier'],
    [
      'an end of an important system',
      ofSystem('important: true, status: liquidated'),
      'status: is liquidated, and the system is important',
    ],
    [
      'a subject of another type',
      ofService('subjects: [{ type: ad, request: /ad }]'),
      'subjects[0].type: is not one of the values allowed here',
    ],
    [
      'a subject without place',
      ofService('subjects: [{ type: fin }]'),
      'subjects[0]: must have type and request',
    ],
    [
      'a path',
      ofService('subjects: [{ type: fin, request: fin }]'),
      'subjects[0].request: is no JSON Pointer',
    ],
    ['a path with a wrong escape', ofRight('omit: ["/a~2b"]'), 'omit[0]: is no JSON Pointer'],
    [
      'an assurance',
      ofService('assurance: none'),
      'assurance: is not one of the values allowed here',
    ],
    [
      'a rate of nothing',
      ofService('rate: { perSecond: 0 }'),
      'rate.perSecond: must be a whole number within its limits',
    ],
    [
      'a quota of nothing',
      ofRight('dailyQuota: 0'),
      'dailyQuota: must be a whole number within its limits',
    ],
    [
      'an alias of who goes on',
      'instance: AZ\nmembers: [{ class: GOV, code: VN, aliasUntil: 2027-01-01 }]\n',
      'aliasUntil: goes with status: liquidated and a successor only',
    ],
  ])('refuse %s', (_what, text, expected) => {
    const flaws = flawsOf(plan(text))
    expect(flaws.some((flaw) => flaw.includes(expected))).toBe(true)
  })

  it('let an important system end with a place for its data', () => {
    const text = ofSystem('important: true, status: liquidated, archivePlace: "Milli Arxiv"')
    expect(flawsOf(plan(text))).toEqual([])
  })
})
