import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import {
  openTestAdminApi,
  type AdminCall,
  type TestAdminApi,
} from '../../../test/support/admin-api.js'
import { fillAdminRegistry, known } from '../../../test/support/admin-registry.js'
import { startTestDatabase, type TestDatabase } from '../../../test/support/database.js'
import { readActs } from '../../audit-log/audit-log.store.js'
import { IncidentBook } from '../../incident/incident-book.store.js'
import { IncidentWatch } from '../../incident/incident-watch.js'
import { listIncidents } from '../../incident/incident.store.js'
import type { Incident, IncidentCause } from '../../incident/incident.js'
import type { FailedCheck } from '../../incident/sightings.js'

let database: TestDatabase
let api: TestAdminApi
let atMs = Date.parse('2026-11-26T10:00:00Z')

const member = { role: 'MEMBER_ADMIN', scope: known.member } as const
const overseers = ['AGENCY', 'OPERATOR', 'SECURITY']
const seconds = 1_000
const lookEveryMs = 5 * seconds

beforeAll(async () => {
  database = await startTestDatabase()
  await fillAdminRegistry(database)
  api = await openTestAdminApi(database)
})

afterAll(async () => {
  await api.close()
  await database.stop()
})

interface Node {
  readonly watch: IncidentWatch
  readonly said: { readonly event: string; readonly cause: unknown }[]
  readonly urgent: string[]
}

/** A node's part, with the clock of the test. */
function node(): Node {
  const said: { event: string; cause: unknown }[] = []
  const urgent: string[] = []
  const watch = new IncidentWatch({
    book: new IncidentBook(api.database),
    urgent: { tell: (kind, { cause }) => urgent.push(`${kind} ${cause}`) },
    ...{ decisionAfterMs: 900_000, lookMsMax: 5_000 },
    tell: (event, details) => said.push({ event, cause: details['cause'] }),
  })
  return { watch, said, urgent }
}

const now = (): Date => new Date(atMs)

/** Nodes look, one after the other, until so much time has passed. */
async function pass(
  ms: number,
  looks: readonly (readonly [Node, readonly FailedCheck[]])[],
): Promise<void> {
  for (const end = atMs + ms; atMs < end;) {
    atMs += lookEveryMs
    for (const [{ watch }, failed] of looks) await watch.look(failed, now())
  }
}

const incidents = (cause: IncidentCause): Promise<Incident[]> =>
  listIncidents(api.database.pool, { limit: 50, cause, isForEveryone: false })

async function notices(subject: string | undefined): Promise<[string, string][]> {
  const { rows } = await api.database.pool.query<{ kind: string; whom: string }>(
    `SELECT kind, coalesce(recipient_member, recipient_role, recipient_domain) AS whom FROM sluice.notice
      WHERE subject = $1 ORDER BY kind, whom`,
    [subject],
  )
  return rows.map(({ kind, whom }) => [kind, whom])
}

/** Everybody's notice of a kind. */
const toAll = (kind: string): [string, string][] =>
  [...overseers, known.member, known.otherMember, 'MURACIET', known.domain, known.otherDomain]
    .sort()
    .map((whom) => [kind, whom])

const texts = async (as: AdminCall['as'], subject: string): Promise<string[]> => {
  const { json } = await api.call('GET', '/v1/notices?limit=200', { as })
  const { items } = json as { items: { subject: string; text: { az: string; en: string } }[] }
  return items.filter((each) => each.subject === subject).map(({ text }) => text.en)
}

async function actKinds(): Promise<string[]> {
  const client = await api.database.pool.connect()
  const acts = await readActs(client, { limit: 100 }).finally(() => client.release())
  return acts.flatMap(({ fields }) => (fields ? [`${fields.kind} by ${fields.actor}`] : []))
}

