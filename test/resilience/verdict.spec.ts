import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import pg from 'pg'
import { startTestDatabase, type TestDatabase } from '../support/database.js'
import { startTestLog } from '../support/message-log.js'
import { readHammerOptions } from '../support/running-bus-options.js'
import { judge } from '../support/running-bus-verdict.js'
import { sampleAccepted, sampleValidated } from '../support/sample-exchange.js'

let database: TestDatabase
let owner: pg.Client

beforeAll(async () => {
  database = await startTestDatabase()
  owner = new pg.Client(database.ownerUrl)
  await owner.connect()
})

afterAll(async () => {
  await owner.end()
  await database.stop()
})

/** Logs an exchange, and says what consumer and provider saw of it. */
async function exchange() {
  const messageId = randomUUID()
  const { log } = await startTestLog(database.busUrl)
  const logged = await log.logRequest(sampleValidated({ messageId }))
  await log.logReply(sampleAccepted(), logged)
  await log.close()
  const { exchangeId } = logged
  return { messageId, outcome: 'answered', exchangeId, attempts: 1 } as const
}

describe('the verdict on the log after kills', () => {
  it('is good where all is there, and only then', async () => {
    const one = await exchange()
    const executions = new Map([[one.messageId, 1]])
    const good = await judge(database.ownerUrl, [one], executions)
    expect(good).toMatchObject({ wrong: [], verified: 2, counts: { requests: 1, replies: 1 } })

    const lost = { ...one, messageId: randomUUID(), exchangeId: randomUUID() }
    expect((await judge(database.ownerUrl, [lost], executions)).wrong).toContain(
      `${lost.exchangeId} was acknowledged and its request is not there`,
    )
    const twice = new Map([[one.messageId, 2]])
    expect((await judge(database.ownerUrl, [one], twice)).wrong).toContain(
      `${one.messageId} was executed 2 times`,
    )

    // One digit of one entry, with its length and form as they were.
    await owner.query(
      `UPDATE sluice.message_log_entry SET entry = overlay(entry placing '2' from 20 for 1)
        WHERE exchange_id = $1 AND half = 2`,
      [one.exchangeId],
    )
    const { wrong, verified } = await judge(database.ownerUrl, [one], executions)
    expect(wrong).toEqual([expect.stringMatching(/^row \d+ does not fit its leaf hash$/)])
    expect(verified).toBe(1)
  })
})

describe('npm run hammer', () => {
  it('kills a hundred times of each kind', () => {
    expect(readHammerOptions([])).toEqual({
      kills: 100,
      messages: 10_000,
      trials: ['workers', 'bus', 'nodes'],
    })
    expect(readHammerOptions(['--kills', '3', '--only', 'bus'])).toMatchObject({
      kills: 3,
      trials: ['bus'],
    })
  })

  it.each([
    [['--kills', 'abc'], /^--kills must be a whole number from 1 to 10000$/],
    [['--kills', '0'], /--kills/],
    [['--kills', '1e2'], /--kills/],
    [['--messages', '-5'], /--messages/],
    [['--messages', ''], /--messages/],
    [['--only', 'worker'], /^--only must name some of workers,bus,nodes$/],
    [['--only', ''], /--only/],
    [['--kill', '3'], /--kill/],
  ])('%j kills nothing, and gets no good verdict', (args, message) => {
    expect(() => readHammerOptions(args)).toThrow(message)
  })
})
