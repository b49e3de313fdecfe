import { afterAll, beforeAll, expect, it } from '@jest/globals'
import pg from 'pg'
import { startTestDatabase, type TestDatabase } from '../../test/support/database.js'
import { TestSequencer, writeManyExchanges } from '../../test/support/log-trees.js'
import { startTestLog } from '../../test/support/message-log.js'
import { sampleAccepted, sampleValidated } from '../../test/support/sample-exchange.js'
import { verify } from '../../test/support/tampering.js'

const exchanges = 15_000

let database: TestDatabase
let owner: pg.Client
let sequencer: TestSequencer

beforeAll(async () => {
  database = await startTestDatabase()
  owner = new pg.Client(database.ownerUrl)
  const bus = new pg.Client(database.busUrl)
  await Promise.all([owner.connect(), bus.connect()])
  sequencer = new TestSequencer(owner)
  for (let written = 0; written < exchanges; written += 5_000) {
    await writeManyExchanges(bus, 5_000, 64)
    await sequencer.pass()
  }
  await bus.end()
}, 300_000)

afterAll(async () => {
  await owner.end()
  await database.stop()
})

it('raises no false alarm over 30,000 entries while the bus writes and sequences more', async () => {
  const { log, warnings } = await startTestLog(database.busUrl)
  const ended = new AbortController()
  const lane = async (): Promise<number> => {
    let written = 0
    for (; !ended.signal.aborted; written += 1) {
      await log.logReply(sampleAccepted(), await log.logRequest(sampleValidated()))
    }
    return written
  }
  const sequencing = async (): Promise<number> => {
    let passes = 0
    for (; !ended.signal.aborted; passes += 1) await sequencer.pass()
    return passes
  }
  const work = [lane(), lane(), lane(), sequencing()]
  const options = { logKeys: sequencer.vkeys() }
  const verdicts = [
    await verify(database.auditorUrl, options),
    await verify(database.auditorUrl, options),
  ]
  ended.abort()
  const written = await Promise.all(work)
  await log.close()
  expect(Math.min(...written)).toBeGreaterThan(0)
  expect(warnings).toEqual([])
  for (const { defects, logs } of verdicts) {
    expect(defects).toEqual([])
    expect(logs.reduce((sum, each) => sum + each.entries, 0)).toBeGreaterThanOrEqual(2 * exchanges)
  }
}, 300_000)
