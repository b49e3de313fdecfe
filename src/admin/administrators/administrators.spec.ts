import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { openAdminWorld, type AdminWorld } from '../../../test/support/admin-world.js'
import { startTestDatabase, type TestDatabase } from '../../../test/support/database.js'
import { registerMembers } from '../../../test/support/registry-database.js'

const [police, post, agency] = ['AZ/GOV/DIN', 'AZ/GOV/POST', 'AZ/GOV/EHM']
const dayMs = 86_400_000

let database: TestDatabase
let world: AdminWorld
/** An operator with a session. */
let operator: { readonly id: string; readonly token: string }
let number = 0

beforeAll(async () => {
  database = await startTestDatabase()
  await registerMembers(database.ownerUrl, [police, post, agency])
  world = await openAdminWorld(database)
  operator = await world.enter({ login: 'operator', roles: ['OPERATOR'] })
})

afterAll(async () => {
  await world.close()
  await database.stop()
})

const newLogin = (): string => `person-${++number}`

interface Entry {
  readonly id: string
  readonly [name: string]: unknown
}

/** The revision that a change is decided on. */
async function read(token: string, path: string): Promise<{ readonly ifMatch: string }> {
  const { headers } = await world.call(token, 'GET', path)
  return { ifMatch: String(headers['etag']) }
}

/** Does something to an administrator as they are now. */
async function act(token: string, id: string, what: string, body?: unknown) {
  const path = `/v1/administrators/${id}`
  const { ifMatch } = await read(operator.token, path)
  const method = ['', '/openid'].includes(what) ? 'PUT' : 'POST'
  return world.call(token, method, path + what, { ifMatch, ...(body !== undefined && { body }) })
}

function grant(token: string, body: Readonly<Record<string, unknown>>) {
  return world.call(token, 'POST', '/v1/role-assignments', { body })
}

async function assignmentOf(id: string): Promise<{ id: string; ifMatch: string }> {
  const listed = await world.call(operator.token, 'GET', `/v1/role-assignments?administrator=${id}`)
  const found = (listed.json as { items: Entry[] }).items[0]
  const { ifMatch } = await read(operator.token, `/v1/role-assignments/${found?.id ?? ''}`)
  return { id: found?.id ?? '', ifMatch }
}

