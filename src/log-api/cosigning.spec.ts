import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import pg from 'pg'
import { startTestDatabase, type TestDatabase } from '../../test/support/database.js'
import { testPools } from '../../test/support/log-api.js'
import { TestLogRows, TestTree } from '../../test/support/test-tree.js'
import { openCheckpoint } from '../../test/support/tlog-monitor.js'
import { TestServer, TestWitness, testWitnessSigner } from '../../test/support/witness.js'
import { witnessLagMsMax } from '../limits/transparency.js'
import { LogTreeStore } from '../sequencing/log-tree.store.js'
import { verifierKeyText, type NoteKey } from '../tlog/note-keys.js'
import { openWitnessServer, type WitnessServer } from '../witness/witness-server.js'
import { CosignatureStore } from './cosignature.store.js'
import { Cosigning, type WitnessSettings } from './cosigning.js'

let database: TestDatabase
let owner: pg.Client
let pools: ReturnType<typeof testPools>
let own: TestWitness
let server: WitnessServer
let portal: TestLogRows
let unassigned: TestLogRows
let now: Date

beforeAll(async () => {
  database = await startTestDatabase()
  owner = new pg.Client(database.ownerUrl)
  await owner.connect()
  pools = testPools(database)
})

afterAll(async () => {
  await pools.auditor.end()
  await pools.jobs.end()
  await owner.end()
  await database.stop()
})

beforeEach(async () => {
  for (const table of ['cosignature', 'tile', 'sequence', 'checkpoint']) {
    await owner.query(`DELETE FROM sluice.log_${table}`)
  }
  now = new Date()
  portal = new TestLogRows(owner, 'domain/PORTAL')
  unassigned = new TestLogRows(owner, 'unassigned')
  for (const log of [portal, unassigned]) {
    await log.grow(300)
    await log.publish(now)
  }
  own = await TestWitness.open(portal.signer.key, unassigned.signer.key)
  const place = { host: '127.0.0.1', port: 0, told: () => undefined }
  server = await openWitnessServer({ witness: own.witness, ...place })
})

afterEach(async () => {
  await server.close()
  await own.close()
})

/** As the node's jobs do it: under their role. */
function cosigning(...witnesses: readonly WitnessSettings[]): Cosigning {
  return new Cosigning({
    witnesses,
    tree: new LogTreeStore(pools.jobs),
    cosignatures: new CosignatureStore(pools.jobs),
    warn: () => undefined,
    now: () => now,
  })
}

const at = (address: string | undefined, key: NoteKey = own.signer.key): WitnessSettings => ({
  key,
  address,
})

/** Sizes under which there is a signature, by log. */
async function signed(): Promise<string[]> {
  const { rows } = await owner.query<{ at: string }>(
    "SELECT log || ' ' || size AS at FROM sluice.log_cosignature ORDER BY log, size",
  )
  return rows.map((row) => row.at)
}

