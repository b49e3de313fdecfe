import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { openAdminWorld, type AdminWorld } from '../../../test/support/admin-world.js'
import { startTestDatabase, type TestDatabase } from '../../../test/support/database.js'
import { registerMembers } from '../../../test/support/registry-database.js'

const [police, post] = ['AZ/GOV/DIN', 'AZ/GOV/POST']
const dayMs = 86_400_000

let database: TestDatabase
let world: AdminWorld
let number = 0

beforeAll(async () => {
  database = await startTestDatabase()
  await registerMembers(database.ownerUrl, [police, post])
  world = await openAdminWorld(database)
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

describe('the persons whom a member names (R-067)', () => {
  it('are kept by its administrators, reach the security body, and have to be confirmed every 180 days', async () => {
    const chief = await world.enter({
      login: newLogin(),
      member: post,
      roles: [`MEMBER_ADMIN ${post}`],
    })
    const security = await world.enter({ login: newLogin(), roles: ['SECURITY'] })
    const path = `/v1/members/${encodeURIComponent(post)}/responsible-persons`
    const body = {
      ...{ kind: 'responsible', name: '=Elçin, "Rəis"', post: 'şöbə müdiri' },
      ...{ email: 'elcin@post.example', phone: '+994 12 000 00 00' },
    }
    const added = await world.call(chief.token, 'POST', path, { body })
    expect(added.status).toBe(201)
    const { id } = added.json as Entry
    const exported = async (suffix = '') =>
      world.call(security.token, 'GET', `/v1/security/responsible-persons${suffix}`)
    const rows = ((await exported()).json as { items: Entry[] }).items
    expect(rows).toContainEqual(expect.objectContaining({ member: post, name: body.name }))
    expect(rows).toContainEqual(expect.objectContaining({ member: post, kind: 'user' }))
    const csv = await exported('.csv')
    expect(csv.headers['content-type']).toContain('text/csv')
    expect(csv.bytes.toString()).toContain(
      `${post},responsible,"'=Elçin, ""Rəis""",şöbə müdiri,elcin@post.example,+994 12 000 00 00,`,
    )

    const ofDomain = async (domain: string) => (await exported(`?domain=${domain}`)).json
    const portal = ((await ofDomain('PORTAL')) as { items: Entry[] }).items
    expect(portal.map(({ member }) => member)).toEqual(['AZ/GOV/DIM', 'AZ/GOV/VN'])

    const overdue = async (by = world) => {
      const token = by === world ? security.token : await by.login(security)
      const { json } = await by.call(token, 'GET', '/v1/security/unconfirmed-members?limit=200')
      return (json as { items: Entry[] }).items.map(({ member }) => member)
    }
    expect(await overdue()).toContain(post)
    expect((await world.call(chief.token, 'POST', `${path}/confirmations`)).status).toBe(201)
    expect(await overdue()).not.toContain(post)
    const later = await openAdminWorld(database)
    later.pass(181 * dayMs)
    expect(await overdue(later)).toContain(post)
    await later.close()

    const change = { ...body, name: 'Elçin Rəis' }
    const ifMatch = String(added.headers['etag'])
    const changed = await world.call(chief.token, 'PUT', `${path}/${id}`, { body: change, ifMatch })
    expect(changed.status).toBe(200)
    expect((await exported('.csv')).bytes.toString()).toContain('Elçin Rəis')
    const ended = await world.call(chief.token, 'POST', `${path}/${id}/end`, {
      ifMatch: String(changed.headers['etag']),
    })
    expect(ended.status).toBe(200)
    expect((await exported('.csv')).bytes.toString()).not.toContain('Elçin Rəis')
    const former = await world.call(chief.token, 'GET', `${path}?former=true`)
    expect(former.json).toMatchObject({ items: [{ id, until: expect.any(String) }] })
    const acts = await world.acts('persons.change')
    expect(acts.map(({ subject }) => subject)).toEqual(Array(3).fill(`member ${post}`))
  })

  it('are nobody’s to change who administers another member', async () => {
    const chief = await world.enter({
      login: newLogin(),
      member: police,
      roles: [`MEMBER_ADMIN ${police}`],
    })
    const path = `/v1/members/${encodeURIComponent(post)}/responsible-persons`
    expect((await world.call(chief.token, 'GET', path)).status).toBe(403)
    expect((await world.call(chief.token, 'POST', `${path}/confirmations`)).status).toBe(403)
  })
})