describe('an administrator', () => {
  it('is made by an operator, with a password that is told once, as an act (R-129)', async () => {
    const body = { login: newLogin(), name: 'Nərgiz Əliyeva', member: police }
    const made = await world.call(operator.token, 'POST', '/v1/administrators', { body })
    expect(made.status).toBe(201)
    const { administrator, oneTimePassword } = made.json as {
      administrator: Entry
      oneTimePassword: string
    }
    const login = { login: body.login, password: oneTimePassword }
    const token = await world.login({ id: administrator.id, ...login })
    const me = await world.call(token, 'GET', '/v1/me')
    expect(me.json).toMatchObject({ duties: ['changePassword'], member: police })
    const acts = await world.acts('administrator.add')
    expect(acts.at(-1)).toMatchObject({
      account: operator.id,
      role: 'OPERATOR',
      after: { login: body.login, name: body.name },
    })
    expect(JSON.stringify(acts)).not.toContain(oneTimePassword)
    const again = await world.call(operator.token, 'POST', '/v1/administrators', { body })
    expect(again.status).toBe(409)
  })

  it('is changed as it was seen, or not at all', async () => {
    const { id } = await world.make({ login: newLogin() })
    const path = `/v1/administrators/${id}`
    const { ifMatch } = await read(operator.token, path)
    const body = { name: 'Başqa Ad' }
    expect((await world.call(operator.token, 'PUT', path, { body })).status).toBe(428)
    const two = await Promise.all([
      world.call(operator.token, 'PUT', path, { body, ifMatch }),
      world.call(operator.token, 'PUT', path, { body: { name: 'Üçüncü Ad' }, ifMatch }),
    ])
    expect(two.map(({ status }) => status).sort()).toEqual([200, 412])
    const [change] = (await world.acts('administrator.change')).slice(-1)
    expect(change).toMatchObject({ before: { name: expect.stringMatching(/^Ad /) } })
  })

  it('is never deleted', async () => {
    const { id } = await world.make({ login: newLogin() })
    const { status } = await world.call(operator.token, 'DELETE', `/v1/administrators/${id}`)
    expect([404, 405]).toContain(status)
  })

  it('of a member is looked after by its own administrators, and by those of no other member', async () => {
    const chief = await world.enter({
      login: newLogin(),
      member: police,
      roles: [`MEMBER_ADMIN ${police}`],
    })
    const body = { login: newLogin(), name: 'Polis İşçisi', member: police }
    const made = await world.call(chief.token, 'POST', '/v1/administrators', { body })
    expect(made.status).toBe(201)
    const { id } = (made.json as { administrator: Entry }).administrator
    expect((await act(chief.token, id, '/disable')).status).toBe(200)
    for (const member of [post, undefined]) {
      const other = { login: newLogin(), name: 'Yad', ...(member && { member }) }
      const refused = await world.call(chief.token, 'POST', '/v1/administrators', { body: other })
      expect(refused.status).toBe(403)
    }
    const stranger = await world.make({ login: newLogin(), member: post })
    expect((await act(chief.token, stranger.id, '/disable')).status).toBe(404)
    const seen = await world.call(chief.token, 'GET', '/v1/administrators?limit=200')
    const members = (seen.json as { items: Entry[] }).items.map(({ member }) => member)
    expect(new Set(members)).toEqual(new Set([police]))
    const moved = await act(chief.token, id, '', { name: 'Polis İşçisi', member: post })
    expect(moved.status).toBe(403)
  })

  it('with a role that a member’s administrator could not give is out of its reach', async () => {
    const chief = await world.enter({
      login: newLogin(),
      member: police,
      roles: [`MEMBER_ADMIN ${police}`],
    })
    const officer = await world.make({ login: newLogin(), member: police, roles: ['SECURITY'] })
    for (const what of ['/password-reset', '/totp-reset', '/disable', '/unlock']) {
      expect((await act(chief.token, officer.id, what)).status).toBe(403)
    }
    expect((await act(chief.token, officer.id, '/openid', {})).status).toBe(403)
  })

  it('changes nothing of their own account but by their password', async () => {
    for (const what of ['/password-reset', '/totp-reset', '/unlock', '/disable']) {
      expect((await act(operator.token, operator.id, what)).status).toBe(403)
    }
  })

  it('whose password was reset is logged out, and let in by the new one', async () => {
    const person = await world.enter({ login: newLogin() })
    const reset = await act(operator.token, person.id, '/password-reset')
    const { oneTimePassword: password } = reset.json as { oneTimePassword: string }
    expect((await world.call(person.token, 'GET', '/v1/me')).status).toBe(401)
    await expect(world.login(person)).rejects.toThrow('401')
    await expect(world.login({ ...person, password })).resolves.toBeDefined()
  })

  it('who is disabled is out at once', async () => {
    const person = await world.enter({ login: newLogin(), roles: ['AGENCY'] })
    expect((await act(operator.token, person.id, '/disable')).status).toBe(200)
    expect((await world.call(person.token, 'GET', '/v1/me')).status).toBe(401)
    expect((await act(operator.token, person.id, '/enable')).status).toBe(200)
    expect((await world.call(person.token, 'GET', '/v1/me')).status).toBe(401)
  })
})

