import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { openAdminWorld, type AdminWorld } from '../../../test/support/admin-world.js'
import { startTestDatabase, type TestDatabase } from '../../../test/support/database.js'
import { tokenHash } from './session-token.js'

const minuteMs = 60_000
const wrong = 'not the password at all'

let database: TestDatabase
let world: AdminWorld
let number = 0

beforeAll(async () => {
  database = await startTestDatabase()
  world = await openAdminWorld(database)
})

afterAll(async () => {
  await world.close()
  await database.stop()
})

beforeEach(() => world.forgetAddresses())

const newLogin = (): string => `person-${++number}`

const tryLogin: AdminWorld['tryLogin'] = (...terms) => world.tryLogin(...terms)

describe('a login by password', () => {
  it('begins a session, whose token the database does not know', async () => {
    const person = await world.enter({ login: newLogin(), roles: ['AGENCY'] })
    const me = await world.call(person.token, 'GET', '/v1/me')
    expect(me).toMatchObject({
      status: 200,
      json: { id: person.id, login: person.login, roles: [{ role: 'AGENCY' }], duties: [] },
    })
    const { rows } = await world.api.database.pool.query<{ whole: string }>(
      'SELECT s::text AS whole FROM sluice.admin_session s WHERE administrator = $1',
      [person.id],
    )
    expect(rows).toHaveLength(1)
    expect(rows[0]?.whole).not.toContain(person.token)
    expect(rows[0]?.whole).toContain(tokenHash(person.token)?.toString('hex'))
  })

  it('says the same, and costs the same, whether the login is unknown or the password wrong', async () => {
    const person = await world.make({ login: newLogin() })
    const answers = []
    for (const [login, password] of [
      [person.login, wrong],
      ['nobody-at-all', wrong],
    ] as const) {
      const before = world.hashes.count
      const { status, json } = await tryLogin(login, password)
      answers.push({ status, json, hashes: world.hashes.count - before })
    }
    expect(answers[0]).toEqual(answers[1])
    expect(answers[0]).toMatchObject({ status: 401, hashes: 1 })
  })

  it('is closed for 15 minutes after five wrong tries, also to the right password, and that is told (R-108)', async () => {
    const person = await world.make({ login: newLogin() })
    for (let tries = 0; tries < 5; tries++) await tryLogin(person.login, wrong)
    const before = world.hashes.count
    const locked = await tryLogin(person.login, person.password)
    expect(locked).toMatchObject({ status: 401, json: { type: 'urn:sluice:problem:LOGIN_FAILED' } })
    expect(world.hashes.count - before).toBe(1)
    const acts = await world.acts('administrator.lock')
    expect(acts.filter(({ subject }) => subject === `administrator ${person.id}`)).toHaveLength(1)
    world.pass(15 * minuteMs + 1_000)
    expect(await tryLogin(person.login, person.password)).toMatchObject({ status: 201 })
  })

  it('counts tries that come at once: of twenty five are looked at', async () => {
    const person = await world.make({ login: newLogin() })
    await Promise.all(Array.from({ length: 4 }, () => tryLogin(person.login, wrong)))
    // One is left, whoever gets it.
    const last = await Promise.all([
      tryLogin(person.login, wrong),
      tryLogin(person.login, wrong),
      tryLogin(person.login, wrong),
    ])
    expect(last.map(({ status }) => status)).toEqual([401, 401, 401])
    const { rows } = await world.api.database.pool.query(
      'SELECT failures, locked_until IS NOT NULL AS locked FROM sluice.administrator WHERE id = $1',
      [person.id],
    )
    expect(rows).toEqual([{ failures: 5, locked: true }])
  })

  it('forgets wrong tries at a right one', async () => {
    const person = await world.make({ login: newLogin() })
    for (let round = 0; round < 2; round++) {
      for (let tries = 0; tries < 4; tries++) await tryLogin(person.login, wrong)
      expect(await tryLogin(person.login, person.password)).toMatchObject({ status: 201 })
    }
  })

  it('gets slower for an address that is wrong again and again, whatever the logins', async () => {
    const person = await world.make({ login: newLogin() })
    const answers = []
    for (let tries = 0; tries < 12; tries++) answers.push(await tryLogin(`nobody-${tries}`, wrong))
    expect(answers.map(({ status }) => status).slice(0, 10)).toEqual(Array(10).fill(401))
    expect(answers.at(-1)).toMatchObject({ status: 429 })
    expect(await tryLogin(person.login, person.password)).toMatchObject({ status: 429 })
    world.pass(61 * minuteMs)
    expect(await tryLogin(person.login, person.password)).toMatchObject({ status: 201 })
  })

  it('refuses a flood with 429 before anything is counted', async () => {
    const person = await world.make({ login: newLogin() })
    const flood = await Promise.all(
      Array.from({ length: 40 }, () => tryLogin(person.login, person.password)),
    )
    const statuses = new Set(flood.map(({ status }) => status))
    expect([...statuses].sort()).toEqual([201, 429])
  })

  it('is none for a disabled administrator', async () => {
    const person = await world.make({ login: newLogin() })
    const operator = await world.enter({ login: newLogin(), roles: ['OPERATOR'] })
    const seen = await world.call(operator.token, 'GET', `/v1/administrators/${person.id}`)
    const ifMatch = String(seen.headers['etag'])
    await world.call(operator.token, 'POST', `/v1/administrators/${person.id}/disable`, { ifMatch })
    expect(await tryLogin(person.login, person.password)).toMatchObject({ status: 401 })
  })
})

