import { createHash, generateKeyPairSync } from 'node:crypto'
import pg from 'pg'
import { recordActs } from '../../src/audit-log/audit-log.store.js'
import { Fault } from '../../src/exchange/fault.js'
import type { StampReader } from '../../src/log-verifier/attestation-row.js'
import type { Defect } from '../../src/log-verifier/defect.js'
import type { VerifyOptions } from '../../src/log-verifier/verify-logs.js'
import { noteSigner, verifierKeyText } from '../../src/tlog/note-keys.js'
import { formatSignature, parseNote } from '../../src/tlog/note.js'
import { startTestDatabase, type TestDatabase } from './database.js'
import { TestSequencer, writeManyExchanges } from './log-trees.js'
import { startTestLog } from './message-log.js'
import { sampleReceived, sampleValidated } from './sample-exchange.js'
import { TamperedLogs } from './tampering.js'

// Each position is tampered with in a copy of its own, as whoever owns the database could.
export const log = 'domain/PORTAL'
export const exchanges = 320
/** Entries of the log; it has two full tiles and 128 entries behind them. */
export const size = 2 * exchanges

export type SampleOptions = Pick<
  VerifyOptions,
  'logKeys' | 'witnessKeys' | 'stamps' | 'since' | 'now'
>

/** Logs of one database, with what a verifier must know of them. */
export interface SampleLogs {
  readonly database: TestDatabase
  readonly logs: TamperedLogs
  readonly options: SampleOptions
  /** Those who sign checkpoints of the log. */
  readonly signers: readonly ReturnType<typeof noteSigner>[]
}

const witness = noteSigner('agentlik', generateKeyPairSync('ed25519').privateKey, 'cosignature/v1')

/** Stands for time-stamps: the token is a digest, and the time that is said in it. */
const stamps: StampReader = {
  read(token, stamped) {
    const [time = '', digest = '', by] = token.toString().split(' ')
    if (createHash('sha256').update(stamped).digest('hex') !== digest)
      throw new Error('another digest')
    return { at: Number(time), by, isTrusted: true }
  },
}

async function attest(owner: pg.Client): Promise<void> {
  const { rows } = await owner.query<{ log: string; size: string; note: string }>(
    'SELECT log, size, note FROM sluice.log_checkpoint',
  )
  const at = new Date(Math.floor(Date.now() / 1_000) * 1_000)
  for (const row of rows) {
    const line = formatSignature(witness.sign(parseNote(row.note).text, at))
    const values = [row.log, row.size, witness.key.name, line, at]
    await owner.query('INSERT INTO sluice.log_cosignature VALUES ($1, $2, $3, $4, $5)', values)
    const digest = createHash('sha256').update(row.note).digest('hex')
    const token = Buffer.from(`${at.getTime() * 1_000} ${digest} tsa.example`)
    const stamp = [row.log, row.size, 'tsa.example', token, at]
    await owner.query('INSERT INTO sluice.log_timestamp VALUES ($1, $2, $3, $4, $5)', stamp)
  }
}

/** Makes the logs, with cosignatures and time-stamps. The caller stops the database. */
export async function startSampleLogs(): Promise<SampleLogs> {
  const database = await startTestDatabase()
  const owner = new pg.Client(database.ownerUrl)
  const bus = new pg.Client(database.busUrl)
  await Promise.all([owner.connect(), bus.connect()])
  const sequencer = new TestSequencer(owner)
  const { log: messageLog } = await startTestLog(database.busUrl)
  for (let written = 0; written < exchanges; written += 32) {
    await writeManyExchanges(bus, 32, 100)
    await messageLog.logRefusal(new Fault('CERT_UNKNOWN'), sampleReceived())
    await recordActs(owner, [
      { kind: 'registry.apply', actor: 'Aysel', reason: 'məhkəmə', after: { a: [1] } },
    ])
    await sequencer.pass()
  }
  await messageLog.logRequest(sampleValidated({ envelope: { domain: 'SENED' } }))
  await messageLog.close()
  await attest(owner)
  const { rows } = await owner.query<{ note: string; size: string }>(
    'SELECT note, size FROM sluice.log_checkpoint WHERE log = $1 ORDER BY size OFFSET 5 LIMIT 1',
    [log],
  )
  await Promise.all([owner.end(), bus.end()])
  // What is late must not depend on how long the tests take.
  const builtAt = new Date()
  return {
    database,
    logs: new TamperedLogs(database, 'postgres'),
    signers: sequencer.signersOf(log),
    options: {
      now: () => builtAt,
      logKeys: sequencer.vkeys(),
      witnessKeys: [verifierKeyText(witness.key)],
      stamps,
      since: [{ file: 'kept.checkpoint', note: Buffer.from(rows[0]?.note ?? '') }],
    },
  }
}

/** That a row is that of the entry with this index. */
export const isAt = (index: number): string =>
  `(exchange_id, half) = (SELECT entry_id, part FROM sluice.log_sequence WHERE log = '${log}' AND index = ${index})`
export const isRequestAt = (index: number): string =>
  `exchange_id = (SELECT entry_id FROM sluice.log_sequence WHERE log = '${log}' AND index = ${index})`
export const isActAt = (index: number): string =>
  `act_id = (SELECT entry_id FROM sluice.log_sequence WHERE log = 'audit' AND index = ${index})`

/** The verdict on a copy after these statements, each of which must change something. */
export async function defectsAfter(
  { logs, options }: SampleLogs,
  statements: readonly string[],
  change: Partial<VerifyOptions> = {},
): Promise<readonly Defect[]> {
  const { defects } = await logs.verdictAfter(
    async (owner) => {
      for (const statement of statements) {
        const { rowCount } = await owner.query(statement)
        if (rowCount === 0) throw new Error(`nothing was changed by ${statement}`)
      }
    },
    { ...options, ...change },
  )
  return defects
}