describe('an incident that the bus opens itself (R-144)', () => {
  it('is one over all nodes, within 30 s; all participants are told, and again when it is over', async () => {
    const [one, other] = [node(), node()]
    const away = [{ name: 'broker', why: 'connect ECONNREFUSED 10.0.0.3:5672' }]
    const since = atMs + lookEveryMs
    await pass(15 * seconds, [
      [one, away],
      [other, []],
    ])
    const [opened, ...more] = await incidents('broker')
    expect([opened?.state, more]).toEqual(['open', []])
    expect(opened?.startedAt).toEqual(new Date(since))
    expect(one.said).toEqual([{ event: 'incident opened', cause: 'broker' }])
    expect(await notices(opened?.id)).toEqual(toAll('incident.opened'))

    // One that sees it after the others, and one that sees it no more: it lasts as long as anybody sees it.
    await pass(40 * seconds, [
      [one, []],
      [other, away],
    ])
    expect(await incidents('broker')).toEqual([expect.objectContaining({ state: 'open' })])
    expect(other.said).toEqual([])
    const last = atMs
    await pass(40 * seconds, [
      [one, []],
      [other, []],
    ])
    const [closed] = await incidents('broker')
    expect(closed).toMatchObject({ state: 'closed', closedBy: 'sluice', endedAt: new Date(last) })
    expect(await notices(closed?.id)).toEqual([
      ...toAll('incident.closed'),
      ...toAll('incident.opened'),
    ])
    expect((await texts(member, closed!.id))[1]).toBe(
      'The failure is removed. Cause: the broker of queues is away. Length: 50 s (2026-11-26 10:00:05 UTC – 2026-11-26 10:00:55 UTC).',
    )
    expect(await actKinds()).toEqual(['incident.open by sluice', 'incident.close by sluice'])
  })

  it('is not opened by what passes, nor by what no cause names; what comes and goes is one', async () => {
    const one = node()
    await pass(5 * seconds, [[one, [{ name: 'timestamps' }]]])
    await pass(20 * seconds, [[one, [{ name: 'log search', why: 'late' }]]])
    expect(await incidents('timestamps')).toEqual([])
    const witness = [{ name: 'witness w.example.az/1', why: 'behind' }]
    for (let turn = 0; turn < 3; turn += 1) {
      await pass(15 * seconds, [[one, witness]])
      await pass(15 * seconds, [[one, []]])
    }
    expect(await incidents('witness')).toHaveLength(1)
    await pass(40 * seconds, [[one, []]])
    expect(await incidents('witness')).toEqual([expect.objectContaining({ state: 'closed' })])
  })

  it('says to participants what fails, and to those alone who run the bus on which machine', async () => {
    const [{ id } = { id: '' }] = await incidents('broker')
    const seen = async (as: AdminCall['as']): Promise<unknown> =>
      (await api.call('GET', `/v1/incidents/${id}`, { as })).json
    expect(await seen('OPERATOR')).toMatchObject({ detail: expect.stringContaining('10.0.0.3') })
    expect(await seen(member)).toMatchObject({ cause: 'broker', lengthSeconds: 50 })
    expect(JSON.stringify(await seen(member))).not.toContain('10.0.0.3')
  })

  it('that a copy is late concerns those alone who run and oversee the bus (R-146)', async () => {
    const one = node()
    await pass(15 * seconds, [[one, [{ name: 'replication', why: 'ehtiyat is 61 s behind' }]]])
    const [{ id } = { id: '' }] = await incidents('replication')
    expect((await notices(id)).map(([, whom]) => whom)).toEqual(overseers)
    expect((await api.call('GET', `/v1/incidents/${id}`, { as: member })).status).toBe(404)
    const { json } = await api.call('GET', '/v1/incidents?cause=replication', { as: member })
    expect(json).toEqual({ items: [] })
    await pass(40 * seconds, [[one, []]])
  })

  it('a database that is away is told of at once, and entered afterwards with its true start', async () => {
    const [one, other] = [node(), node()]
    await pass(lookEveryMs, [
      [one, []],
      [other, []],
    ])
    await database.pause()
    const since = atMs + lookEveryMs
    await pass(15 * 60 * seconds + lookEveryMs, [
      [one, [{ name: 'message log', why: 'cannot write' }]],
      [other, []],
    ])
    const told = ['incident.opened database', 'incident.decision database']
    expect([one.urgent, other.urgent]).toEqual([told, told])
    expect(one.said).toContainEqual({ event: 'incident opened', cause: 'database' })
    await database.resume()
    await pass(15 * seconds, [
      [one, []],
      [other, []],
    ])
    const back = atMs - 10 * seconds
    expect(one.urgent.at(-1)).toBe('incident.closed database')
    expect(await incidents('database')).toEqual([
      expect.objectContaining({ startedAt: new Date(since), lastSeenAt: new Date(back) }),
    ])
    // What follows from it is no incident of its own.
    expect(await incidents('message-log')).toEqual([])
    await pass(60 * seconds, [
      [one, []],
      [other, []],
    ])
    const [closed, ...more] = await incidents('database')
    expect([closed?.state, closed?.endedAt, more]).toEqual(['closed', new Date(back), []])
  })
})

