import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import {
  openAdminWorld,
  type AdminWorld,
  type MadePerson,
} from '../../../test/support/admin-world.js'
import { startTestDatabase, type TestDatabase } from '../../../test/support/database.js'
import {
  startOpenIdProvider,
  type TestOpenIdProvider,
} from '../../../test/support/openid-provider.js'
import { ownerGranter } from '../administrators/granting.js'

const redirectUrl = 'https://sluice.example/v1/sessions/oidc/callback'
/** Of every node. */
const key = randomBytes(32)
const doer = { granter: ownerGranter, author: { actor: 'Test' } }

let database: TestDatabase
let provider: TestOpenIdProvider
let world: AdminWorld
let person: MadePerson
let number = 0

beforeAll(async () => {
  database = await startTestDatabase()
  provider = await startOpenIdProvider(redirectUrl)
  world = await openAdminWorld(database, { openId: provider.config, key })
})

afterAll(async () => {
  await world.close()
  await provider.stop()
  await database.stop()
})

beforeEach(async () => {
  person = await world.make({ login: `openid-${++number}`, roles: ['AGENCY'] })
  await bind(person.id, subjectOf(person))
})

const subjectOf = ({ login }: MadePerson): string => `subject-of-${login}`

function bind(id: string, subject: string) {
  return world.access.credentials.bindOpenId(doer, { id, revision: undefined }, subject)
}

/** What a browser gets when it goes to log in. */
async function begin(): Promise<{ readonly url: string; readonly cookie: string }> {
  const { status, headers } = await world.call(undefined, 'GET', '/v1/sessions/oidc')
  expect(status).toBe(303)
  const [cookie = ''] = String(headers['set-cookie']).split(';')
  return { url: String(headers['location']), cookie }
}

/** The browser comes back. */
function comeBack(address: string, cookie: string | undefined) {
  const path = `/v1/sessions/oidc/callback${new URL(address).search}`
  return world.call(undefined, 'GET', path, {
    headers: { ...(cookie !== undefined && { cookie }) },
  })
}

function changed(address: string, change: (query: URLSearchParams) => void): string {
  const url = new URL(address)
  change(url.searchParams)
  return url.href
}

const failed = { status: 401, json: { type: 'urn:sluice:problem:LOGIN_FAILED' } }

