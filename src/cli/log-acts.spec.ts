import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import pg from 'pg'
import { memoryIo } from '../../test/support/command-io.js'
import { startTestDatabase, type TestDatabase } from '../../test/support/database.js'
import { until } from '../../test/support/message-log.js'
import { readActs, recordAct } from '../audit-log/audit-log.store.js'
import { logActs, type OpenActs } from './log-acts.js'

let database: TestDatabase
let owner: pg.Client

beforeAll(async () => {
  database = await startTestDatabase()
  owner = new pg.Client(database.ownerUrl)
  await owner.connect()
  for (const status of ['active', 'suspended']) {
    await recordAct(owner, {
      kind: 'registry.apply',
      actor: 'N. Əliyeva',
      account: 'operator',
      reason: 'Sərəncam \u001b[2J7',
      subject: 'member AZ/GOV/DIN',
      after: { status },
    })
  }
})

afterAll(async () => {
  await owner.end()
  await database.stop()
})

async function openActs(): Promise<OpenActs> {
  const client = new pg.Client(database.auditorUrl)
  await client.connect()
  return { readActs: (selection) => readActs(client, selection), close: () => client.end() }
}

describe('sluice log acts', () => {
  it('shows who did what, why, and what it became, and lets no text steer the terminal', async () => {
    const io = memoryIo({})
    expect(await logActs([], io, openActs)).toBe(0)
    expect(io.text).toMatch(
      /registry\.apply {2}member AZ\/GOV\/DIN\n {4}by {6}N. Əliyeva, operator/,
    )
    expect(io.text).toContain('reason  Sərəncam \ufffd[2J7')
    expect(io.text.split('\n').at(-1)).toBe('    after   {"status":"suspended"}')
  })

  it('prints one object a line with --json, of the newest as many as wished', async () => {
    const io = memoryIo({})
    expect(await logActs(['--last', '1', '--json'], io, openActs)).toBe(0)
    expect(JSON.parse(io.text)).toMatchObject({
      intact: true,
      act: { after: { status: 'suspended' } },
    })
  })

  it('shows acts as they come, each once, with --follow (R-118)', async () => {
    const io = memoryIo({})
    const stopping = new AbortController()
    const following = logActs(['--last', '1', '--follow'], io, openActs, () => stopping.signal)
    await until(() => io.text.includes('suspended'))
    await recordAct(owner, { kind: 'payload.open', actor: 'A. Həsənov', subject: 'payload x/1' })
    await until(() => io.text.includes('payload.open'))
    stopping.abort()
    expect(await following).toBe(0)
    expect(io.text.match(/suspended/g)).toHaveLength(1)
    expect(io.text.match(/payload\.open/g)).toHaveLength(1)
    expect(io.text).not.toContain('"active"')
  })

  it('says when an act does not fit its leaf hash', async () => {
    await owner.query('BEGIN')
    const { actId } = await recordAct(owner, { kind: 'hold.set', actor: 'x' })
    await owner.query(`UPDATE sluice.audit_log_entry SET entry = '{}' WHERE act_id = $1`, [actId])
    const io = memoryIo({})
    const close = (): Promise<void> => Promise.resolve()
    const open = { readActs: readActs.bind(undefined, owner), close }
    expect(await logActs(['--last', '1'], io, () => Promise.resolve(open))).toBe(1)
    expect(io.errors).toBe(`Act ${actId} does not fit its leaf hash.`)
    await owner.query('ROLLBACK')
  })

  it.each([[['--last', '0']], [['--last', 'x']], [['--what']], [['more']]])(
    '%j is wrong use',
    async (args) => {
      const io = memoryIo({})
      expect(await logActs(args, io, openActs)).toBe(2)
      expect(io.errors).toContain('\n\nUsage: sluice log acts')
    },
  )
})