describe('a session', () => {
  it('ends by logout, and its token stays dead', async () => {
    const { token } = await world.enter({ login: newLogin() })
    expect(await world.call(token, 'DELETE', '/v1/sessions/current')).toMatchObject({ status: 204 })
    expect(await world.call(token, 'GET', '/v1/me')).toMatchObject({ status: 401 })
  })

  it('ends after half an hour without a call, and after eight hours whatever happens', async () => {
    const { token } = await world.enter({ login: newLogin() })
    for (let passedMinutes = 0; passedMinutes < 7 * 60; passedMinutes += 25) {
      world.pass(25 * minuteMs)
      expect(await world.call(token, 'GET', '/v1/me')).toMatchObject({ status: 200 })
    }
    for (let round = 0; round < 3; round++) {
      world.pass(25 * minuteMs)
      await world.call(token, 'GET', '/v1/me')
    }
    expect(await world.call(token, 'GET', '/v1/me')).toMatchObject({ status: 401 })
    const idle = await world.enter({ login: newLogin() })
    world.pass(31 * minuteMs)
    expect(await world.call(idle.token, 'GET', '/v1/me')).toMatchObject({ status: 401 })
  })

  it('is one that the bus began: a token of the caller’s own is never taken up', async () => {
    const person = await world.make({ login: newLogin() })
    const chosen = 'A'.repeat(43)
    const { json } = await world.api.call('POST', '/v1/sessions', {
      headers: { authorization: `Bearer ${chosen}`, cookie: `session=${chosen}` },
      body: { login: person.login, password: person.password },
    })
    expect((json as { token: string }).token).not.toBe(chosen)
    expect(await world.call(chosen, 'GET', '/v1/me')).toMatchObject({ status: 401 })
  })

  it.each(['', 'x', 'A'.repeat(43), `${'A'.repeat(42)}!`, 'B'.repeat(190)])(
    'is none for the token %j',
    async (token) => {
      expect(await world.call(token, 'GET', '/v1/me')).toMatchObject({ status: 401 })
    },
  )

  it('of another administrator is none that one can end', async () => {
    const mine = await world.enter({ login: newLogin() })
    const theirs = await world.enter({ login: newLogin() })
    const { json } = await world.call(theirs.token, 'GET', '/v1/me')
    const path = `/v1/sessions/${(json as { sessionId: string }).sessionId}`
    expect(await world.call(mine.token, 'DELETE', path)).toMatchObject({ status: 404 })
    expect(await world.call(theirs.token, 'DELETE', path)).toMatchObject({ status: 204 })
  })

  it('beside one from another address is told to the security officers, and a token that moves, too (R-108)', async () => {
    const person = await world.enter({ login: newLogin() })
    const { login, password } = person
    const elsewhere = '10.1.2.3'
    await world.access.logins.byPassword({ login, password, code: undefined, address: elsewhere })
    const parallel = { kind: 'session.parallel', administrator: person.id }
    const security = await world.enter({ login: newLogin(), roles: ['SECURITY'] })
    const told = await world.call(security.token, 'GET', '/v1/security/alerts')
    expect((told.json as { items: unknown[] }).items[0]).toMatchObject({
      ...parallel,
      details: { addresses: [elsewhere, '127.0.0.1'] },
    })
    const far = '10.9.9.9'
    await Promise.all([
      world.access.sessions.callerOf(person.token, far),
      world.access.sessions.callerOf(person.token, far),
    ])
    await world.access.sessions.callerOf(person.token, `::ffff:${far}`)
    const moved = await world.acts('session.parallel')
    expect(moved.filter(({ account }) => account === person.id)).toHaveLength(2)
  })

  it('is one on every node, and ended on one it is ended on all', async () => {
    const { token } = await world.enter({ login: newLogin() })
    const other = await openAdminWorld(database)
    expect(await other.call(token, 'GET', '/v1/me')).toMatchObject({ status: 200 })
    await other.call(token, 'DELETE', '/v1/sessions/current')
    expect(await world.call(token, 'GET', '/v1/me')).toMatchObject({ status: 401 })
    await other.close()
  })

  it('is not begun by a form of another site: a browser sends no JSON unasked', async () => {
    const { login, password } = await world.make({ login: newLogin() })
    const bytes = JSON.stringify({ login, password })
    for (const type of ['text/plain', 'application/x-www-form-urlencoded']) {
      const headers = { 'content-type': type }
      const answer = await world.api.call('POST', '/v1/sessions', { headers, bytes })
      expect(answer).toMatchObject({ status: 415 })
      expect(answer.headers['access-control-allow-origin']).toBeUndefined()
    }
  })

  it('says in the audit log who began it, how and from where', async () => {
    const person = await world.enter({ login: newLogin() })
    const acts = await world.acts('session.begin')
    expect(acts.at(-1)).toMatchObject({
      account: person.id,
      after: { way: 'password', address: '127.0.0.1' },
    })
  })

  it('makes room for others: an administrator has at most sixteen', async () => {
    const person = await world.enter({ login: newLogin() })
    for (let more = 0; more < 16; more++) await world.login(person)
    expect(await world.call(person.token, 'GET', '/v1/me')).toMatchObject({ status: 401 })
  })
})