describe('a login at an OpenID provider', () => {
  it('begins a session of the administrator that is bound to the subject', async () => {
    const { url, cookie } = await begin()
    const query = new URL(url).searchParams
    expect(Object.fromEntries(query)).toMatchObject({
      response_type: 'code',
      code_challenge_method: 'S256',
      state: expect.stringMatching(/^.{43}$/),
      nonce: expect.any(String),
    })
    const answer = await comeBack(await provider.signIn(url, subjectOf(person)), cookie)
    expect(answer.status).toBe(200)
    const { token } = answer.json as { token: string }
    const me = await world.call(token, 'GET', '/v1/me')
    expect(me.json).toMatchObject({ id: person.id, roles: [{ role: 'AGENCY' }], duties: [] })
    const [act] = (await world.acts('session.begin')).slice(-1)
    expect(act).toMatchObject({ account: person.id, after: { way: 'oidc' } })
  })

  it('keeps its secret where no script and no other site gets it', async () => {
    const { headers } = await world.call(undefined, 'GET', '/v1/sessions/oidc')
    expect(headers['set-cookie']).toMatch(
      /^__Host-sluice-login=[\w-]{200,400}; Max-Age=600; Path=\/; HttpOnly; SameSite=Lax; Secure$/,
    )
  })

  it('makes nobody an administrator who was not bound by an act', async () => {
    const before = await world.access.list.all({ limit: 200 })
    const { url, cookie } = await begin()
    const back = await provider.signIn(url, 'a-stranger')
    expect(await comeBack(back, cookie)).toMatchObject(failed)
    expect(await world.access.list.all({ limit: 200 })).toHaveLength(before.length)
  })

  it('counts in the browser that began it alone: nobody is logged in as somebody else', async () => {
    const attacker = await begin()
    const victim = await begin()
    const back = await provider.signIn(attacker.url, subjectOf(person))
    expect(await comeBack(back, undefined)).toMatchObject(failed)
    expect(await comeBack(back, victim.cookie)).toMatchObject(failed)
    expect(await comeBack(back, `${victim.cookie}; ${attacker.cookie}`)).toMatchObject(failed)
    const forged = attacker.cookie.replace(/.(?=.{40}$)/, (each) => (each === 'A' ? 'B' : 'A'))
    expect(await comeBack(back, forged)).toMatchObject(failed)
    expect(await comeBack(back, attacker.cookie)).toMatchObject({ status: 200 })
  })

  it('comes back once', async () => {
    const { url, cookie } = await begin()
    const back = await provider.signIn(url, subjectOf(person))
    const both = await Promise.all([comeBack(back, cookie), comeBack(back, cookie)])
    expect(both.map(({ status }) => status).sort()).toEqual([200, 401])
    expect(await comeBack(back, cookie)).toMatchObject(failed)
  })

  it('does not take the code of another login, whose nonce and verifier are others', async () => {
    const [mine, theirs] = [await begin(), await begin()]
    const stolen = new URL(await provider.signIn(theirs.url, subjectOf(person))).searchParams
    const back = await provider.signIn(mine.url, 'a-stranger')
    const mixed = changed(back, (query) => query.set('code', stolen.get('code') ?? ''))
    expect(await comeBack(mixed, mine.cookie)).toMatchObject(failed)
  })

  it.each([
    ['another state', (query: URLSearchParams) => query.set('state', 'A'.repeat(43))],
    ['no state', (query: URLSearchParams) => query.delete('state')],
    ['another issuer', (query: URLSearchParams) => query.set('iss', 'https://evil.example')],
    ['no issuer', (query: URLSearchParams) => query.delete('iss')],
    ['an error', (query: URLSearchParams) => query.set('error', 'access_denied')],
    ['no code', (query: URLSearchParams) => query.delete('code')],
  ])('fails with %s', async (_what, change) => {
    const { url, cookie } = await begin()
    const back = await provider.signIn(url, subjectOf(person))
    expect(await comeBack(changed(back, change), cookie)).toMatchObject(failed)
  })

  it('has to come back within ten minutes', async () => {
    const { url, cookie } = await begin()
    const back = await provider.signIn(url, subjectOf(person))
    const later = await openAdminWorld(database, { openId: provider.config, key })
    later.pass(11 * 60_000)
    const path = `/v1/sessions/oidc/callback${new URL(back).search}`
    const answer = await later.call(undefined, 'GET', path, { headers: { cookie } })
    expect(answer).toMatchObject({ status: 401 })
    await later.close()
  })

  it('is none for an administrator who is disabled', async () => {
    const which = { id: person.id, revision: undefined }
    await world.access.changes.setStatus(doer, which, 'disabled')
    const { url, cookie } = await begin()
    const back = await provider.signIn(url, subjectOf(person))
    expect(await comeBack(back, cookie)).toMatchObject(failed)
  })

  it('is bound to one administrator', async () => {
    const other = await world.make({ login: `openid-${++number}` })
    await expect(bind(other.id, subjectOf(person))).rejects.toMatchObject({ code: 'CONFLICT' })
  })

  it('says that the provider does not answer, and asks it again the next time', async () => {
    const config = { ...provider.config, issuer: 'http://127.0.0.1:1' }
    const alone = await openAdminWorld(database, { openId: config })
    const answer = await alone.call(undefined, 'GET', '/v1/sessions/oidc')
    expect(answer).toMatchObject({ status: 503 })
    await alone.close()
  })

  it('is nothing where none is configured', async () => {
    const without = await openAdminWorld(database)
    const { status } = await without.call(undefined, 'GET', '/v1/sessions/oidc')
    expect(status).toBe(404)
    await without.close()
  })
})
