import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { ArchivedLogs } from '../../test/support/archived-logs.js'
import { askAt, openTestLogApi, testPools } from '../../test/support/log-api.js'
import { testPayloadKey } from '../../test/support/message-log.js'
import { recordAct } from '../audit-log/audit-log.store.js'
import { EvidenceStore } from '../evidence/evidence.store.js'
import { masterKeyOf } from '../message-log/payload-cipher.js'
import { LogTreeStore } from '../sequencing/log-tree.store.js'
import { verifyConsistency } from '../tlog/merkle.js'

const log = 'domain/PORTAL'
let sample: ArchivedLogs

beforeAll(async () => {
  sample = await ArchivedLogs.start()
  await sample.write(300)
  await sample.archive()
  await sample.write(50)
}, 120_000)

afterAll(() => sample.stop())

it('sizes from before the archive are proved to be those of the log that went on', async () => {
  const trees = new LogTreeStore(sample.owner)
  const { rows } = await sample.owner.query<{ size: string; root: Buffer }>(
    `SELECT size, root_hash AS root FROM sluice.log_checkpoint WHERE log = '${log}' ORDER BY size`,
  )
  const newest = rows.at(-1)
  const size = Number(newest?.size)
  expect(size).toBe(700)
  for (const { size: from, root: fromRoot } of rows) {
    const proof = await trees.consistencyProof(log, Number(from), size)
    const claim = { from: Number(from), fromRoot, size, root: newest!.root, proof }
    expect(() => verifyConsistency(claim)).not.toThrow()
  }
})

it('tiles of archived entries are published as before', async () => {
  const pools = testPools(sample.database)
  const api = await openTestLogApi(pools, {})
  for (const tile of ['0/000', '0/001', '0/002.p/188', '1/000.p/2']) {
    const { status } = await askAt(api.address, `/log/${log}/tile/${tile}`)
    expect([tile, status]).toEqual([tile, 200])
  }
  await api.close()
  await Promise.all([pools.auditor.end(), pools.jobs.end()])
})

it('the evidence of a later exchange has its proofs', async () => {
  const { rows } = await sample.owner.query<{ id: string }>(
    `SELECT entry_id AS id FROM sluice.log_sequence WHERE log = '${log}' AND index = 690`,
  )
  const client = sample.owner
  const store = new EvidenceStore({
    client,
    masterKey: masterKeyOf(testPayloadKey),
    recordAct: (act) => recordAct(client, act),
  })
  const evidence = await store.open(rows[0]?.id ?? '', { actor: 'Aysel', reason: 'iş 12' })
  expect(evidence.halves.map(({ place }) => (place?.proof.length ?? 0) > 0)).toEqual([true, true])
})
