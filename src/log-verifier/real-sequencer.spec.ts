import { afterAll, beforeAll, expect, it } from '@jest/globals'
import pg from 'pg'
import { startTestDatabase, type TestDatabase } from '../../test/support/database.js'
import { startTestLog } from '../../test/support/message-log.js'
import {
  sampleAccepted,
  sampleReceived,
  sampleValidated,
} from '../../test/support/sample-exchange.js'
import { testSequencing } from '../../test/support/sequencing.js'
import { verify } from '../../test/support/tampering.js'
import { recordActs } from '../audit-log/audit-log.store.js'
import { Fault } from '../exchange/fault.js'
import { SequencingSession } from '../sequencing/sequencing-session.store.js'
import { verifierKeyText } from '../tlog/note-keys.js'

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

it('finds whole what the bus itself wrote and sequenced, and what was done to it afterwards', async () => {
  const { parts, signers } = testSequencing(database)
  const session = await SequencingSession.open(parts)
  await session.elect()
  await session.load()
  const { log } = await startTestLog(database.busUrl)
  for (let round = 0; round < 20; round += 1) {
    const exchange = async (): Promise<void> => {
      await log.logReply(sampleAccepted(), await log.logRequest(sampleValidated()))
    }
    await Promise.all(Array.from({ length: 20 }, exchange))
    await log.logRefusal(new Fault('CERT_UNKNOWN'), sampleReceived())
    await recordActs(owner, [{ kind: 'registry.apply', actor: 'Rauf', after: { name: 'DIN' } }])
    await session.pass()
  }
  await log.close()
  await session.close()
  const names = ['audit', 'domain/PORTAL', 'unassigned']
  const options = { logKeys: names.map((name) => verifierKeyText(signers.of(name).key)) }
  const { defects, logs, waiting } = await verify(database.auditorUrl, options)
  expect({ defects, waiting }).toEqual({ defects: [], waiting: 0 })
  expect(logs.map(({ log: name, entries }) => [name, entries])).toEqual([
    ['audit', 20],
    ['domain/PORTAL', 800],
    ['unassigned', 20],
  ])
  for (const [column, change] of [
    ['made_at', "made_at + interval '1 second'"],
    ['root_hash', 'set_byte(root_hash, 0, get_byte(root_hash, 0) # 1)'],
  ] as const) {
    await owner.query(
      `UPDATE sluice.log_checkpoint SET ${column} = ${change} WHERE log = 'audit' AND size = 20`,
    )
    const { defects: found } = await verify(database.auditorUrl, options)
    expect(found.map((each) => [each.kind, each.log, each.index, each.column])).toContainEqual([
      'changed',
      'audit',
      20,
      column,
    ])
    await owner.query(
      `UPDATE sluice.log_checkpoint SET made_at = made_at - interval '1 second'
        WHERE log = 'audit' AND size = 20 AND '${column}' = 'made_at'`,
    )
  }
})
