import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import pg from 'pg'
import { memoryIo } from '../../test/support/command-io.js'
import { startTestDatabase, type TestDatabase } from '../../test/support/database.js'
import { plant, testSearchFilling } from '../../test/support/log-search.js'
import { startTestLog } from '../../test/support/message-log.js'
import { Secret } from '../config/secrets.js'
import { searchExchanges } from '../log-search/log-search.store.js'
import { logSearch, type OpenSearch } from './log-search.js'

let database: TestDatabase
let answered: string
let failed: string

beforeAll(async () => {
  database = await startTestDatabase()
  const { log } = await startTestLog(database.busUrl)
  const envelope = { userId: 'AZ0TEST01' }
  answered = await plant(log, { messageId: 'm-1', envelope })
  failed = await plant(log, { messageId: 'm-2\u001b[31m', outcome: 'PROVIDER_TIMEOUT' })
  await log.close()
  const { filling, pool } = testSearchFilling(database.jobsUrl)
  for (let turns = 0; turns < 3; turns += 1) await filling.turn()
  await pool.end()
})

afterAll(() => database.stop())

async function open(): Promise<OpenSearch> {
  const client = new pg.Client(database.auditorUrl)
  await client.connect()
  return {
    search: (criteria, page) => searchExchanges(client, { everything: true }, criteria, page),
    close: () => client.end(),
  }
}

async function run(args: readonly string[], input = '') {
  const io = memoryIo({ '-': input })
  const pseudonymKey = () => Promise.resolve(new Secret(Buffer.alloc(32, 2)))
  const code = await logSearch(args, io, { open, pseudonymKey })
  return { code, out: io.text, err: io.errors }
}

describe('sluice log search', () => {
  it('says what it found, newest first, where the next page begins, and how far it looked', async () => {
    const { code, out, err } = await run([])
    expect([code, err]).toEqual([0, ''])
    const [first, second, reached] = out.split('\n')
    expect(first).toMatch(
      new RegExp(
        `^${failed}  20\\S+Z  AZ/GOV/VN/VSDS → AZ/GOV/DIN/GCQ/finAxtaris/v1  PROVIDER_TIMEOUT$`,
      ),
    )
    expect(second).toMatch(new RegExp(`^${answered}  .*  answered$`))
    expect(reached).toMatch(/^Exchanges that ended before 20\S+Z were looked at\.$/)
    const page = await run(['--limit', '1', '--outcome', 'refused'])
    expect(page.out).toContain(`\nThe next page: --before ${failed}\n`)
  })

  it('finds a person’s exchanges, and says nothing of the person', async () => {
    const [asArgument, asInput] = [
      await run(['--subject', 'AZ0TEST01']),
      await run(['--subject', '-'], 'AZ0TEST01\n'),
    ]
    expect(asArgument.out).toMatch(new RegExp(`^${answered}`))
    expect(asArgument.out.split('\n')).toHaveLength(2)
    expect(asInput.out).toBe(asArgument.out)
    const json = await run(['--subject', 'AZ0TEST01', '--json'])
    expect(json.out).not.toContain('AZ0TEST01')
    expect((await run(['--subject', 'AZ0TEST02'])).out).not.toContain(answered)
  })

  it('prints entries as objects with --json, and what is to be known of the page', async () => {
    const { out } = await run(['--message-id', 'm-1', '--json'])
    const [exchange, page] = out.split('\n').map((line) => JSON.parse(line) as object)
    expect(exchange).toMatchObject({
      exchangeId: answered,
      intact: true,
      request: { messageId: 'm-1' },
      outcome: { outcome: 'answered' },
    })
    expect(page).toMatchObject({ exchanges: [], disagreeing: [] })
  })

  it('needs no key where no person is looked for', async () => {
    const io = memoryIo({})
    const pseudonymKey = (): never => {
      throw new Error('no key is asked for')
    }
    expect(await logSearch(['--fault', 'ACCESS_DENIED'], io, { open, pseudonymKey })).toBe(0)
    expect(io.text).toMatch(/^Exchanges that ended before/)
  })

  it('tells of search tables that say something else', async () => {
    const owner = new pg.Client(database.ownerUrl)
    await owner.connect()
    await owner.query(
      `UPDATE sluice.exchange_search SET parties = (SELECT parties FROM sluice.exchange_search
        WHERE exchange_id = $2) WHERE exchange_id = $1`,
      [answered, failed],
    )
    await owner.end()
    const { code, err } = await run(['--fault', 'PROVIDER_TIMEOUT'])
    expect([code, err]).toEqual([1, `${answered}: the search tables and the entries disagree.`])
  })

  it.each([
    [['--fault', 'NONE'], /^--fault is no code of the fault list\n\nUsage/],
    [['--subject', ''], /^--subject is empty\./],
    [['--from', 'now'], /^--from must be a date/],
    [['--message-id', ''], /^--message-id must have/],
    [['--what'], /^Unknown option '--what'/],
    [['m-1'], /^Unexpected argument/],
  ])('%j is wrong use', async (args, reason) => {
    const { code, err } = await run(args)
    expect(code).toBe(2)
    expect(err).toMatch(reason)
  })
})
