import 'reflect-metadata'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { TOTP } from 'otpauth'
import { request } from 'undici'
import { memoryIo } from '../../test/support/command-io.js'
import { startTestDatabase, type TestDatabase } from '../../test/support/database.js'
import type { AdminListener } from '../admin/admin.module.js'
import { adminCommand } from '../cli/admin.js'
import { openAdministratorsOf } from '../cli/open-administrators.js'
import { Secret } from '../config/secrets.js'
import { createSystemLog } from '../monitoring/system-log.js'
import { openNodeAdmin } from './node-admin.js'

let database: TestDatabase
let directory: string
/** Two nodes of one bus, with the same key files. */
let nodes: AdminListener[]

beforeAll(async () => {
  database = await startTestDatabase()
  directory = mkdtempSync(join(tmpdir(), 'sluice-test-node-admin-'))
  nodes = [await open(), await open()]
})

afterAll(async () => {
  await Promise.all(nodes.map((node) => node.close()))
  await database.stop()
  rmSync(directory, { recursive: true, force: true })
})

async function open(): Promise<AdminListener> {
  const access = { totp: 'required', openId: undefined } as const
  const desk = {
    maintenanceNoticeHours: 48,
    connectionDesk: 'required',
    separationOfDuties: true,
    conformity: { privateAddresses: [], authorities: undefined, plainHttp: false },
  } as const
  const admin = {
    host: '127.0.0.1',
    port: 0,
    ...{ tls: undefined, publicUrl: undefined },
    ...access,
    ...desk,
  }
  const opened = await openNodeAdmin({
    config: {
      ...{ directory, keys: undefined, identity: undefined, rsaIdentity: undefined, admin },
      ...{ adapters: {}, management: { host: '127.0.0.1', port: 0 }, logApi: undefined },
    },
    adminUrl: new Secret(database.adminUrl),
    log: createSystemLog('silent', {}),
  })
  if (!opened) throw new Error('it is configured')
  return opened
}

/** Asks one of the nodes. */
async function ask(
  node: number,
  method: 'GET' | 'POST',
  path: string,
  { token, body }: { readonly token?: string; readonly body?: unknown } = {},
): Promise<{ readonly status: number; readonly json: Readonly<Record<string, unknown>> }> {
  const answer = await request(`${nodes[node]?.address ?? ''}/v1${path}`, {
    method,
    headers: {
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
    },
    body: body === undefined ? null : JSON.stringify(body),
  })
  const text = await answer.body.text()
  const json = JSON.parse(text === '' ? '{}' : text) as Readonly<Record<string, unknown>>
  return { status: answer.statusCode, json }
}

async function logIn(node: number, password: string, totp?: string): Promise<string> {
  const body = { login: 'leyla', password, ...(totp !== undefined && { totp }) }
  const { status, json } = await ask(node, 'POST', '/sessions', { body })
  expect(status).toBe(201)
  return String(json['token'])
}

describe('the admin API of a node', () => {
  it('is nothing where none is configured', async () => {
    const none = {
      adapters: {},
      management: { host: '127.0.0.1', port: 0 },
      logApi: undefined,
      keys: undefined,
      identity: undefined,
      rsaIdentity: undefined,
      admin: undefined,
    }
    const config = { directory, ...none }
    const adminUrl = new Secret(database.adminUrl)
    const log = createSystemLog('silent', {})
    expect(await openNodeAdmin({ config, adminUrl, log })).toBeUndefined()
  })

  it('lets the first operator in, who sets a password and enrols codes, and goes on at another node', async () => {
    const io = memoryIo({})
    const databaseUrl = new Secret(database.ownerUrl)
    const place = { directory, databaseUrl, migrationUrl: undefined }
    const words = ['add', 'leyla', '--name', 'Leyla', '--role', 'OPERATOR', '--reason', 'first']
    await adminCommand(words, io, (author) => openAdministratorsOf(place, author))

    const first = await logIn(0, io.text)
    expect(await ask(0, 'GET', '/administrators', { token: first })).toMatchObject({ status: 403 })
    const newPassword = 'yeni uzun parolum budur'
    const change = { password: io.text, newPassword }
    const changed = await ask(0, 'POST', '/me/password', { token: first, body: change })
    expect(changed.status).toBe(204)

    const second = await logIn(0, newPassword)
    const proof = { password: newPassword }
    const { json } = await ask(0, 'POST', '/me/totp', { token: second, body: proof })
    const device = new TOTP({ secret: String(json['secret']) })
    const body = { code: device.generate() }
    const confirmed = await ask(1, 'POST', '/me/totp/confirmation', { token: second, body })
    expect(confirmed.status).toBe(200)
    expect(await ask(1, 'GET', '/administrators', { token: second })).toMatchObject({ status: 200 })

    const [code = ''] = confirmed.json['recoveryCodes'] as string[]
    const third = await logIn(1, newPassword, code)
    expect(await ask(0, 'GET', '/me', { token: third })).toMatchObject({
      status: 200,
      json: { login: 'leyla', duties: [], hasTotp: true },
    })
  })
})
