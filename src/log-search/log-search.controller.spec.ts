import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { INestApplication } from '@nestjs/common'
import { Module } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import type { Pool } from 'pg'
import 'reflect-metadata'
import { startTestDatabase, type TestDatabase } from '../../test/support/database.js'
import { plant, testSearchFilling } from '../../test/support/log-search.js'
import { startTestLog } from '../../test/support/message-log.js'
import { createPool } from '../database/connection.js'
import { parseMemberId } from '../exchange/identifier.js'
import { LogSearchController } from './log-search.controller.js'
import { LogSearch } from './log-search.js'
import { SearchPool } from './search-pool.store.js'
import type { SearchScope } from './search-query.js'

const scopes: Readonly<Record<string, SearchScope>> = {
  'Bearer auditor': { everything: true },
  'Bearer tax ministry': { participant: parseMemberId('AZ/GOV/VN') },
  'Bearer another': { participant: parseMemberId('AZ/GOV/DSMF') },
}

@Module({})
class TestModule {}

let database: TestDatabase
let pool: Pool
let app: INestApplication
let exchangeId: string

beforeAll(async () => {
  database = await startTestDatabase()
  const { log } = await startTestLog(database.busUrl)
  exchangeId = await plant(log, { messageId: 'm-1', envelope: { userId: 'AZ0TEST01' } })
  await log.close()
  const filled = testSearchFilling(database.jobsUrl)
  for (let turns = 0; turns < 3; turns += 1) await filled.filling.turn()
  await filled.pool.end()
  pool = createPool({
    url: database.auditorUrl,
    role: 'auditor',
    applicationName: 'sluice test search',
    connectionTimeoutMs: 2_000,
    statementTimeoutMs: 5_000,
    connectionsMax: 2,
    idleTimeoutMs: 1_000,
  })
  const search = new SearchPool({ pool, scopeOf: (bearer) => scopes[bearer ?? ''] })
  app = await NestFactory.create(
    {
      module: TestModule,
      controllers: [LogSearchController],
      providers: [{ provide: LogSearch, useValue: search }],
    },
    { logger: false },
  )
  await app.listen(0, '127.0.0.1')
})

afterAll(async () => {
  await app.close()
  await pool.end()
  await database.stop()
})

async function get(query: string, authorization = 'Bearer auditor') {
  const response = await fetch(`${await app.getUrl()}/log-search${query}`, {
    headers: { authorization },
  })
  return { status: response.status, body: (await response.json()) as object, response }
}

describe('GET /log-search', () => {
  it('gives an auditor what was looked for', async () => {
    const { status, body, response } = await get('?messageId=m-1&outcome=answered')
    expect([status, response.headers.get('cache-control')]).toEqual([200, 'no-store'])
    expect(body).toMatchObject({
      exchanges: [{ exchangeId, intact: true, request: { messageId: 'm-1' } }],
      reachedAt: expect.any(String),
      disagreeing: [],
    })
    expect(JSON.stringify(body)).not.toContain('AZ0TEST01')
  })

  it.each<[string, number]>([
    ['Bearer tax ministry', 1],
    ['Bearer another', 0],
  ])('gives a participant its own, and nothing of others: %s', async (bearer, count) => {
    const { status, body } = await get('', bearer)
    expect([status, (body as { exchanges: object[] }).exchanges.length]).toEqual([200, count])
  })

  it.each(['', 'Bearer nobody', 'auditor'])('gives nothing to "%s"', async (bearer) => {
    const { status, body } = await get('', bearer)
    expect(status).toBe(403)
    expect(JSON.stringify(body)).not.toContain(exchangeId)
  })

  it.each([
    '?subject=AZ0TEST01',
    '?messageId[]=m-1',
    '?messageId=m-1&messageId=m-2',
    '?limit=100000',
    '?scope=everything',
  ])('refuses %s', async (query) => {
    const { status, body } = await get(query)
    expect(status).toBe(400)
    expect(JSON.stringify(body)).not.toContain('AZ0TEST01')
  })

  it('says no more than that it cannot search where the database is away', async () => {
    await database.pause()
    const { status, body } = await get('')
    await database.resume()
    expect([status, body]).toEqual([503, { title: 'The log cannot be searched just now.' }])
  })
})
