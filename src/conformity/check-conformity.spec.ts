import { beforeAll, describe, expect, it } from '@jest/globals'
import { command, describeWith } from '../../test/support/command.js'
import { messageContract } from '../../test/support/contract-samples.js'
import { makeAuthority } from '../../test/support/pki.js'
import { newExchangeId } from '../new-exchange-id.js'
import { createHttpSigner } from '../trust/http-signer.js'
import { privateKeyPem } from '../trust/issuing/key-pair.js'
import { createSoapSigner } from '../trust/wss/sign-message.js'
import { checkConformity } from './check-conformity.js'
import type { ConformityTools, RegistryLookUps } from './conformity-tools.js'
import { firstRequirementSet } from './first-requirements.js'
import { readApplication } from './read-application.js'
import type { CheckLine, RequirementSet } from './requirement.js'

// What needs no endpoint: keys, contracts, registers, statements.

const describeOrSkip = await describeWith('openssl')
const service = 'AZ/GOV/NN/DASIMA/xett/v1'
const base = { member: 'AZ/GOV/NN', domain: 'PORTAL', name: { az: 'A', en: 'A' } }
const ofService = {
  ...{ ...base, kind: 'service', objectId: service, contract: 'digest' },
  declaration: { protocol: 'mq' },
}
const ofSystem = { ...base, kind: 'system', objectId: 'AZ/GOV/NN/DASIMA', declaration: {} }

let signer: ConformityTools['signer']
let keyPem: string
let certificatePem: string

beforeAll(async () => {
  const { privateKey, der, pem, thumbprint } = await makeAuthority('Kök')
  const now = (): Date => new Date()
  keyPem = privateKeyPem(privateKey)
  certificatePem = pem
  signer = {
    http: createHttpSigner({ privateKey, certificateThumbprint: thumbprint, now }),
    soap: createSoapSigner({ privateKey, certificate: der, now }),
  }
})

interface Terms {
  readonly settings?: string
  readonly registry?: Partial<RegistryLookUps>
  readonly set?: RequirementSet
}

async function checked(value: object, terms: Terms = {}): Promise<Map<string, CheckLine>> {
  const { application, flaws } = readApplication(value)
  expect(flaws).toEqual([])
  const files = messageContract({ service, settings: terms.settings ?? '' })
  const folder = new Map(Object.entries(files).map(([name, text]) => [name, Buffer.from(text)]))
  const { lines } = await checkConformity(application!, terms.set ?? firstRequirementSet, {
    ...{ now: () => new Date(), newExchangeId, signer },
    contract: () => Promise.resolve({ files: folder, samples: new Map() }),
    addresses: { privateAddresses: [], own: [], authorities: undefined, plainHttp: false },
    registry: terms.registry && {
      findDuplicates: () => Promise.resolve([]),
      asksForHeld: () => Promise.resolve([]),
      hasPersonalDataEntry: () => Promise.resolve(false),
      ...terms.registry,
    },
  })
  return new Map(lines.map((line) => [line.code, line]))
}

async function resultOf(code: string, value: object, terms?: Terms): Promise<string | undefined> {
  return (await checked(value, terms)).get(code)?.result
}

describe('TT-06, R-038: personal data are keyed by the FIN', () => {
  it.each<[string, string, object, string]>([
    ['with it', 'personalData: { fin: /fin, fields: [/soyad] }', {}, 'pass'],
    ['without it', 'personalData: { fields: [/soyad] }', {}, 'fail'],
    ['at a place that is not there', 'personalData: { fin: /pin, fields: [] }', {}, 'fail'],
    ['by the names of fields alone', '', {}, 'open'],
    ['stated, and not in the contract', '', { personalData: personal() }, 'fail'],
  ])('%s', async (_, settings, change, result) => {
    expect(await resultOf('TT-06', { ...ofService, ...change }, { settings })).toBe(result)
  })
})

