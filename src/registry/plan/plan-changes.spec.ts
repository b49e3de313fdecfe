import { beforeAll, describe, expect, it } from '@jest/globals'
import 'reflect-metadata'
import {
  flawsOf,
  makeSampleFiles,
  planSample,
  sampleDeclaration,
} from '../../../test/support/declaration-samples.js'
import {
  portalId,
  sampleContent,
  sampleRight,
  sampleService,
  sampleSubsystem,
  taxServiceCode,
} from '../../../test/support/registry-samples.js'
import { writeDeclaration } from '../declaration/write-declaration.js'
import { emptyRegistry, type RegistryContent } from '../registry-content.js'
import type { Plan } from './plan.js'

let files: ReadonlyMap<string, Uint8Array>

beforeAll(async () => {
  files = await makeSampleFiles()
})

const plan = (text: string, content?: RegistryContent): Plan => planSample(text, files, content)

/** The registry after a plan was carried out on an empty one. */
function after({ upserts, instance }: Plan): RegistryContent {
  return { ...emptyRegistry, ...upserts, instance, generation: 1 }
}

/** A declaration of the tax system's service and nothing else. */
function ofService(fields: string): string {
  return `instance: AZ
members:
  - class: GOV
    code: VN
    subsystems: [{ code: VERGI, services: [{ code: voenTap, version: v1, ${fields} }] }]
`
}

