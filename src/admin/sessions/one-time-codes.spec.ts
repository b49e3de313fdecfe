import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { TOTP } from 'otpauth'
import {
  openAdminWorld,
  type AdminWorld,
  type MadePerson,
} from '../../../test/support/admin-world.js'
import { startTestDatabase, type TestDatabase } from '../../../test/support/database.js'

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

function codeAt(url: string, time: Date): string {
  const { searchParams } = new URL(url)
  return new TOTP({ secret: searchParams.get('secret') ?? '' }).generate({
    timestamp: time.getTime(),
  })
}

/** Enrols one-time codes. */
async function enrol(
  person: MadePerson,
  token: string,
): Promise<{ readonly url: string; readonly recoveryCodes: string[] }> {
  const { password } = person
  const begun = await world.call(token, 'POST', '/v1/me/totp', { body: { password } })
  const { url } = begun.json as { url: string }
  const body = { code: codeAt(url, world.now()) }
  const confirmed = await world.call(token, 'POST', '/v1/me/totp/confirmation', { body })
  expect(confirmed.status).toBe(200)
  return { url, ...(confirmed.json as { recoveryCodes: string[] }) }
}

describe('one-time codes', () => {
  it('are asked for once they are confirmed, and each counts once', async () => {
    const person = await world.enter({ login: newLogin() })
    const { url } = await enrol(person, person.token)
    expect(await tryLogin(person.login, person.password)).toMatchObject({ status: 401 })
    const shown = codeAt(url, world.now())
    expect(await tryLogin(person.login, person.password, shown)).toMatchObject({ status: 401 })
    world.pass(minuteMs)
    const code = codeAt(url, world.now())
    const twice = await Promise.all([
      tryLogin(person.login, person.password, code),
      tryLogin(person.login, person.password, code),
    ])
    expect(twice.map(({ status }) => status).sort()).toEqual([201, 401])
    world.pass(minuteMs)
    const early = codeAt(url, new Date(world.now().getTime() + 30_000))
    expect(await tryLogin(person.login, person.password, early)).toMatchObject({ status: 201 })
    const passed = codeAt(url, world.now())
    expect(await tryLogin(person.login, person.password, passed)).toMatchObject({ status: 401 })
  })

  it('may be replaced by a recovery code, once', async () => {
    const person = await world.enter({ login: newLogin() })
    const { recoveryCodes } = await enrol(person, person.token)
    expect(new Set(recoveryCodes).size).toBe(10)
    const [code = ''] = recoveryCodes
    expect(await tryLogin(person.login, person.password, code)).toMatchObject({ status: 201 })
    expect(await tryLogin(person.login, person.password, code)).toMatchObject({ status: 401 })
  })

  it('are enrolled by whoever knows the password, and not by a session that was left open', async () => {
    const person = await world.enter({ login: newLogin() })
    const body = { password: wrong }
    const answer = await world.call(person.token, 'POST', '/v1/me/totp', { body })
    expect(answer).toMatchObject({ status: 401 })
    const late = await world.call(person.token, 'POST', '/v1/me/totp/confirmation', {
      body: { code: '123456' },
    })
    expect(late).toMatchObject({ status: 409 })
  })

  it('lie sealed in the database', async () => {
    const person = await world.enter({ login: newLogin() })
    const { url } = await enrol(person, person.token)
    const secret = new URL(url).searchParams.get('secret') ?? ''
    const { rows } = await world.api.database.pool.query<{ totp_secret: Buffer }>(
      'SELECT totp_secret FROM sluice.administrator WHERE id = $1',
      [person.id],
    )
    const bytes = Buffer.from(new TOTP({ secret }).secret.bytes)
    expect(rows[0]?.totp_secret.includes(bytes)).toBe(false)
  })

  it('have to be enrolled before the gravest roles count, where the configuration says so', async () => {
    const strict = await openAdminWorld(database, { totp: 'required' })
    const person = await strict.enter({ login: newLogin(), roles: ['OPERATOR'] })
    const me = await strict.call(person.token, 'GET', '/v1/me')
    expect(me.json).toMatchObject({ roles: [{ role: 'OPERATOR' }], duties: ['enrolTotp'] })
    expect(await strict.call(person.token, 'GET', '/v1/administrators')).toMatchObject({
      status: 403,
    })
    const { password } = person
    const begun = await strict.call(person.token, 'POST', '/v1/me/totp', { body: { password } })
    const { url } = begun.json as { url: string }
    const body = { code: codeAt(url, strict.now()) }
    await strict.call(person.token, 'POST', '/v1/me/totp/confirmation', { body })
    expect(await strict.call(person.token, 'GET', '/v1/administrators')).toMatchObject({
      status: 200,
    })
    await strict.close()
  })
})

describe('a password', () => {
  const good = 'yaxşı uzun cümlə 7'

  it('that was told once has to be changed before any role counts, and that ends all sessions', async () => {
    const person = await world.enter({ login: newLogin(), roles: ['OPERATOR'] })
    await world.api.database.pool.query(
      'UPDATE sluice.administrator SET must_change_password = true WHERE id = $1',
      [person.id],
    )
    expect(await world.call(person.token, 'GET', '/v1/administrators')).toMatchObject({
      status: 403,
    })
    const body = { password: person.password, newPassword: good }
    expect(await world.call(person.token, 'POST', '/v1/me/password', { body })).toMatchObject({
      status: 204,
    })
    expect(await world.call(person.token, 'GET', '/v1/me')).toMatchObject({ status: 401 })
    expect(await tryLogin(person.login, person.password)).toMatchObject({ status: 401 })
    const token = await world.login({ ...person, password: good })
    expect(await world.call(token, 'GET', '/v1/administrators')).toMatchObject({ status: 200 })
  })

  it.each([
    ['short', () => 'short'],
    ['common', () => 'Password1234!'],
    ['made of the login', (login: string) => `${login} and more`],
    ['the one that there is', (_login: string, present: string) => present],
  ])('that is %s is refused, and says why', async (_what, passwordOf) => {
    const person = await world.enter({ login: newLogin() })
    const newPassword = passwordOf(person.login, person.password)
    const body = { password: person.password, newPassword }
    expect(await world.call(person.token, 'POST', '/v1/me/password', { body })).toMatchObject({
      status: 422,
      json: { errors: [{ pointer: '/newPassword' }] },
    })
  })
})