describe('TT-07, TT-08: what the registers have', () => {
  const personalData = 'personalData: { fin: /fin, fields: [/soyad] }'

  it('personal data need an entry in their register, or what it is made of (R-037)', async () => {
    const terms = { settings: personalData }
    expect(await resultOf('TT-07', ofService, terms)).toBe('fail')
    expect(await resultOf('TT-07', { ...ofService, personalData: personal() }, terms)).toBe('pass')
    const registry = { hasPersonalDataEntry: () => Promise.resolve(true) }
    expect(await resultOf('TT-07', ofService, { ...terms, registry })).toBe('pass')
  })

  it('a duplicate needs a reason (R-034), and what is held is not asked for (R-035)', async () => {
    const held = [{ code: 'ad', resource: 'AZ/GOV/DIN/ehali' }]
    const objects = { ...ofService, dataObjects: ['xett'], asksFor: ['ad'] }
    const duplicates = { findDuplicates: () => Promise.resolve(held) }
    const asked = { asksForHeld: () => Promise.resolve(held) }
    expect(await resultOf('TT-08', objects)).toBe('open')
    expect(await resultOf('TT-08', objects, { registry: {} })).toBe('pass')
    expect(await resultOf('TT-08', objects, { registry: duplicates })).toBe('fail')
    const justified = { ...objects, duplicateReason: 'Keçid dövrü' }
    expect(await resultOf('TT-08', justified, { registry: duplicates })).toBe('open')
    const lines = await checked(objects, { registry: asked })
    expect(lines.get('TT-08')).toMatchObject({
      result: 'warning',
      finding: { en: 'Data are asked for that are held already: ad (AZ/GOV/DIN/ehali)' },
    })
  })
})

describe('contracts and sets', () => {
  it('TT-01: of another service, or of another protocol', async () => {
    const other = { ...ofService, objectId: 'AZ/GOV/NN/DASIMA/yol/v1' }
    expect(await resultOf('TT-01', other)).toBe('fail')
    const declaration = { protocol: 'soap', address: 'https://localhost' }
    expect(await resultOf('TT-01', { ...ofService, declaration })).toBe('fail')
  })

  it('R-052: a line for each requirement of the version, those that no program knows among them', async () => {
    const [first] = firstRequirementSet.requirements
    const strange = { ...first!, code: 'TT-99', by: 'document' } as const
    const set = { ...firstRequirementSet, version: 2, requirements: [strange, first!] }
    const lines = [...(await checked(ofService, { set })).values()]
    expect(lines.map(({ code, result }) => [code, result])).toEqual([
      ['TT-99', 'open'],
      ['TT-01', 'pass'],
    ])
    expect([...(await checked(ofSystem)).keys()]).toHaveLength(15)
  })
})

describeOrSkip('TT-03: the participant’s own key', () => {
  const requestOf = async (...key: string[]): Promise<string> => {
    const args = ['req', '-new', '-nodes', '-subj', '/CN=A', '-keyout', '/dev/null', ...key]
    return (await command('openssl', args)).toString()
  }

  it.each<[string, () => Promise<string> | string, string]>([
    ['P-256', () => requestOf('-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256'), 'pass'],
    ['RSA 1024', () => requestOf('-newkey', 'rsa:1024'), 'fail'],
    ['P-256K', () => requestOf('-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:secp256k1'), 'fail'],
    ['its private key with it', () => keyPem, 'fail'],
    ['a certificate of another authority', () => certificatePem, 'open'],
    ['a certificate that is none', () => certificatePem.replace('MII', 'AAA'), 'fail'],
    ['nonsense', () => 'salam', 'fail'],
  ])('%s', async (_, pem, result) => {
    const certificateRequest = await pem()
    expect(await resultOf('TT-03', { ...ofSystem, certificateRequest })).toBe(result)
  })
})

function personal(): object {
  return { purpose: 'Uçot', categories: ['ad'], legalBasis: 'Qanun' }
}