describe('planChanges', () => {
  it('finds everything new in an empty registry', () => {
    const { changes, unchanged } = plan(sampleDeclaration)
    expect(unchanged).toBe(0)
    expect(changes.map(({ noun, kind }) => `${kind} ${noun}`)).toEqual([
      'added domains',
      'added authorities',
      'added members',
      'added members',
      'added subsystems',
      'added subsystems',
      'added services',
      'added certificates',
      'added certificates',
      'added accessRights',
    ])
  })

  it('finds nothing to do the second time', () => {
    const { changes, unchanged } = plan(sampleDeclaration, after(plan(sampleDeclaration)))
    expect([changes, unchanged]).toEqual([[], 10])
  })

  it('finds nothing to do with what the registry itself wrote, and makes it anew from that', () => {
    const content = after(plan(sampleDeclaration))
    const written = writeDeclaration(content)
    expect(plan(written, content)).toMatchObject({ problems: [], changes: [], unchanged: 10 })
    expect(after(plan(written))).toEqual(content)
  })

  it('says what changes from what to what', () => {
    const content = after(plan(sampleDeclaration))
    const changed = sampleDeclaration
      .replace('timeLimitMs: 5000', 'timeLimitMs: 8000')
      .replace('until: 2027-01-01T00:00:00+04:00', 'until: 2028-01-01')
      .replace('modes: [user]', 'modes: [user, body]')
    expect(plan(changed, content).changes).toEqual([
      {
        noun: 'services',
        id: 'AZ/GOV/VN/VERGI/voenTap/v1',
        kind: 'changed',
        fields: [{ field: 'limits.timeLimitMs', old: '5000', new: '8000' }],
      },
      {
        noun: 'accessRights',
        id: expect.stringMatching(/^AR-/),
        kind: 'changed',
        fields: [
          { field: 'modes', old: 'user', new: 'user, body' },
          { field: 'until', old: '2027-01-01', new: '2028-01-01' },
        ],
      },
    ])
  })

  it('leaves alone what is not mentioned, down to the field', () => {
    const content = sampleContent({
      services: [sampleService(`${taxServiceCode}/v1`, { status: 'suspended', idempotent: true })],
    })
    const { upserts } = plan(ofService('limits: { concurrentMax: 3 }'), content)
    expect(upserts.services).toMatchObject([
      { status: 'suspended', idempotent: true, limits: { concurrentMax: 3, timeLimitMs: 30_000 } },
    ])
    expect(upserts.members).toEqual([])
  })

  it('takes an optional field away where the declaration says null', () => {
    const deprecatedFrom = new Date('2027-01-01')
    const content = sampleContent({
      services: [sampleService(`${taxServiceCode}/v1`, { deprecatedFrom })],
    })
    expect(plan(ofService('deprecatedFrom: null'), content).changes).toMatchObject([
      { fields: [{ field: 'deprecatedFrom', old: expect.any(String), new: undefined }] },
    ])
  })

  it('takes what is said of SOAP field by field', () => {
    const content = sampleContent({ services: [sampleService(`${taxServiceCode}/v1`)] })
    const said = plan(ofService('soap: { action: "urn:a", securityHeader: strip }'), content)
    const soap = { securityHeader: 'strip', xroadHeaders: 'keep', action: 'urn:a' } as const
    expect(said.upserts.services[0]?.soap).toEqual(soap)
    const having = sampleContent({ services: [sampleService(`${taxServiceCode}/v1`, { soap })] })
    expect(plan(ofService('soap: { action: null }'), having).changes).toMatchObject([
      { fields: [{ field: 'soap.action', old: 'urn:a', new: undefined }] },
    ])
    expect(plan(ofService('soap: { xroadHeaders: keep }'), having).changes).toEqual([])
  })

  it('ends a maintenance window with its maintenance', () => {
    const until = new Date('2030-01-01')
    const content = sampleContent({
      services: [sampleService(`${taxServiceCode}/v1`, { status: 'maintenance', until })],
    })
    expect(plan(ofService('status: active'), content).upserts.services[0]?.until).toBeUndefined()
  })

  it('needs the whole of what is new, and says all that is missing', () => {
    expect(flawsOf(plan(ofService('status: active')))).toEqual([
      '3:5 members[0]: must have name',
      '5:18 members[0].subsystems[0]: must have domain, name',
      '5:44 members[0].subsystems[0].services[0]: must have protocol, address, modes',
    ])
  })

  it('refuses another instance', () => {
    expect(flawsOf(plan('instance: EE\n', sampleContent()))).toEqual([
      '1:11 instance: this registry is of instance AZ',
    ])
  })

  it('passes the default on only where the other version gives it up', () => {
    const content = sampleContent()
    const second = `version: v2, default: true, protocol: rest, address: 'http://h/', modes: [body]`
    const text = ofService('status: active').replace('version: v1, status: active', second)
    expect(flawsOf(plan(text, content))).toEqual([
      '5:83 members[0].subsystems[0].services[0].default: ' +
        'AZ/GOV/VN/VERGI/voenTap/v1 is the default version too',
    ])
    const both = text.replace(
      'services: [',
      'services: [{ code: voenTap, version: v1, default: false }, ',
    )
    expect(plan(both, content)).toMatchObject({ problems: [], changes: { length: 2 } })
  })

  it('never gives a certificate to a second system (R-081)', () => {
    const content = after(plan(sampleDeclaration))
    const moved = sampleDeclaration.replace('file: other.der', 'file: junk.pem')
    const text = moved.replace('file: system.pem', 'file: other.der')
    expect(flawsOf(plan(text, content))).toContain(
      '13:24 members[0].subsystems[0].certificates[0]: is registered to AZ/GOV/DIM/PORTAL',
    )
  })

  it('revokes a certificate by its thumbprint alone', () => {
    const content = after(plan(sampleDeclaration))
    const { thumbprint } = content.certificates[0]!
    const text = `instance: AZ
members: [{ class: GOV, code: VN, subsystems: [{ code: VERGI, certificates: [
  { thumbprint: ${thumbprint}, status: revoked }] }] }]
`
    expect(plan(text, content).changes).toMatchObject([
      { noun: 'certificates', fields: [{ field: 'status', old: 'active', new: 'revoked' }] },
    ])
    expect(flawsOf(plan(text, sampleContent()))).toEqual([
      '3:3 members[0].subsystems[0].certificates[0]: is not registered yet',
    ])
  })

  it('keeps a system with rights in its domain (R-017)', () => {
    const text = `instance: AZ
members: [{ class: GOV, code: VN, subsystems: [{ code: VERGI, domain: SENED }] }]
`
    expect(flawsOf(plan(text, sampleContent()))).toEqual([
      '2:48 members[0].subsystems[0]: access right AR-1 would cross from domain PORTAL to SENED',
    ])
    const withdrawn = sampleContent({ accessRights: [sampleRight({ status: 'withdrawn' })] })
    expect(flawsOf(plan(text, withdrawn))).toEqual([])
  })

  it('keeps the parties of an access right', () => {
    const text = 'instance: AZ\naccessRights: [{ id: AR-1, consumer: AZ/GOV/DIM/B }]\n'
    const subsystems = [sampleSubsystem('AZ/GOV/DIM/B'), ...sampleContent().subsystems]
    expect(flawsOf(plan(text, sampleContent({ subsystems })))).toEqual([
      `2:38 accessRights[0].consumer: is ${portalId} in the registry`,
    ])
  })

  it('warns of a second right for the same parties, and of an expired certificate', () => {
    const content = after(plan(sampleDeclaration))
    const text = sampleDeclaration
      .replace('purpose: VÖEN yoxlanışı', 'purpose: Yoxlama')
      .replace('file: system.pem', 'file: expired.pem')
    expect(plan(text, content).warnings.map(({ problem }) => problem)).toEqual([
      'the certificate has expired',
      expect.stringMatching(/^the right AR-\w+ of the same parties stays in force$/),
    ])
  })

  it('warns of an authority that is believed while its responder is silent, and forgets both with the method', () => {
    const asked = 'revocation: ocsp, ocsp: "http://ca.az/ocsp", unreachable: accept'
    const found = plan(sampleDeclaration.replace('revocation: crl, crl: root.crl', asked))
    const text = /^authorities\[0\]\.unreachable accepts certificates without knowing/
    expect(found.warnings.map(({ field, problem }) => `${field} ${problem}`)).toContainEqual(
      expect.stringMatching(text),
    )
    const content = after(found)
    const fields = { crl: undefined, ocsp: 'http://ca.az/ocsp', unreachable: 'accept' }
    expect(content.authorities).toMatchObject([fields])
    expect(plan(writeDeclaration(content), content)).toMatchObject({ problems: [], changes: [] })
    const back = plan('instance: AZ\nauthorities: [{ name: Kök, revocation: none }]\n', content)
    expect(back.problems).toEqual([])
    expect(back.upserts.authorities).toMatchObject([{ ocsp: undefined, unreachable: 'refuse' }])
  })

  it.each([
    ['127.0.0.1', true],
    ['10.0.0.1', true],
    ['172.31.255.255', true],
    ['192.168.1.1', true],
    ['169.254.169.254', true],
    ['[::1]', true],
    ['[fd00::1]', true],
    ['[::ffff:10.0.0.1]', true],
    ['localhost', true],
    ['0x7f.1', true],
    ['172.32.0.1', false],
    ['xidmet.gov.az', false],
    ['[2001:db8::1]', false],
  ])('looks whether an address is in a private range: %s', (host, isPrivate) => {
    const { warnings } = plan(ofService(`address: 'https://${host}/'`), sampleContent())
    expect(warnings).toHaveLength(isPrivate ? 1 : 0)
  })
})
