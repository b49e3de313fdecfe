import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { once } from 'node:events'
import { connect } from 'node:net'
import pg from 'pg'
import { startTestDatabase, type TestDatabase } from '../../test/support/database.js'
import { askAt, openTestLogApi, testPools, type TestLogApi } from '../../test/support/log-api.js'
import { TestLogRows } from '../../test/support/test-tree.js'

let database: TestDatabase
let owner: pg.Client
let pools: ReturnType<typeof testPools>
let api: TestLogApi

const prefix = '/log/domain/PORTAL'

beforeAll(async () => {
  database = await startTestDatabase()
  owner = new pg.Client(database.ownerUrl)
  await owner.connect()
  pools = testPools(database)
  const portal = new TestLogRows(owner, 'domain/PORTAL')
  await portal.grow(3)
  await portal.publish()
  api = await openTestLogApi(pools, {})
})

afterAll(async () => {
  await api.close()
  await pools.auditor.end()
  await pools.jobs.end()
  await owner.end()
  await database.stop()
})

describe('what it bears', () => {
  it.each([
    ['PUT', `${prefix}/checkpoint`, 405],
    ['POST', `${prefix}/checkpoint`, 405],
    ['POST', '/log/', 405],
    ['GET', `${prefix}/cosignature`, 405],
    ['GET', '/', 404],
    ['GET', '/log/domain/NONE/checkpoint', 404],
    ['GET', '/log/domain/PORTAL/checkpoint?x=1', 404],
    ['GET', '/log/domain/%50ORTAL/checkpoint', 404],
    ['GET', '/log/domain/%/checkpoint', 404],
    ['GET', '/log/domain/%E0%A4%A/checkpoint', 404],
    ['GET', '/log/domain/../checkpoint', 404],
    ['GET', '/log//checkpoint', 404],
    ['GET', '/cosigned/', 404],
    ['GET', `/log/${'x'.repeat(600)}/checkpoint`, 414],
  ] as const)('%s %s: %i', async (method, path, status) => {
    const answer = await askAt(api.address, path, { method })
    expect([answer.status, answer.headers['content-type']]).toEqual([
      status,
      'application/problem+json',
    ])
  })

  it('so many requests a second from one address, and says when to come again', async () => {
    const narrow = await openTestLogApi(pools, {}, { limits: { requestsPerAddressSecondMax: 0 } })
    const { status, headers } = await askAt(narrow.address, '/log/')
    await narrow.close()
    expect([status, headers['retry-after']]).toEqual([429, '1'])
  })

  it('so many requests at once; a reader that takes nothing loses its place', async () => {
    const limits = { requestsInFlightMax: 1, answerMsMax: 300 }
    const narrow = await openTestLogApi(pools, {}, { limits })
    await owner.query('BEGIN')
    await owner.query('LOCK TABLE sluice.log_checkpoint IN ACCESS EXCLUSIVE MODE')
    const { port } = new URL(narrow.address)
    const socket = connect(Number(port), '127.0.0.1')
    const closed = once(socket, 'close')
    socket.write('GET /log/ HTTP/1.1\r\nHost: log\r\n\r\n')
    socket.resume()
    await once(socket, 'connect')
    let refused = 0
    while (refused === 0) {
      const racing = askAt(narrow.address, '/log/').catch(() => undefined)
      if ((await racing)?.status === 503) refused += 1
    }
    await closed
    await owner.query('ROLLBACK')
    let isFree = false
    while (!isFree) isFree = (await askAt(narrow.address, '/log/')).status === 200
    await narrow.close()
    expect({ refused, isFree }).toEqual({ refused: 1, isFree: true })
  })

  it('a database that is away: 503, and well again when it is back', async () => {
    await owner.end()
    await database.pause()
    const away = await askAt(api.address, `${prefix}/checkpoint`)
    await database.resume()
    owner = new pg.Client(database.ownerUrl)
    await owner.connect()
    expect(away.status).toBe(503)
    expect(api.warnings).toContain('the log API cannot answer')
    expect((await askAt(api.address, `${prefix}/checkpoint`)).status).toBe(200)
  })
})