describe('a witness that waits for checkpoints', () => {
  it('gets each newest one once, and what it signs is kept', async () => {
    const job = cosigning(at(server.address))
    expect(await job.turn()).toBe(2)
    expect(await job.turn()).toBe(0)
    await portal.grow(1_000)
    await portal.publish(now)
    expect(await job.turn()).toBe(1)
    expect(await signed()).toEqual(['domain/PORTAL 300', 'domain/PORTAL 1300', 'unassigned 300'])
    expect(job.checks()).toEqual([])
    const { rows } = await owner.query<{ note: string; line: string }>(
      'SELECT note, line FROM sluice.log_checkpoint JOIN sluice.log_cosignature USING (log, size)',
    )
    for (const { note, line } of rows) {
      openCheckpoint(note + line, verifierKeyText(own.signer.key))
    }
  })

  it('that knows more than the database remembers is asked from where it stands', async () => {
    await cosigning(at(server.address)).turn()
    await owner.query('DELETE FROM sluice.log_cosignature')
    await portal.grow(5)
    await portal.publish(now)
    // Of the one log an older checkpoint, of the other the same.
    expect(await cosigning(at(server.address)).turn()).toBe(2)
    expect(await signed()).toEqual(['domain/PORTAL 305', 'unassigned 300'])
  })

  it('that has seen more than there is says so: entries were lost', async () => {
    const ahead = new TestTree(portal.signer)
    ahead.entries.push(...portal.entries)
    ahead.grow(50)
    await own.witness.add({ oldSize: 0, proof: [], note: await ahead.checkpoint() })
    const job = cosigning(at(server.address))
    await job.turn()
    expect(job.checks()[0]?.why).toMatch(/350 entries.*of which there are 300: entries were lost/)
  })

  it('that another state was shown to refuses, and health says so', async () => {
    const forked = new TestTree(portal.signer).grow(300, 'forked')
    await own.witness.add({ oldSize: 0, proof: [], note: await forked.checkpoint() })
    const job = cosigning(at(server.address))
    expect(await job.turn()).toBe(1)
    expect(job.checks()[0]?.why).toMatch(/answers 422/)
    expect(await signed()).toEqual(['unassigned 300'])
  })

  it.each<[string, (witness: TestWitness) => string]>([
    ['garbage', () => 'hello\n'],
    ['nothing', () => ''],
    ['a stranger’s signature', () => `\u2014 x ${'A'.repeat(100)}\n`],
    [
      'its name under another signature',
      ({ signer }) => {
        const line = `\u2014 ${signer.key.name} `
        const id = Buffer.alloc(4)
        id.writeUInt32BE(signer.key.keyId)
        return `${line}${Buffer.concat([id, Buffer.alloc(72, 1)]).toString('base64')}\n`
      },
    ],
    ['too much', () => 'x'.repeat(100_000)],
  ])('whose answer is %s changes nothing', async (_name, body) => {
    const liar = await TestServer.open((request, response) => {
      request.resume()
      response.end(body(own))
    })
    const job = cosigning(at(liar.address))
    await job.turn()
    await liar.close()
    expect(await signed()).toEqual([])
    expect(job.checks()).toHaveLength(1)
  })

  it('that answers with sizes without end is asked twice and no more', async () => {
    const liar = await TestServer.open((request, response) => {
      request.resume()
      response.writeHead(409, { 'content-type': 'text/x.tlog.size' }).end('7\n')
    })
    const job = cosigning(at(liar.address))
    await job.turn()
    // For each of the two logs.
    expect(liar.requests).toHaveLength(4)
    await liar.close()
    expect(job.checks()[0]?.why).toMatch(/answers 409/)
  })

  it('whose signature is by another key than the configured one is not kept', async () => {
    const job = cosigning(at(server.address, testWitnessSigner().key))
    await job.turn()
    expect(await signed()).toEqual([])
    expect(job.checks()).toHaveLength(1)
  })

  it('that knows some of the logs gets those; the others are its trouble until the configuration says so', async () => {
    await server.close()
    await own.close()
    own = await TestWitness.open(unassigned.signer.key)
    const place = { host: '127.0.0.1', port: 0, told: () => undefined }
    server = await openWitnessServer({ witness: own.witness, ...place })
    const job = cosigning(at(server.address))
    expect(await job.turn()).toBe(1)
    expect(await signed()).toEqual(['unassigned 300'])
    expect(job.checks()[0]?.why).toMatch(/answers 404 to domain\/PORTAL/)
    const told = cosigning({ ...at(server.address), logs: ['unassigned'] })
    now = new Date(now.getTime() + witnessLagMsMax + 1_000)
    await told.turn()
    expect(told.checks()).toEqual([])
  })

  it('that is away does not keep the others from theirs', async () => {
    const job = cosigning(
      at('http://127.0.0.1:1', testWitnessSigner('away').key),
      at(server.address),
    )
    expect(await job.turn()).toBe(2)
    expect(job.checks().map(({ name }) => name)).toEqual(['witness away'])
  })
})

describe('a witness that fetches by itself', () => {
  it('lags once a checkpoint has waited too long for it', async () => {
    const job = cosigning(at(undefined))
    await job.turn()
    expect(job.checks()).toEqual([])
    now = new Date(now.getTime() + witnessLagMsMax + 1_000)
    await job.turn()
    const why =
      'domain/PORTAL waits for its signature for 301 s, unassigned waits for its signature for 301 s'
    expect(job.checks()).toEqual([{ name: 'witness witness.example/w1', ok: false, why }])
    await cosigning(at(server.address)).turn()
    await job.turn()
    expect(job.checks()).toEqual([])
  })
})

it('a log that nobody witnesses costs no question', async () => {
  expect(await cosigning().turn()).toBe(0)
})
