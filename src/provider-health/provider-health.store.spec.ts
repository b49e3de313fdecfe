import { EventEmitter, once } from 'node:events'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import pg from 'pg'
import { startTestDatabase, type TestDatabase } from '../../test/support/database.js'
import { ownerPool, recordNothing, writeOf } from '../../test/support/registry-database.js'
import {
  portalId,
  sampleContent,
  taxId,
  taxServiceCode,
} from '../../test/support/registry-samples.js'
import { createPool } from '../database/connection.js'
import {
  memberOf,
  parseMemberId,
  parseServiceId,
  type SubsystemId,
} from '../exchange/identifier.js'
import { RegistryStore } from '../registry/registry.store.js'
import { failureOf, joinChanges, successOf, type HealthChange } from './health-change.js'
import { Fault, type FaultCode } from '../exchange/fault.js'
import { ProviderHealthStore } from './provider-health.store.js'

const service = parseServiceId(`${taxServiceCode}/v1`)
const one = memberOf(portalId)
const other = parseMemberId('AZ/GOV/DIN')

let database: TestDatabase
let owner: pg.Client
let pool: pg.Pool
/** Those of two workers. */
let stores: readonly [ProviderHealthStore, ProviderHealthStore]
/** What the bus's own try finds. */
let isReached: boolean | undefined | Promise<boolean>

beforeAll(async () => {
  database = await startTestDatabase()
  owner = new pg.Client(database.ownerUrl)
  await owner.connect()
  const registry = ownerPool(database.ownerUrl)
  await new RegistryStore(registry, recordNothing).apply(() => writeOf(sampleContent()))
  await registry.end()
  pool = createPool({
    ...{ url: database.busUrl, role: 'bus', applicationName: 'test', connectionsMax: 4 },
    ...{ connectionTimeoutMs: 5_000, statementTimeoutMs: 5_000, idleTimeoutMs: 1_000 },
  })
  const terms = {
    ...{ failuresMax: 5, ownerOf: () => parseMemberId('AZ/GOV/VN') },
    domainOf: () => 'PORTAL',
    ...{ onTurn: () => undefined, warn: () => undefined },
    isReached: () => Promise.resolve(isReached),
  }
  const open = () => new ProviderHealthStore(pool, terms)
  stores = [open(), open()]
})

afterAll(async () => {
  await pool.end()
  await owner.end()
  await database.stop()
})

beforeEach(async () => {
  isReached = false
  await giveRightTo(taxId)
  await stores[0].count([successOf(service)])
  // As if it were long ago: no relapse.
  await owner.query(
    `UPDATE sluice.provider_trouble SET restored_at = restored_at - interval '1 hour'`,
  )
  await owner.query('TRUNCATE sluice.notice CASCADE')
})

function failures(count: number, code: FaultCode = 'PROVIDER_UNAVAILABLE', by = one) {
  const once = failureOf(service, by, new Fault(code, { side: 'provider' }))!
  return Array.from({ length: count }, () => once).reduce<HealthChange | undefined>(
    joinChanges,
    undefined,
  )!
}

async function trouble(): Promise<Record<string, unknown> | undefined> {
  const { rows } = await owner.query<Record<string, unknown>>(
    'SELECT state, reason, member, probe FROM sluice.provider_trouble',
  )
  return rows[0]
}

async function told(): Promise<string[]> {
  const { rows } = await owner.query<{ told: string }>(
    `SELECT kind || ' ' || coalesce(recipient_member, recipient_role, recipient_domain) AS told
       FROM sluice.notice ORDER BY id`,
  )
  return rows.map((row) => row.told)
}

/** Whose system has the only right to the service. */
async function giveRightTo(consumer: SubsystemId): Promise<void> {
  await owner.query('UPDATE sluice.access_right SET consumer = $1', [consumer])
}

/** Counted by one worker, which has looked for itself where it had to. */
async function count(change: HealthChange, store = stores[0]): Promise<void> {
  await store.count([change])
  await store.settled()
}