describe('a role', () => {
  it('is granted from when until when, and ends by itself', async () => {
    const person = await world.enter({ login: newLogin() })
    const from = new Date(world.now().getTime() + dayMs)
    const until = new Date(from.getTime() + dayMs)
    const body = { administrator: person.id, role: 'AGENCY', from, until }
    expect((await grant(operator.token, body)).status).toBe(201)
    expect((await grant(operator.token, body)).status).toBe(409)
    const other = await openAdminWorld(database)
    for (const [days, roles] of [
      [0, 0],
      [1.5, 1],
      [1, 0],
    ] as const) {
      other.pass(days * dayMs)
      const token = await other.login(person)
      const me = await other.call(token, 'GET', '/v1/me')
      expect((me.json as { roles: unknown[] }).roles).toHaveLength(roles)
    }
    await other.close()
  })

  it('is of nobody who grants it to themselves, from the past, or where there is no such place', async () => {
    const { id } = await world.make({ login: newLogin() })
    const past = new Date(world.now().getTime() - dayMs)
    for (const [body, status] of [
      [{ administrator: operator.id, role: 'SECURITY' }, 403],
      [{ administrator: id, role: 'AGENCY', from: past }, 422],
      [{ administrator: id, role: 'AGENCY', scope: police }, 422],
      [{ administrator: id, role: 'MEMBER_ADMIN' }, 422],
      [{ administrator: id, role: 'MEMBER_ADMIN', scope: 'AZ/GOV/YOX' }, 422],
      [{ administrator: id, role: 'FOUNDER_ADMIN', scope: 'YOX' }, 422],
      [{ administrator: id, role: 'ROOT' }, 400],
    ] as const) {
      expect((await grant(operator.token, body)).status).toBe(status)
    }
  })

  it('is granted by scoped administrators within their scope alone', async () => {
    const founder = await world.enter({ login: newLogin(), roles: ['FOUNDER_ADMIN PORTAL'] })
    const chief = await world.enter({
      login: newLogin(),
      member: police,
      roles: [`MEMBER_ADMIN ${police}`],
    })
    const [own, stranger] = [
      await world.make({ login: newLogin(), member: police }),
      await world.make({ login: newLogin(), member: post }),
    ]
    for (const [token, administrator, role, scope, status] of [
      [founder.token, stranger.id, 'FOUNDER_ADMIN', 'PORTAL', 201],
      [founder.token, stranger.id, 'MEMBER_ADMIN', police, 403],
      [founder.token, stranger.id, 'OPERATOR', undefined, 403],
      [chief.token, own.id, 'MEMBER_ADMIN', police, 201],
      [chief.token, stranger.id, 'MEMBER_ADMIN', police, 403],
      [chief.token, own.id, 'MEMBER_ADMIN', post, 403],
      [chief.token, own.id, 'SECURITY', undefined, 403],
    ] as const) {
      const answer = await grant(token, { administrator, role, ...(scope && { scope }) })
      expect({ role, scope, status: answer.status }).toEqual({ role, scope, status })
    }
  })

  it('that changes ends the sessions of whom it is about, and is an act with before and after', async () => {
    const person = await world.enter({ login: newLogin(), roles: ['AGENCY'] })
    const { id, ifMatch } = await assignmentOf(person.id)
    const path = `/v1/role-assignments/${id}/end`
    const both = await Promise.all([
      world.call(operator.token, 'POST', path, { ifMatch, body: {} }),
      world.call(operator.token, 'POST', path, { ifMatch, body: {} }),
    ])
    expect(both.map(({ status }) => status).sort()).toEqual([200, 412])
    expect((await world.call(person.token, 'GET', '/v1/me')).status).toBe(401)
    const [ended] = (await world.acts('role.end')).slice(-1)
    expect(ended).toMatchObject({
      account: operator.id,
      subject: `administrator ${person.id}`,
      before: { role: 'AGENCY', until: null },
      after: { role: 'AGENCY', until: expect.any(String) },
    })
  })

  it('may be seen by the Agency and by security, and changed by neither', async () => {
    const { id } = await world.make({ login: newLogin(), roles: ['AGENCY'] })
    for (const role of ['AGENCY', 'SECURITY'] as const) {
      const { token } = await world.enter({ login: newLogin(), roles: [role] })
      expect((await world.call(token, 'GET', '/v1/role-assignments')).status).toBe(200)
      const body = { administrator: id, role: 'OPERATOR' }
      expect((await grant(token, body)).status).toBe(403)
      const { id: assignment, ifMatch } = await assignmentOf(id)
      const path = `/v1/role-assignments/${assignment}/end`
      expect((await world.call(token, 'POST', path, { ifMatch, body: {} })).status).toBe(403)
    }
  })
})

