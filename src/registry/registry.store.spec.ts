import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { Client, Pool } from 'pg'
import { startTestDatabase, type TestDatabase } from '../../test/support/database.js'
import {
  busClient,
  ownerPool,
  recordNothing,
  writeOf,
} from '../../test/support/registry-database.js'
import {
  sampleContent,
  portalId,
  sampleRight,
  sampleService,
  sampleSubsystem,
  taxId,
  taxServiceCode,
} from '../../test/support/registry-samples.js'
import { parseMemberId } from '../exchange/identifier.js'
import type { RegistryContent } from './registry-content.js'
import { RegistryStore } from './registry.store.js'

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
  await store.apply(() => writeOf(whole))
})

afterAll(async () => {
  await bus.end()
  await pool.end()
  await database.stop()
})

const der = Uint8Array.of(0x30, 0x03, 0x02, 0x01, 0xff)
const thumbprint = (letter: string): string => letter.repeat(43)
const whole: RegistryContent = sampleContent({
  services: [
    sampleService(`${taxServiceCode}/v1`, {
      name: { az: 'VÖEN', en: 'TIN' },
      isDefault: true,
      modes: ['user', 'body'],
      status: 'maintenance',
      from: new Date('2026-06-01T00:00:00.123Z'),
      until: new Date('2026-06-02T00:00:00Z'),
    }),
    sampleService(`${taxServiceCode}/v2`, {
      deprecatedFrom: new Date('2027-01-01'),
      soap: { securityHeader: 'strip', xroadHeaders: 'keep', action: 'urn:vn/voenTap' },
    }),
  ],
  subsystems: [sampleSubsystem(portalId, { replySignature: 'rsa' }), sampleSubsystem(taxId)],
  certificates: [{ thumbprint: thumbprint('c'), der, subsystem: taxId, status: 'active' }],
  authorities: [
    {
      name: 'Kök',
      thumbprint: thumbprint('a'),
      der,
      role: 'anchor',
      revocation: 'crl',
      crl: 'http://ca.az/root.crl',
      ocsp: undefined,
      unreachable: 'refuse',
      status: 'accepted',
    },
  ],
})

describe('RegistryStore', () => {
  it('reads what was written', async () => {
    const read = await store.read()
    expect(read).toEqual({ ...whole, generation: read.generation })
    expect(read.generation).toBeGreaterThan(0)
  })

  it('leaves the generation where nothing is written', async () => {
    const { generation } = await store.read()
    expect(await store.apply(() => undefined)).toBe(generation)
  })

  it('writes all or nothing', async () => {
    const before = await store.read()
    const rights = [sampleRight({ id: 'AR-2' }), sampleRight({ id: 'AR-3', legalBasis: '' })]
    await expect(store.apply(() => writeOf({ accessRights: rights }))).rejects.toThrow(
      /legal_basis/,
    )
    expect(await store.read()).toEqual(before)
  })

  it('lets applies that meet take turns, each seeing what the one before wrote', async () => {
    const seen = await Promise.all(
      Array.from({ length: 8 }, async (_, n) => {
        let rights = 0
        await store.apply((content) => {
          rights = content.accessRights.length
          return writeOf({ accessRights: [sampleRight({ id: `AR-turn-${n}` })] })
        })
        return rights
      }),
    )
    expect(seen.toSorted((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 6, 7, 8])
  })

  it('passes the default version on within one transaction', async () => {
    const services = ['v1', 'v2'].map((version) =>
      sampleService(`${taxServiceCode}/${version}`, { isDefault: version === 'v2' }),
    )
    await store.apply(() => writeOf({ services }))
    const { services: read } = await store.read()
    expect(read.map(({ isDefault }) => isDefault)).toEqual([false, true])
  })
})

describe('the database itself refuses', () => {
  it.each([
    ['deletion', `DELETE FROM sluice.access_right`],
    ['emptying', `TRUNCATE sluice.access_right`],
    ['a second default version', `UPDATE sluice.service SET is_default = true`],
    ['a subsystem outside its member', `UPDATE sluice.subsystem SET member = 'AZ/GOV/DIM'`],
    ['an unknown domain', `UPDATE sluice.subsystem SET domain = 'X'`],
    ['an unknown status', `UPDATE sluice.member SET status = 'gone'`],
    ['an unknown class', `INSERT INTO sluice.member VALUES ('AZ/NGO/X', 'a', 'b', 'active')`],
    ['a wrong identifier', `INSERT INTO sluice.member VALUES ('AZ/GOV/a%b', 'a', 'b', 'active')`],
    ['a secret service (R-018)', `UPDATE sluice.service SET classification = 'secret'`],
    ['maintenance without end', `UPDATE sluice.service SET status = 'maintenance'`],
    ['a right of nobody', `UPDATE sluice.access_right SET consumer = 'AZ/GOV/DIM/X'`],
    ['a right that ends first', `UPDATE sluice.access_right SET valid_until = '1990-01-01'`],
    ['a right without mode', `UPDATE sluice.access_right SET modes = '{}'`],
    ['a right of another mode', `UPDATE sluice.access_right SET modes = '{admin}'`],
    ['authority without source', `UPDATE sluice.authority SET crl = NULL`],
    ['itself as successor', `UPDATE sluice.member SET successor = id`],
    ['an unknown successor', `UPDATE sluice.member SET successor = 'AZ/GOV/X'`],
    ['a second version row', `INSERT INTO sluice.registry_version VALUES (false, 1)`],
  ])('%s', async (_what, statement) => {
    await expect(pool.query(statement)).rejects.toThrow()
  })

  it.each([
    `UPDATE sluice.member SET status = 'suspended'`,
    `INSERT INTO sluice.domain VALUES ('X', NULL, NULL, 'active')`,
    `UPDATE sluice.registry_version SET generation = 0`,
    `DELETE FROM sluice.revocation_list`,
  ])("the bus's own role: %s", async (statement) => {
    await expect(bus.query(statement)).rejects.toThrow(/permission denied/)
  })
})

describe('the history of the registry (R-040)', () => {
  it('has every state of every entry, in the order in which they were', async () => {
    const rights = ['1', '2', '3'].map((n) =>
      sampleRight({ id: 'AR-past', purpose: `Məqsəd ${n}`, omit: ['/a'] }),
    )
    for (const right of rights) await store.apply(() => writeOf({ accessRights: [right] }))
    const { rows } = await pool.query<{ purpose: string; revision: string }>(
      `SELECT entry ->> 'purpose' AS purpose, revision FROM sluice.registry_history
        WHERE noun = 'access_right' AND id = 'AR-past' ORDER BY written_at`,
    )
    expect(rows.map(({ purpose }) => purpose)).toEqual(['Məqsəd 1', 'Məqsəd 2', 'Məqsəd 3'])
    const revisions = rows.map(({ revision }) => Number(revision))
    expect(revisions).toEqual(revisions.toSorted((a, b) => a - b))
  })

  it.each(['DELETE FROM sluice.registry_history', 'TRUNCATE sluice.registry_history'])(
    'keeps it: %s',
    async (statement) => {
      await expect(pool.query(statement)).rejects.toThrow(/the registry keeps its entries/)
    },
  )
})

describe('a successor', () => {
  it('may be written together with the one it follows', async () => {
    const successor = parseMemberId('AZ/GOV/IN')
    const [first] = whole.members
    const members = [
      { ...first!, status: 'liquidated' as const, successor },
      { ...first!, id: successor },
    ]
    await store.apply(() => writeOf({ members }))
    expect((await store.read()).members).toEqual(expect.arrayContaining(members))
  })
})