describe('an incident that is not removed soon (R-145)', () => {
  it('raises the decision, which is recorded as an act and told', async () => {
    const one = node()
    const full = [{ name: 'disk spool', why: '3 MiB are free in /var/spool' }]
    await pass(14 * 60 * seconds, [[one, full]])
    const [{ id } = { id: '' }] = await incidents('spool')
    const at = `/v1/incidents/${id}`
    expect((await api.call('GET', at, { as: 'AGENCY' })).json).toMatchObject({ state: 'open' })
    await pass(70 * seconds, [[one, full]])
    const seen = await api.call('GET', at, { as: 'AGENCY' })
    expect(seen).toMatchObject({ headers: { etag: '"2"' }, json: { state: 'decision' } })
    const asked = (await notices(id)).filter(([kind]) => kind === 'incident.decision')
    expect(asked.map(([, whom]) => whom)).toEqual(['AGENCY', 'OPERATOR'])

    const decide = (as: AdminCall['as'], ifMatch: string) =>
      api.call('POST', `${at}/decision`, {
        ...{ as, ifMatch, body: { decision: 'take-over', reason: 'Disk dəyişdirilir' } },
      })
    expect((await decide(member, '"2"')).status).toBe(403)
    expect((await decide('SECURITY', '"2"')).status).toBe(403)
    expect((await decide('AGENCY', '"1"')).status).toBe(412)
    expect(await decide('AGENCY', '"2"')).toMatchObject({
      ...{ status: 200, json: { state: 'decided', decision: 'take-over' } },
    })
    expect((await decide('OPERATOR', '"3"')).status).toBe(409)
    expect((await notices(id)).filter(([kind]) => kind === 'incident.decided')).toEqual(
      toAll('incident.decided'),
    )
    expect((await actKinds()).at(-1)).toMatch(/^incident\.decide by Test/)
    // It is closed like any other, once nobody sees it.
    await pass(40 * seconds, [[one, []]])
    expect((await api.call('GET', at, { as: member })).json).toMatchObject({ state: 'closed' })
    expect((await decide('OPERATOR', '"4"')).status).toBe(409)
  })

  it('is no matter of what a reserve centre would not remove', async () => {
    const one = node()
    await pass(16 * 60 * seconds, [[one, [{ name: 'timestamps', why: 'timeout' }]]])
    const [{ id, state } = { id: '', state: '' }] = await incidents('timestamps')
    expect(state).toBe('open')
    const body = { decision: 'stay', reason: 'gözləyirik' }
    const call = { as: 'OPERATOR', ifMatch: '"1"', body } as const
    expect((await api.call('POST', `/v1/incidents/${id}/decision`, call)).status).toBe(409)
  })
})

describe('an incident that the operator enters', () => {
  const description = { az: 'Bakı – Gəncə rabitə xətti kəsilib', en: 'The line to Ganja is cut' }
  const open = (as: AdminCall['as'], body: object) =>
    api.call('POST', '/v1/incidents', { as, body })

  it('is told to all, and closed by hand with cause and length', async () => {
    expect((await open('AGENCY', { description })).status).toBe(403)
    expect((await open('OPERATOR', { description: {} })).status).toBe(400)
    const early = { description, startedAt: '2019-01-01T00:00:00Z' }
    expect((await open('OPERATOR', early)).status).toBe(422)
    const startedAt = new Date(Date.now() - 3_600_000).toISOString()
    const opened = await open('OPERATOR', { description, startedAt })
    expect(opened).toMatchObject({ status: 201, json: { cause: 'other', byBus: false, startedAt } })
    const { id } = opened.json as { id: string }
    expect(await notices(id)).toEqual(toAll('incident.opened'))

    // Nodes close what nodes opened; after a while they ask for the decision of it, too.
    atMs = Date.now() + 600_000
    await pass(40 * seconds, [[node(), []]])
    const closing = { az: 'Xətt bərpa olunub' }
    const close = (ifMatch: string) =>
      api.call('POST', `/v1/incidents/${id}/closing`, {
        as: 'OPERATOR',
        ifMatch,
        body: { closing },
      })
    expect((await close('"1"')).status).toBe(412)
    expect(await close('"2"')).toMatchObject({ status: 200, json: { state: 'closed', closing } })
    expect((await close('"3"')).status).toBe(409)
    expect((await texts(member, id)).at(-1)).toMatch(
      /^The failure is removed\. Cause: The line to Ganja is cut\. Xətt bərpa olunub\. Length: 1 h/,
    )
    const drop = 'DELETE FROM sluice.incident'
    await expect(api.database.pool.query(drop)).rejects.toMatchObject({ code: '42501' })
    const change = "UPDATE sluice.incident SET ended_at = now() WHERE state = 'closed'"
    await expect(api.database.pool.query(change)).rejects.toMatchObject({ code: '42501' })
  })

  it('has one open at a time for a cause that nodes see, too', async () => {
    const one = node()
    await pass(15 * seconds, [[one, [{ name: 'broker', why: 'gone' }]]])
    expect((await open('OPERATOR', { cause: 'broker', description })).status).toBe(409)
    expect((await open('OPERATOR', { cause: 'workers', description })).status).toBe(201)
    await pass(15 * seconds, [[one, [{ name: 'workers', why: '1 of 2 have reported' }]]])
    expect(await incidents('workers')).toEqual([expect.objectContaining({ byBus: false })])
  })
})
