import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import pg from 'pg'
import { openAdminWorld, type AdminWorld } from '../../test/support/admin-world.js'
import { memoryIo } from '../../test/support/command-io.js'
import { startTestDatabase, type TestDatabase } from '../../test/support/database.js'
import { readActs } from '../audit-log/audit-log.store.js'
import { Secret } from '../config/secrets.js'
import { adminCommand } from './admin.js'
import { openAdministratorsOf } from './open-administrators.js'

let database: TestDatabase
let world: AdminWorld

beforeAll(async () => {
  database = await startTestDatabase()
  world = await openAdminWorld(database)
})

afterAll(async () => {
  await world.close()
  await database.stop()
})

const why = ['--reason', 'Sərəncam 12', '--actor', 'A. Həsənov']

async function run(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const io = memoryIo({})
  const databaseUrl = new Secret(database.ownerUrl)
  const place = { directory: database.folder, databaseUrl, migrationUrl: undefined }
  const code = await adminCommand(args, io, (author) => openAdministratorsOf(place, author))
  return { code, out: io.text, err: io.errors }
}

describe('sluice admin', () => {
  it('makes the first operator, who has to change the password that is shown once', async () => {
    const made = await run(
      'add',
      'leyla',
      '--name',
      'Leyla Məmmədova',
      '--role',
      'OPERATOR',
      ...why,
    )
    expect(made).toMatchObject({ code: 0, err: expect.stringContaining('OPERATOR, from') })
    const token = await world.login({ id: '', login: 'leyla', password: made.out })
    const me = await world.call(token, 'GET', '/v1/me')
    expect(me.json).toMatchObject({ roles: [{ role: 'OPERATOR' }], duties: ['changePassword'] })
    const client = new pg.Client(database.ownerUrl)
    await client.connect()
    const acts = (await readActs(client, { limit: 10 })).map(({ fields }) => fields)
    await client.end()
    expect(acts.map((act) => act?.kind)).toEqual([
      ...['administrator.add', 'role.grant', 'session.begin'],
    ])
    expect(acts[0]).toMatchObject({ actor: 'A. Həsənov', reason: 'Sərəncam 12' })
    expect(JSON.stringify(acts)).not.toContain(made.out)
  })

  it('lists who there is, with their roles', async () => {
    const { code, out } = await run('list')
    expect(code).toBe(0)
    expect(out).toMatch(/^leyla {2}Leyla Məmmədova {2}of no member {2}active\n {4}OPERATOR, from /)
  })

  it('grants roles and ends them, but not the last operator’s', async () => {
    expect(await run('role', 'leyla', 'SECURITY', ...why)).toMatchObject({ code: 0 })
    const ended = await run('role', 'leyla', 'SECURITY', '--end', ...why)
    expect(ended).toMatchObject({ code: 0, out: expect.stringMatching(/^SECURITY, .* until /) })
    expect(await run('role', 'leyla', 'SECURITY', '--end', ...why)).toMatchObject({
      code: 1,
      err: 'Nothing was done: leyla has no such role',
    })
    expect(await run('role', 'leyla', 'OPERATOR', '--end', ...why)).toMatchObject({
      code: 1,
      err: expect.stringContaining('without a successor'),
    })
  })

  it('lets in again who forgot the password, lost the device or is locked', async () => {
    const { out: password } = await run('reset', 'leyla', '--codes', ...why)
    const leyla = { id: '', login: 'leyla', password }
    await world.login(leyla)
    for (let tries = 0; tries < 5; tries++) {
      await expect(world.login({ ...leyla, password: 'wrong' })).rejects.toThrow('401')
    }
    await expect(world.login(leyla)).rejects.toThrow('401')
    expect(await run('unlock', 'leyla', ...why)).toMatchObject({ code: 0 })
    await world.login(leyla)
  })

  it.each([
    ['no word', [], 'Say add, list, role, reset or unlock.'],
    ['no login', ['add', '--name', 'A', ...why], 'Give one LOGIN'],
    ['a login with capitals', ['add', 'Leyla', '--name', 'A', ...why], 'Give one LOGIN'],
    ['no name', ['add', 'vaqif', ...why], 'Say who it is with --name.'],
    ['no reason', ['add', 'vaqif', '--name', 'A'], 'Say why with --reason.'],
    ['no such role', ['role', 'leyla', 'ROOT', ...why], 'ROLE is OPERATOR'],
    ['no time', ['role', 'leyla', 'AGENCY', '--from', 'sabah', ...why], '--from must be a time'],
    ['no member', ['add', 'v-2', '--name', 'A', '--member', 'DIN', ...why], '--member must be'],
  ])('is used wrongly with %s', async (_what, args, reason) => {
    const { code, err } = await run(...args)
    expect({ code, err }).toEqual({ code: 2, err: expect.stringContaining(reason) })
    expect(err).toContain('Usage: sluice admin add')
  })

  it('knows nobody who is not there', async () => {
    expect(await run('unlock', 'hec-kim', ...why)).toMatchObject({
      code: 1,
      err: 'Nothing was done: there is no administrator "hec-kim"',
    })
  })
})
