import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { Client, Pool } from 'pg'
import 'reflect-metadata'
import { startTestDatabase, type TestDatabase } from '../../test/support/database.js'
import { flawsOf, planSample } from '../../test/support/declaration-samples.js'
import {
  busClient,
  ownerPool,
  recordNothing,
  writeOf,
} from '../../test/support/registry-database.js'
import {
  routeOf,
  sampleContent,
  sampleService,
  taxServiceCode,
} from '../../test/support/registry-samples.js'
import { summaryOf } from './contract.js'
import { writeDeclaration } from './declaration/write-declaration.js'
import { emptyRegistry, type RegistryContent } from './registry-content.js'
import { RegistryFollower } from './registry-follower.store.js'
import { RegistryStore } from './registry.store.js'
import { RegistrySnapshot } from './snapshot.js'

const v1 = `${taxServiceCode}/v1`
const digestOf = (name: string): string => name.padEnd(43, '-')
const held = { digest: digestOf('v1'), request: 'block', reply: 'block' } as const

function ofService(fields: string): string {
  return `instance: AZ
members:
  - class: GOV
    code: VN
    subsystems: [{ code: VERGI, services: [{ code: voenTap, version: v1, ${fields} }] }]
`
}

const content = (rest: Partial<RegistryContent> = {}): RegistryContent =>
  sampleContent({
    services: [sampleService(v1, { isDefault: true })],
    ...rest,
  })

