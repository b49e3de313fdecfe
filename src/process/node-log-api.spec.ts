import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { generateKeyPairSync } from 'node:crypto'
import 'reflect-metadata'
import { startTestDatabase, type TestDatabase } from '../../test/support/database.js'
import { askAt, testToken } from '../../test/support/log-api.js'
import { plant, testSearchFilling } from '../../test/support/log-search.js'
import { startTestLog } from '../../test/support/message-log.js'
import { Secret } from '../config/secrets.js'
import { logApiLimits } from '../limits/transparency.js'
import type { LogApiListener } from '../log-api/log-api.module.js'
import { createSystemLog } from '../monitoring/system-log.js'
import { openNodeLogApi } from './node-log-api.js'

let database: TestDatabase
let listener: LogApiListener
let exchangeId: string

async function open(entriesToken: string | undefined): Promise<LogApiListener> {
  const opened = await openNodeLogApi({
    config: {
      evidence: { origin: 'sluice', formerLogKeyFiles: [] },
      logApi: {
        host: '127.0.0.1',
        port: 0,
        entriesToken: entriesToken === undefined ? undefined : new Secret(entriesToken),
      },
      witnesses: [],
    },
    auditorUrl: new Secret(database.auditorUrl),
    jobsUrl: new Secret(database.jobsUrl),
    logSigningKey: new Secret(generateKeyPairSync('ed25519').privateKey),
    log: createSystemLog('silent', {}),
  })
  if (!opened) throw new Error('it is configured')
  return opened
}

beforeAll(async () => {
  database = await startTestDatabase()
  const { log } = await startTestLog(database.busUrl)
  exchangeId = await plant(log, { messageId: 'm:1/ə', envelope: { userId: 'AZ0TEST01' } })
  await plant(log, { messageId: 'm-2' })
  await log.close()
  const { filling, pool } = testSearchFilling(database.jobsUrl)
  for (let turns = 0; turns < 3; turns += 1) await filling.turn()
  await pool.end()
  listener = await open(testToken)
})

afterAll(async () => {
  await listener.close()
  await database.stop()
})

const bearer = { authorization: `Bearer ${testToken}` }

async function idsOf(query: string): Promise<readonly [number, string[]]> {
  const { status, body } = await askAt(listener.address, `/log-search${query}`, { headers: bearer })
  const { exchanges } = JSON.parse(body.toString()) as { exchanges: { exchangeId: string }[] }
  return [status, exchanges.map((each) => each.exchangeId)]
}

describe('search on the listener of the log API', () => {
  it('finds what the query names, whichever way that is spelt', async () => {
    expect((await idsOf(''))[1]).toHaveLength(2)
    const query = new URLSearchParams({ messageId: 'm:1/ə', from: '2020-01-01T00:00:00+04:00' })
    expect(await idsOf(`?${query.toString()}`)).toEqual([200, [exchangeId]])
    expect(await idsOf('?messageId=m:1/%c9%99')).toEqual([200, [exchangeId]])
  })

  it('shows nothing to whoever has not the auditor’s token, or where none is configured', async () => {
    const tokenless = await open(undefined)
    for (const [address, headers] of [
      [listener.address, {}],
      [listener.address, { authorization: `Bearer ${testToken}x` }],
      [tokenless.address, bearer],
    ] as const) {
      const { status, body } = await askAt(address, '/log-search?messageId=m-2', { headers })
      expect(status).toBe(403)
      expect(body.toString()).not.toContain(exchangeId.slice(0, 8))
    }
    await tokenless.close()
  })

  it('takes a query string at no other address, and no other method', async () => {
    for (const [path, expected] of [
      ['/log/?messageId=m-2', 404],
      ['/log-search/?messageId=m-2', 404],
      ['/log-searches?messageId=m-2', 404],
      ['/log-search?messageId=%', 404],
      ['/log-search?messageId=%ff', 404],
      ['/log-search?subject=AZ0TEST01', 400],
      [`/log-search?messageId=${'x'.repeat(logApiLimits.searchCharsMax)}`, 414],
    ] as const) {
      const { status } = await askAt(listener.address, path, { headers: bearer })
      expect([path, status]).toEqual([path, expected])
    }
    const options = { method: 'POST', headers: bearer } as const
    expect((await askAt(listener.address, '/log-search', options)).status).toBe(405)
  })

  it('leaves the logs where they were', async () => {
    const { status, body } = await askAt(listener.address, '/log/')
    expect([status, JSON.parse(body.toString())]).toEqual([200, { logs: [], witnesses: [] }])
  })
})
