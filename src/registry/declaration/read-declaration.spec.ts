import { beforeAll, describe, expect, it } from '@jest/globals'
import 'reflect-metadata'
import {
  flawsOf,
  makeSampleFiles,
  planSample,
  sampleDeclaration,
} from '../../../test/support/declaration-samples.js'
import { formatProblem } from './problem.js'

let files: ReadonlyMap<string, Uint8Array>

beforeAll(async () => {
  files = await makeSampleFiles()
})

const flaws = (text: string): string[] => flawsOf(planSample(text, files))

describe('a good declaration', () => {
  it('is read whole', () => {
    const { problems, warnings, upserts, instance } = planSample(sampleDeclaration, files)
    expect(problems).toEqual([])
    expect(instance).toBe('AZ')
    expect(upserts.services).toEqual([
      {
        id: 'AZ/GOV/VN/VERGI/voenTap/v1',
        name: undefined,
        isDefault: true,
        protocol: 'rest',
        address: 'http://10.1.2.3:9101/voen',
        modes: ['user', 'body'],
        pattern: 'request-reply',
        idempotent: true,
        providerSignature: 'none',
        classification: 'open',
        limits: {
          timeLimitMs: 5_000,
          requestBytesMax: 52_428_800,
          replyBytesMax: 10_485_760,
          concurrentMax: 64,
        },
        subjects: [],
        assurance: undefined,
        rate: undefined,
        status: 'active',
        from: undefined,
        until: undefined,
        successor: undefined,
        deprecatedFrom: new Date('2026-12-31T20:00:00Z'),
        archived: false,
      },
    ])
    expect(upserts.subsystems).toMatchObject([
      { id: 'AZ/GOV/VN/VERGI', replySignature: 'ecdsa' },
      { id: 'AZ/GOV/DIM/PORTAL', replySignature: 'rsa' },
    ])
    expect(upserts.accessRights).toMatchObject([
      { from: new Date('2025-12-31T20:00:00Z'), until: new Date('2026-12-31T20:00:00Z') },
    ])
    expect(upserts.authorities).toMatchObject([
      { name: 'Kök', thumbprint: expect.stringMatching(/^[\w-]{43}$/), crl: '/registry/root.crl' },
    ])
    expect(upserts.certificates).toHaveLength(2)
    // A private range is only a warning: the bus's configuration decides.
    expect(warnings.map(formatProblem)).toEqual([
      'bus.yaml:19:22 members[0].subsystems[0].services[0].address: is in a private range. ' +
        'The bus must be configured to allow such addresses.',
    ])
  })

  it('may be nothing but the instance', () => {
    expect(flaws('instance: AZ\n')).toEqual([])
  })

  it('takes texts as they stand, whatever YAML 1.1 made of them', () => {
    const text = 'instance: AZ\ndomains: [{ code: NO }, { code: 007 }, { code: "null" }]\n'
    expect(planSample(text, files).upserts.domains.map(({ code }) => code)).toEqual([
      'NO',
      '007',
      'null',
    ])
  })

  it('brings texts into composed form (Unicode NFC)', () => {
    const text = `instance: AZ\ndomains: [{ code: ${'ŞƏHƏR'.normalize('NFD')} }]\n`
    expect(planSample(text, files).upserts.domains[0]?.code).toBe('ŞƏHƏR'.normalize('NFC'))
  })
})