describe('a declaration', () => {
  it("takes a contract's folder with the levels that it says", () => {
    const { upserts, contracts, changes } = planSample(
      ofService('contract: contracts/lenient'),
      new Map(),
      content(),
    )
    const digest = digestOf('lenient')
    expect(upserts.services).toMatchObject([
      { contract: { digest, request: 'report', reply: 'report' } },
    ])
    expect(contracts).toMatchObject([{ digest, files: Buffer.from('/registry/contracts/lenient') }])
    expect(changes[0]?.fields).toEqual([
      { field: 'contract.digest', old: undefined, new: digest },
      { field: 'validation.request', old: undefined, new: 'report' },
      { field: 'validation.reply', old: undefined, new: 'report' },
    ])
  })

  it('says other levels than the contract, and they stay with it', () => {
    const services = [sampleService(v1, { contract: { ...held, reply: 'off' } })]
    const registry = content({ services, contractSummaries: new Map([[held.digest, undefined]]) })
    const plan = (fields: string) =>
      planSample(ofService(fields), new Map(), registry).upserts.services[0]?.contract
    expect(plan('contract: v1')).toBeUndefined()
    expect(plan('validation: { request: report }')).toEqual({
      ...held,
      request: 'report',
      reply: 'off',
    })
    expect(plan('contract: strict')).toEqual({ ...held, digest: digestOf('strict') })
    expect(plan('contract: lenient, validation: { reply: block }')).toEqual({
      digest: digestOf('lenient'),
      request: 'report',
      reply: 'block',
    })
  })

  it('takes a contract away', () => {
    const services = [sampleService(v1, { contract: held })]
    const { upserts } = planSample(ofService('contract: null'), new Map(), content({ services }))
    expect(upserts.services[0]?.contract).toBeUndefined()
  })

  it('names one that the registry has by its digest', () => {
    const text = ofService(`contract: { digest: ${held.digest} }`)
    expect(flawsOf(planSample(text, new Map(), content()))).toEqual([
      '5:84 members[0].subsystems[0].services[0].contract: is no contract that the registry has',
    ])
    const known = content({ contractSummaries: new Map([[held.digest, undefined]]) })
    expect(planSample(text, new Map(), known).upserts.services[0]?.contract).toEqual(held)
  })

  it('is held to what one says that is named by its digest, as to a folder', () => {
    const said = {
      ...{ service: v1, protocols: ['rest'], pattern: 'request-reply' as const },
      validation: { request: 'report', reply: 'off' } as const,
    }
    const plan = (fields: string, summary: Partial<typeof said> = {}) => {
      const contractSummaries = new Map([[held.digest, { ...said, ...summary }]])
      const text = ofService(`contract: { digest: ${held.digest} }${fields}`)
      return planSample(text, new Map(), content({ contractSummaries }))
    }
    const { upserts, contracts } = plan('')
    expect(upserts.services[0]?.contract).toEqual({ ...held, request: 'report', reply: 'off' })
    expect(contracts).toEqual([])
    const problemOf = (...terms: Parameters<typeof plan>) => plan(...terms).problems[0]?.problem
    expect(problemOf('', { service: '*/sened/v1' })).toBe('is the contract of */sened/v1')
    expect(problemOf('', { protocols: ['soap'] })).toContain('describes a service in soap')
    expect(problemOf(', pattern: one-way')).toContain('the contract says request-reply')
  })

  it.each(['rest', 'mq'])('takes a contract about messages for a service in %s', (protocol) => {
    const text = ofService(`contract: messages, protocol: ${protocol}`)
    const { problems } = planSample(text, new Map(), content())
    expect(problems.filter(({ problem }) => problem.includes('describes'))).toEqual([])
  })

  it.each([
    ['contract: broken', 'cannot be registered: service.wsdl:3: rpc/encoded is not supported'],
    ['contract: { digest: abc }', 'is no digest'],
    ['contract: { folder: v1 }', 'must have digest'],
    ['validation: { request: report }', 'goes with a contract'],
    ['contract: v1, validation: { request: maybe }', 'is not one of the values allowed here'],
    [
      'contract: v1, protocol: soap',
      "describes a service in rest, and the service's protocol is soap",
    ],
    [
      'contract: messages, protocol: soap',
      "describes a service in rest or mq, and the service's protocol is soap",
    ],
  ])('is refused: %s', (fields, problem) => {
    const { problems } = planSample(ofService(fields), new Map(), content())
    expect(problems.map((each) => each.problem)).toContain(problem)
  })

  it('takes the contract of a code and version, whosever service it is', () => {
    const plan = (name: string) => planSample(ofService(`contract: ${name}`), new Map(), content())
    expect(plan('common').upserts.services).toMatchObject([
      { contract: { digest: digestOf('common') } },
    ])
    expect(flawsOf(plan('other-common'))).toEqual([
      expect.stringContaining('is the contract of */sened/v1'),
    ])
  })

  it('is refused with the contract of another service', () => {
    const text = ofService('contract: v1').replace('version: v1', 'version: v2')
    const fields = 'protocol: rest, address: "http://10.0.0.1", modes: [body], contract: v1'
    const whole = text.replace('contract: v1', fields)
    expect(flawsOf(planSample(whole, new Map(), content()))).toEqual([
      expect.stringContaining(`is the contract of ${v1}`),
    ])
  })

  it('written by the registry changes nothing in it', () => {
    const services = [sampleService(v1, { contract: { ...held, reply: 'report' } })]
    const registry = content({ services, contractSummaries: new Map([[held.digest, undefined]]) })
    const written = planSample(writeDeclaration(registry), new Map(), registry)
    expect([written.problems, written.changes]).toEqual([[], []])
  })
})

describe('the route of an authorised request', () => {
  it('has the contract with its levels', () => {
    const services = [sampleService(v1, { isDefault: true, contract: held })]
    expect(routeOf({ content: { services } }).contract).toEqual(held)
    expect(routeOf({}).contract).toBeUndefined()
  })
})