describe('the last operator', () => {
  it('is not taken away before a successor begins, also where two go at once', async () => {
    const own = await assignmentOf(operator.id)
    const path = `/v1/role-assignments/${own.id}/end`
    const alone = await world.call(operator.token, 'POST', path, { ifMatch: own.ifMatch, body: {} })
    expect(alone.status).toBe(409)
    const second = await world.make({ login: newLogin() })
    const from = new Date(world.now().getTime() + dayMs)
    const granted = { administrator: second.id, role: 'OPERATOR', from }
    expect((await grant(operator.token, granted)).status).toBe(201)
    for (const [until, status] of [
      [new Date(from.getTime() - 1), 409],
      [from, 200],
    ] as const) {
      const { ifMatch } = await read(operator.token, `/v1/role-assignments/${own.id}`)
      const answer = await world.call(operator.token, 'POST', path, { ifMatch, body: { until } })
      expect(answer.status).toBe(status)
    }
    operator = { ...operator, token: await world.login(await world.renew('operator')) }
    expect((await act(operator.token, second.id, '/disable')).status).toBe(409)
    const third = await grant(operator.token, {
      administrator: (await world.make({ login: newLogin() })).id,
      role: 'OPERATOR',
    })
    expect(third.status).toBe(201)
    expect((await act(operator.token, second.id, '/disable')).status).toBe(200)
  })
})

describe('the operator’s handover (R-133)', () => {
  it('takes the role from the former officers at its moment, and gives it to the new ones', async () => {
    const officer = await world.enter({ login: newLogin(), member: police, roles: ['OPERATOR'] })
    const heir = await world.make({ login: newLogin(), member: agency })
    const stranger = await world.make({ login: newLogin(), member: post })
    const from = new Date(world.now().getTime() + dayMs)
    const handOver = (officers: readonly string[], more = {}) =>
      world.call(officer.token, 'POST', '/v1/operator-handovers', {
        body: { operator: agency, officers, from, ...more },
      })
    expect((await handOver([stranger.id])).status).toBe(422)
    expect((await handOver([officer.id])).status).toBe(403)
    expect((await handOver([heir.id], { from: new Date(0) })).status).toBe(422)
    expect((await handOver([heir.id])).status).toBe(201)
    const [act] = (await world.acts('operator.handover')).slice(-1)
    expect(act).toMatchObject({
      account: officer.id,
      after: { operator: agency, from: from.toISOString(), appointed: [heir.id] },
    })
    const then = await openAdminWorld(database)
    const rolesOf = async (person: Parameters<AdminWorld['login']>[0]) => {
      const me = await then.call(await then.login(person), 'GET', '/v1/me')
      return (me.json as { roles: { role: string }[] }).roles.map(({ role }) => role)
    }
    expect(await rolesOf(officer)).toEqual(['OPERATOR'])
    expect(await rolesOf(heir)).toEqual([])
    then.pass(dayMs + 1_000)
    expect(await rolesOf(officer)).toEqual([])
    expect(await rolesOf(heir)).toEqual(['OPERATOR'])
    const token = await then.login(heir)
    const listed = await then.call(token, 'GET', '/v1/operator-handovers')
    expect(listed.json).toMatchObject({ items: [{ operator: agency }] })
    await then.close()
  })
})
