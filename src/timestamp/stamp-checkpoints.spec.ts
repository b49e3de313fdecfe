import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import pg from 'pg'
import { startTestDatabase, type TestDatabase } from '../../test/support/database.js'
import { makeTsa, type TestTsa } from '../../test/support/timestamps.js'
import { withClient } from '../message-log/log-connection.store.js'
import { StampCheckpoints } from './stamp-checkpoints.js'
import { TimestampClient } from './timestamp-client.js'
import { TimestampStore } from './timestamp.store.js'
import { verifyToken } from './verify-token.js'

const never = new AbortController().signal

let database: TestDatabase
let owner: pg.Client
let tsa: TestTsa
/** What the authority does; answers as it should by default. */
let ask: (query: Uint8Array, stop: AbortSignal) => Promise<Uint8Array>
let now: Date

beforeAll(async () => {
  database = await startTestDatabase()
  tsa = await makeTsa(undefined, () => now)
})

afterAll(() => database.stop())

beforeEach(async () => {
  owner = new pg.Client(database.ownerUrl)
  owner.on('error', () => undefined)
  await owner.connect()
  now = new Date()
  ask = (query) => Promise.resolve(tsa.authority.answer(query))
})

afterEach(async () => {
  await owner.query('TRUNCATE sluice.log_checkpoint CASCADE')
  await owner.end()
})

/** What one node has. */
function node(): StampCheckpoints {
  const connect = (): pg.Client => new pg.Client(database.jobsUrl)
  const source = { name: 'Vaxt', isIndependent: true, trust: tsa.trust }
  return new StampCheckpoints({
    store: new TimestampStore((work) => withClient(connect, work)),
    client: new TimestampClient({
      sources: [{ ...source, ask: (query, stop) => ask(query, stop) }],
      retryMsMin: 30_000,
      warn: () => undefined,
      now: () => now,
    }),
    now: () => now,
  })
}

const noteOf = (log: string, size: number): string =>
  `sluice/${log}\n${size}\nkök\n\n— sluice/${log} imza\n`

async function checkpoint(log: string, size: number): Promise<void> {
  await owner.query(
    'INSERT INTO sluice.log_checkpoint (log, size, root_hash, note, made_at) VALUES ($1, $2, $3, $4, now())',
    [log, size, Buffer.alloc(32), noteOf(log, size)],
  )
}

interface StampRow {
  readonly log: string
  readonly size: number
  readonly tsa: string
  readonly token: Buffer
  readonly stamped_at: Date
}

async function stamps(): Promise<StampRow[]> {
  const { rows } = await owner.query<StampRow>(
    'SELECT log, size::int, tsa, token, stamped_at FROM sluice.log_timestamp ORDER BY log, size',
  )
  return rows
}

const stamped = async (): Promise<string[]> =>
  (await stamps()).map(({ log, size }) => `${log} ${size}`)

describe('stamping checkpoints', () => {
  it('stamps the newest of each log, once, over all bytes of its note', async () => {
    await checkpoint('domain/PORTAL', 3)
    await checkpoint('domain/PORTAL', 17)
    await checkpoint('audit', 1)
    const job = node()
    expect(job.state()).toMatchObject({ lastStampAt: undefined, isIndependent: undefined })
    expect(await job.run(never)).toBe(2)
    const [audit, portal] = await stamps()
    expect(audit).toMatchObject({ log: 'audit', size: 1 })
    expect(portal).toMatchObject({ log: 'domain/PORTAL', size: 17 })
    const data = Buffer.from(noteOf('domain/PORTAL', 17), 'utf8')
    const verified = verifyToken({ token: portal!.token, data, trust: tsa.trust })
    expect(verified.nonce).toBeDefined()
    // What the row says beside the token is no more than what the token says.
    expect(portal).toMatchObject({
      tsa: verified.certificate.subject.text,
      stamped_at: verified.time,
    })
    expect(job.state()).toMatchObject({
      ...{ lastStampAt: now, lastSource: 'Vaxt', isIndependent: true, trouble: undefined },
      sources: [{ name: 'Vaxt', stamps: 2, failures: 0 }],
    })

    expect(await job.run(never)).toBe(0)
    await checkpoint('domain/PORTAL', 18)
    expect(await job.run(never)).toBe(1)
    expect(await stamped()).toEqual(['audit 1', 'domain/PORTAL 17', 'domain/PORTAL 18'])
  })

  it('has nothing to do where there is no log yet', async () => {
    expect(await node().run(never)).toBe(0)
  })

  it('is late while the authority is away, says so, and catches up', async () => {
    await checkpoint('audit', 1)
    const job = node()
    ask = () => Promise.reject(new Error('connect ECONNREFUSED'))
    await expect(job.run(never)).rejects.toMatchObject({ reason: 'unreachable' })
    expect(job.state().trouble).toContain('Vaxt: connect ECONNREFUSED')
    await checkpoint('audit', 2)
    await checkpoint('audit', 5)

    ask = (query) => Promise.resolve(tsa.authority.answer(query))
    now = new Date(now.getTime() + 60_000)
    expect(await job.run(never)).toBe(1)
    expect(job.state().trouble).toBeUndefined()
    expect(await stamped()).toEqual(['audit 5'])
  })

  it('keeps nothing that does not verify', async () => {
    await checkpoint('audit', 1)
    const foreign = await makeTsa()
    ask = (query) => Promise.resolve(foreign.authority.answer(query))
    await expect(node().run(never)).rejects.toThrow('Its signature was not made by the key')
    expect(await stamped()).toEqual([])
  })

  it('is done by one node at a time', async () => {
    await checkpoint('audit', 1)
    const [one, other] = [node(), node()]
    let meanwhile: number | undefined = -1
    ask = async (query) => {
      ask = () => Promise.reject(new Error('asked twice'))
      meanwhile = await other.run(never)
      return tsa.authority.answer(query)
    }
    expect(await one.run(never)).toBe(1)
    expect(meanwhile).toBeUndefined()
    expect(await other.run(never)).toBe(0)
  })

  it('holds no transaction open while it waits for the authority', async () => {
    await checkpoint('audit', 1)
    let open: unknown[] = [{}]
    ask = async (query) => {
      const { rows } = await owner.query<object>(
        `SELECT FROM pg_stat_activity
          WHERE usename = 'sluice_jobs_login' AND xact_start IS NOT NULL`,
      )
      open = rows
      return tsa.authority.answer(query)
    }
    await node().run(never)
    expect(open).toEqual([])
  })

  it('ends when it is told to, and keeps what it has', async () => {
    await checkpoint('audit', 1)
    await checkpoint('domain/PORTAL', 1)
    const stop = new AbortController()
    ask = (query) => {
      ask = (_query, signal) => {
        stop.abort()
        return Promise.reject(signal.reason as Error)
      }
      return Promise.resolve(tsa.authority.answer(query))
    }
    await expect(node().run(stop.signal)).rejects.toMatchObject({ name: 'AbortError' })
    expect(await stamped()).toEqual(['audit 1'])
  })

  it('says what is wrong while the database is away, and goes on with it', async () => {
    await checkpoint('audit', 1)
    const job = node()
    await database.pause()
    try {
      await expect(job.run(never)).rejects.toThrow()
      expect(job.state().trouble).toBeDefined()
    } finally {
      await database.resume()
    }
    expect(await job.run(never)).toBe(1)
    owner = new pg.Client(database.ownerUrl)
    await owner.connect()
    expect(await stamped()).toEqual(['audit 1'])
  })
})
