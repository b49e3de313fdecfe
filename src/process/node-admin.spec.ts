import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { readFileSync } from 'node:fs'
import { dirname } from 'node:path'
import pg from 'pg'
import 'reflect-metadata'
import { startTestDatabase, type TestDatabase } from '../../test/support/database.js'
import { until } from '../../test/support/message-log.js'
import { askOverTls, makeTlsFiles, type TlsFiles } from '../../test/support/tls-lane.js'
import type { AdminListener } from '../admin/admin.module.js'
import type { AdminConfig } from '../config/admin-config.js'
import { ConfigError } from '../config/env.js'
import { Secret } from '../config/secrets.js'
import { createSystemLog } from '../monitoring/system-log.js'
import { openNodeAdmin } from './node-admin.js'

let database: TestDatabase
let files: TlsFiles
let listener: AdminListener

async function open(admin: Partial<AdminConfig> | undefined): Promise<AdminListener | undefined> {
  const unset = {
    ...{ host: '127.0.0.1', port: 0, tls: undefined, publicUrl: undefined },
    ...{ totp: 'optional' as const, openId: undefined, maintenanceNoticeHours: 48 },
    ...{ totp: 'optional' as const, openId: undefined, connectionDesk: 'required' as const },
    ...{ totp: 'optional' as const, openId: undefined, separationOfDuties: true },
    conformity: { privateAddresses: [], authorities: undefined, plainHttp: false },
  }
  return openNodeAdmin({
    config: {
      directory: dirname(files.keyFile),
      ...{ keys: undefined, identity: undefined, rsaIdentity: undefined },
      ...{ adapters: {}, management: { host: '127.0.0.1', port: 0 }, logApi: undefined },
      admin: admin && { ...unset, ...admin },
    },
    adminUrl: new Secret(database.adminUrl),
    log: createSystemLog('silent', {}),
  })
}

beforeAll(async () => {
  database = await startTestDatabase()
  files = await makeTlsFiles()
  const tls = {
    key: new Secret(readFileSync(files.keyFile, 'utf8')),
    certificate: readFileSync(files.certificateFile, 'utf8'),
    clientAuthorities: readFileSync(files.caFile, 'utf8'),
  }
  listener = (await open({ tls }))!
})

afterAll(async () => {
  await listener.close()
  await database.stop()
  files.remove()
})

const ask = 'GET /v1/openapi.json HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n'

describe('the admin API of a node', () => {
  it('is not there where it is not configured', async () => {
    expect(await open(undefined)).toBeUndefined()
  })

  it.each([
    ['TLSv1.1', 'alert protocol version'],
    ['TLSv1.2', 'HTTP/1.1 200 OK'],
    ['TLSv1.3', 'HTTP/1.1 200 OK'],
  ] as const)('is spoken to over %s: %s', async (version, expected) => {
    const port = Number(new URL(listener.address).port)
    const text = await askOverTls(port, version, ask)
    expect(text).toContain(expected)
    expect(text.includes('Strict-Transport-Security: max-age=')).toBe(version !== 'TLSv1.1')
  })

  it('knows nobody who has not logged in', async () => {
    const plain = (await open({}))!
    const headers = { authorization: 'Bearer abc' }
    const answer = await fetch(`${plain.address}/v1/domains`, { headers })
    expect(answer.status).toBe(401)
    expect(answer.headers.get('www-authenticate')).toBe('Bearer')
    await plain.close()
  })

  it('lets happen what was planned for a day, and notes what stands against it', async () => {
    const owner = new pg.Client(database.ownerUrl)
    await owner.connect()
    await owner.query(
      `INSERT INTO sluice.life_cycle_event (id, kind, subject, target, reason, due_at, filed_by)
       VALUES (gen_random_uuid(), 'owner-change', 'AZ/GOV/X/Y', 'AZ/GOV/Z', 'r', now(), 'n')`,
    )
    const trouble = async (): Promise<string | null | undefined> => {
      const { rows } = await owner.query<{ trouble: string | null }>(
        'SELECT trouble FROM sluice.life_cycle_event',
      )
      return rows[0]?.trouble
    }
    await until(async () => typeof (await trouble()) === 'string')
    expect(await trouble()).toContain('AZ/GOV/Z is not registered')
    await owner.end()
  })

  it('names its setting where its address is taken', async () => {
    const port = Number(new URL(listener.address).port)
    await expect(open({ port })).rejects.toThrow(ConfigError)
    await expect(open({ port })).rejects.toThrow(/admin/)
  })
})
