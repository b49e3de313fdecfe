import { spawn } from 'node:child_process'
import { generateKeyPairSync } from 'node:crypto'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from '@jest/globals'
import pg from 'pg'
import { startTestDatabase, type TestDatabase } from '../support/database.js'
import { judgeLogs, testSequencing, writeAct, writeRows } from '../support/sequencing.js'

// Long, because processes start slowly on a busy machine; nothing here waits for time to pass.
const timeoutMs = 300_000
const program = join(process.cwd(), 'dist/test/support/sequencing-process.js')

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

it(
  'a sequencer that is killed at any step loses nothing and forks nothing (evidence.md §2.2)',
  async () => {
    const { privateKey } = generateKeyPairSync('ed25519')
    const { folder, signers } = testSequencing(database, privateKey)
    const keyFile = join(folder, 'key.pem')
    await writeFile(keyFile, privateKey.export({ format: 'pem', type: 'pkcs8' }))
    const run = async (killAt: number): Promise<string | number | null> => {
      const args = [program, database.jobsUrl, keyFile, folder, String(killAt)]
      const child = spawn(process.execPath, args, { stdio: ['ignore', 'inherit', 'inherit'] })
      const [code, signal] = (await once(child, 'exit')) as [number | null, string | null]
      return signal ?? code
    }
    let killed = 0
    for (let ended: string | number | null = 'SIGKILL'; ended === 'SIGKILL'; killed += 1) {
      // Enough for a tile to become full now and then.
      await writeRows(owner, 40, { domain: 'PORTAL' })
      await writeAct(owner)
      ended = await run(killed + 1)
    }
    // The one that was not killed has found all that those before it left.
    expect(killed).toBeGreaterThan(20)
    expect(await judgeLogs(owner, signers)).toEqual({ audit: killed, 'domain/PORTAL': 40 * killed })
  },
  timeoutMs,
)
