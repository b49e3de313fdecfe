import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { randomUUID } from 'node:crypto'
import {
  openTestAdminApi,
  type AdminCall,
  type TestAdminApi,
} from '../../../test/support/admin-api.js'
import { startTestDatabase, type TestDatabase } from '../../../test/support/database.js'
import { ownerPool } from '../../../test/support/registry-database.js'
import type { Act } from '../../audit-log/act.js'
import { recordAct } from '../../audit-log/audit-log.store.js'
import { actsSeenForPageMax } from './limits.js'

let database: TestDatabase
let api: TestAdminApi

const [nigar, both, leyla] = [randomUUID(), randomUUID(), randomUUID()]
const member = 'AZ/GOV/NN'
const noon = (day: number): Date => new Date(Date.UTC(2026, 9, day, 12))

beforeAll(async () => {
  database = await startTestDatabase()
  api = await openTestAdminApi(database)
  await act({ kind: 'registry.apply', actor: 'leyla', account: leyla, subject: `member ${member}` })
  await person(nigar, [['MEMBER_ADMIN', member, noon(1), noon(20)]])
  await person(leyla, [['OPERATOR', null, noon(1), null]])
  await person(both, [
    ['MEMBER_ADMIN', member, noon(1), null],
    ['MEMBER_ADMIN', 'AZ/GOV/VN', noon(1), noon(10)],
  ])
})

afterAll(async () => {
  await api.close()
  await database.stop()
})

const act = (fields: Act, at?: Date): Promise<{ actId: string }> =>
  api.database.transaction((client) => recordAct(client, fields, at))

type Held = readonly [role: string, scope: string | null, from: Date, until: Date | null]

async function person(id: string, held: readonly Held[]): Promise<void> {
  const { actId } = await act({
    kind: 'administrator.add',
    actor: 'root',
    subject: `administrator ${id}`,
  })
  await api.database.pool.query(
    `INSERT INTO sluice.administrator (id, login, name, status, created_at)
     VALUES ($1, $2, 'Nigar', 'active', now())`,
    [id, `p${id.slice(0, 8)}`],
  )
  for (const [role, scope, from, until] of held) {
    await api.database.pool.query(
      `INSERT INTO sluice.role_assignment (id, administrator, role, scope, valid_from, valid_until, act_id)
       VALUES (gen_random_uuid(), $1, $2, $3, $4, $5, $6)`,
      [id, role, scope, from, until, actId],
    )
  }
}

interface Acts {
  readonly items: readonly {
    readonly id: string
    readonly kind?: string
    readonly subject?: string
    readonly intact: boolean
  }[]
  readonly next?: string
}

async function acts(query = '', as: AdminCall['as'] = 'SECURITY'): Promise<Acts> {
  const { status, json } = await api.call('GET', `/v1/acts?${query}`, { as })
  expect(status).toBe(200)
  return json as Acts
}

const subjects = ({ items }: Acts): unknown[] => items.map(({ subject }) => subject)

describe('the log of acts by API (R-118, R-129)', () => {
  it('shows who did what, the newest first, page by page, and is no act itself', async () => {
    await act({
      ...{ kind: 'registry.apply', actor: 'Leyla', account: leyla, role: 'OPERATOR' },
      ...{ subject: 'domain PORTAL', reason: 'Sərəncam 12', before: null, after: { status: 'x' } },
    })
    const first = await acts('limit=2')
    expect(first.items[0]).toMatchObject({
      ...{ kind: 'registry.apply', actor: 'Leyla', account: leyla, role: 'OPERATOR' },
      ...{ subject: 'domain PORTAL', reason: 'Sərəncam 12', before: null, after: { status: 'x' } },
      intact: true,
    })
    const second = await acts(`limit=200&after=${first.next ?? ''}`)
    const ids = [...first.items, ...second.items].map(({ id }) => id)
    expect(ids).toEqual([...ids].sort().reverse())
    expect(new Set(ids).size).toBe(5)
    expect(second.next).toBeUndefined()
    for (const as of ['OPERATOR', 'AGENCY'] as const)
      expect(await acts('limit=2', as)).toEqual(first)
    expect((await acts()).items).toHaveLength(5)
  })

  it('is asked by time, actor, kind and object', async () => {
    const all = await acts()
    const mine = await acts('actor=Leyla')
    expect(subjects(mine)).toEqual(['domain PORTAL'])
    expect(subjects(await acts(`actor=${leyla}&object=${member}`))).toEqual([`member ${member}`])
    expect(subjects(await acts('object=GOV/NN'))).toEqual([])
    expect(subjects(await acts('object=domain%20PORTAL'))).toEqual(['domain PORTAL'])
    expect((await acts('kind=administrator.add')).items).toHaveLength(3)
    const soon = new Date(Date.now() + 60_000).toISOString()
    expect((await acts(`from=${soon}`)).items).toEqual([])
    expect(await acts(`until=${soon}&from=2026-01-01T04:00:00%2B04:00`)).toEqual(all)
    for (const query of [
      'kind=nothing',
      'from=today',
      'after=aGVsbG8',
      'to=2026-01-01T00:00:00Z',
    ]) {
      expect((await api.call('GET', `/v1/acts?${query}`, { as: 'SECURITY' })).status).toBe(400)
    }
  })

  it('shows a member’s administrators what was done for their member alone', async () => {
    const by = (account: string, subject: string, at: Date): Promise<unknown> =>
      act({ kind: 'agreement.accept', actor: 'Nigar', account, role: 'MEMBER_ADMIN', subject }, at)
    await by(nigar, 'as nothing yet', new Date(0))
    await by(nigar, 'within', noon(2))
    await by(nigar, 'after her time', noon(21))
    await by(both, 'as two', noon(3))
    await by(both, 'as one', noon(11))
    await by(leyla, 'as operator', noon(2))
    await by('root', 'by a command', noon(2))
    const own = await acts('', { role: 'MEMBER_ADMIN', scope: member })
    expect(subjects(own)).toEqual(['as one', 'within'])
    const others = await acts('', { role: 'MEMBER_ADMIN', scope: 'AZ/GOV/YAD' })
    expect(others).toEqual({ items: [] })
    const founder = { role: 'FOUNDER_ADMIN', scope: 'PORTAL' } as const
    expect((await api.call('GET', '/v1/acts', { as: founder })).status).toBe(403)
  })

  it('says of an act that was changed behind the log’s back that it is not intact', async () => {
    const { actId } = await act({
      kind: 'registry.apply',
      actor: 'X',
      account: nigar,
      subject: 'y',
    })
    const owner = ownerPool(database.ownerUrl)
    const change = `UPDATE sluice.audit_log_entry SET entry = $2 WHERE act_id = $1`
    await owner.query(change, [actId, Buffer.from('no entry')]).finally(() => owner.end())
    expect((await acts('limit=1')).items).toEqual([
      { id: actId, leafHash: expect.any(String) as unknown, intact: false },
    ])
  })

  it('looks at so many acts for a page, and says where to go on', async () => {
    await api.database.pool.query(
      `INSERT INTO sluice.audit_log_entry (act_id, kind, recorded_at, actor, entry, leaf_hash)
       SELECT ('ffffffff-ffff-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid, 'registry.apply', now(), 'x',
              '{}', decode(repeat('00', 32), 'hex') FROM generate_series(1, $1::integer) AS n`,
      [actsSeenForPageMax],
    )
    const { items, next } = await acts('actor=Leyla')
    expect(items).toEqual([])
    expect(subjects(await acts(`actor=Leyla&after=${next ?? ''}`))).toEqual(['domain PORTAL'])
  })
})