describe('a snapshot', () => {
  it('keeps the contracts that services are held to, and no others', () => {
    const files = Uint8Array.of(1)
    const first = new RegistrySnapshot(
      content({
        services: [sampleService(v1, { contract: held })],
        contracts: [{ digest: held.digest, files }],
      }),
    )
    expect([...first.contracts.keys()]).toEqual([held.digest])
    const step = (rest: Partial<RegistryContent>, before: RegistrySnapshot) =>
      new RegistrySnapshot({ ...emptyRegistry, generation: 2, ...rest }, before)
    expect(step({}, first).contracts).toBe(first.contracts)
    const other = { ...held, digest: digestOf('v2') }
    const both = step(
      {
        services: [sampleService(`${taxServiceCode}/v2`, { contract: other })],
        contracts: [{ digest: other.digest, files }],
      },
      first,
    )
    expect([...both.contracts.keys()]).toEqual([held.digest, other.digest])
    const left = step({ services: [sampleService(v1)] }, both)
    expect([...left.contracts.keys()]).toEqual([other.digest])
  })
})

describe('the database', () => {
  let database: TestDatabase
  let pool: Pool
  let bus: Client
  let store: RegistryStore

  beforeAll(async () => {
    database = await startTestDatabase()
    pool = ownerPool(database.ownerUrl)
    store = new RegistryStore(pool, recordNothing)
    bus = busClient(database.busUrl)
    await bus.connect()
  })

  afterAll(async () => {
    await bus.end()
    await pool.end()
    await database.stop()
  })

  it('gives followers the contracts in use, each once, and editors what all of them say', async () => {
    const contracts = ['v1', 'v2', 'unused'].map((name) => ({
      ...{
        digest: digestOf(name),
        files: Buffer.from(name),
        service: '*/x/v1',
        protocols: ['rest'],
      },
      ...{ pattern: 'one-way' as const, validation: { request: 'off', reply: 'off' } as const },
    }))
    const services = [sampleService(v1, { contract: held })]
    await store.apply(() => writeOf(content({ services }), contracts))
    const follower = new RegistryFollower({ createClient: () => busClient(database.busUrl) })
    try {
      const snapshot = await follower.start()
      expect([...snapshot.contracts.keys()]).toEqual([held.digest])
      expect(Buffer.from(snapshot.contracts.get(held.digest)!.files).toString()).toBe('v1')
      const changed = new Promise<RegistrySnapshot>((resolve) => {
        follower.onChange(resolve)
      })
      const second = { ...held, digest: digestOf('v2'), request: 'report' as const }
      const v2 = sampleService(`${taxServiceCode}/v2`, { contract: second })
      await store.apply(() => writeOf({ services: [v2] }))
      const after = await changed
      expect([...after.contracts.keys()]).toEqual([held.digest, second.digest])
      expect(after.contracts.get(held.digest)).toBe(snapshot.contracts.get(held.digest))
      const read = await store.read()
      expect(read.services.map(({ contract }) => contract)).toEqual([held, second])
      expect(read.contractSummaries).toEqual(
        new Map(contracts.map((each) => [each.digest, summaryOf(each)])),
      )
    } finally {
      await follower.close()
    }
  })

  it.each([
    ['another content', `UPDATE sluice.service_contract SET files = 'x'`],
    ['deletion', `DELETE FROM sluice.service_contract`],
    ['emptying', `TRUNCATE sluice.service_contract CASCADE`],
    ['no digest', `INSERT INTO sluice.service_contract VALUES ('abc', 'x')`],
    [
      'a contract that is not there',
      `UPDATE sluice.service SET contract_digest = '${digestOf('x')}'`,
    ],
    ['levels without contract', `UPDATE sluice.service SET contract_digest = NULL`],
    ['an unknown level', `UPDATE sluice.service SET validate_reply = 'maybe'`],
  ])('refuses %s', async (_what, statement) => {
    await expect(pool.query(statement)).rejects.toThrow()
  })

  it("refuses the bus's own role to register one", async () => {
    const statement = `INSERT INTO sluice.service_contract VALUES ('${digestOf('y')}', 'y')`
    await expect(bus.query(statement)).rejects.toThrow(/permission denied/)
  })
})