describe('five failures in a row (R-147)', () => {
  it('over all workers make a service FAULTY, and its owner and the operator are told once', async () => {
    await stores[0].count([failures(2)])
    await stores[1].count([failures(2)])
    expect(await told()).toEqual([])
    await Promise.all(stores.map((store) => count(failures(1), store)))
    expect(await trouble()).toMatchObject({ state: 'FAULTY', reason: 'unreachable' })
    expect(await told()).toEqual([
      ...['service.faulty AZ/GOV/VN', 'service.faulty OPERATOR', 'service.faulty PORTAL'],
    ])
    await stores[1].count([successOf(service)])
    expect(await trouble()).toMatchObject({ state: 'ACTIVE' })
    expect((await told()).slice(3)).toEqual([
      ...['service.restored AZ/GOV/VN', 'service.restored OPERATOR', 'service.restored PORTAL'],
    ])
  })

  it('are not five where one between them went well, whichever worker saw it', async () => {
    await stores[0].count([failures(4)])
    expect(await stores[1].failing()).toEqual([service])
    await stores[1].count([{ ...failures(1), wentWell: true }])
    await stores[0].count([failures(3)])
    expect(await told()).toEqual([])
    await count(failures(1))
    expect(await told()).toHaveLength(3)
  })

  it('of one member close the service for it alone while the bus can connect, whichever way they failed', async () => {
    isReached = true
    for (const [code, reason] of [
      ['PROVIDER_TIMEOUT', 'unanswered'],
      ['PROVIDER_UNAVAILABLE', 'unreachable'],
    ] as const) {
      await count(failures(6, code))
      expect(await trouble()).toEqual({ state: 'FAULTY', reason, member: one, probe: 'exchange' })
      await stores[0].count([successOf(service)])
    }
    expect((await told()).slice(0, 2)).toEqual([
      ...['service.faulty AZ/GOV/VN', 'service.faulty OPERATOR'],
    ])
  })

  it('are everybody’s as soon as another member’s requests fail, or the bus cannot connect itself', async () => {
    isReached = true
    await count(failures(5, 'PROVIDER_TIMEOUT'))
    await count(failures(1, 'PROVIDER_TIMEOUT', other))
    expect(await trouble()).toMatchObject({ state: 'FAULTY', member: null })
    expect(await told()).toHaveLength(3)
    await stores[0].count([successOf(service)])
    await count(failures(5, 'PROVIDER_TIMEOUT'))
    expect(await trouble()).toMatchObject({ member: one })
    isReached = false
    await count(failures(1, 'PROVIDER_TIMEOUT'))
    expect(await trouble()).toMatchObject({ state: 'FAULTY', reason: 'unreachable', member: null })
  })

  it('are everybody’s at once where nobody else has a right to it', async () => {
    isReached = true
    await giveRightTo(portalId)
    await count(failures(5, 'PROVIDER_TIMEOUT'))
    expect(await trouble()).toMatchObject({ state: 'FAULTY', reason: 'unanswered', member: null })
  })

  it('are none where it goes well for somebody while the bus looks', async () => {
    const look = new EventEmitter()
    isReached = once(look, 'ended').then(() => false)
    await stores[0].count([failures(5)])
    await stores[1].count([successOf(service)])
    look.emit('ended')
    await stores[0].settled()
    expect(await told()).toEqual([])
  })

  it('soon after a connection could be made are ended by an exchange alone', async () => {
    await count(failures(5))
    expect(await trouble()).toMatchObject({ probe: 'connection' })
    await stores[0].count([successOf(service)])
    await count(failures(5))
    expect(await trouble()).toMatchObject({ state: 'FAULTY', probe: 'exchange' })
  })

  it('are looked into by one worker at a time', async () => {
    await stores[0].count([failures(5)])
    const claims = await Promise.all(stores.map((store) => store.claimProbe(service, 60_000)))
    expect(claims.filter(Boolean)).toHaveLength(1)
  })
})
