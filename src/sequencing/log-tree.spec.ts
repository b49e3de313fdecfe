import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { writeRows } from '../../test/support/sequencing.js'
import { SequencingField } from '../../test/support/sequencing-field.js'
import { verifyConsistency, verifyInclusion } from '../tlog/merkle.js'
import { LogTreeStore } from './log-tree.store.js'

let field: SequencingField

beforeAll(async () => {
  field = await SequencingField.open()
})

beforeEach(() => field.begin())

afterEach(() => field.end())

afterAll(() => field.database.stop())

describe('the trees', () => {
  it('prove each entry under its checkpoint, and each checkpoint to be the beginning of the next', async () => {
    const session = await field.elected(field.own.with({ rowsMax: 300 }))
    await field.passAll(session)
    for (let turn = 0; turn < 5; turn += 1) {
      await writeRows(field.owner, 130, { domain: 'PORTAL' })
      await session.pass()
    }
    const store = new LogTreeStore(field.owner)
    const log = 'domain/PORTAL'
    let before = await store.firstCheckpointFrom(log, 1)
    expect(before?.size).toBe(130)
    const latest = await store.latestCheckpoint(log)
    expect(await store.latestCheckpoints()).toEqual([latest])
    if (!before || !latest) throw new Error('there is a checkpoint')
    while (before.size < latest.size) {
      const next = await store.firstCheckpointFrom(log, before.size + 1)
      if (!next) throw new Error('there is a next one')
      const proof = await store.consistencyProof(log, before.size, next.size)
      const older = { from: before.size, fromRoot: before.root }
      verifyConsistency({ ...older, size: next.size, root: next.root, proof })
      expect(await store.checkpointAt(log, next.size)).toEqual(next)
      before = next
    }
    for (const { index, leafHash, entryId } of await store.entries(log, 250, 20)) {
      expect(await store.placeOf(entryId, 1)).toEqual({ log, index })
      const proof = await store.inclusionProof({ log, index }, latest.size)
      verifyInclusion({ index, size: latest.size, leafHash, root: latest.root, proof })
    }
    await expect(store.inclusionProof({ log, index: 0 }, 651)).rejects.toThrow(RangeError)
    expect(await store.tile(log, { level: 0, index: 2, width: 139 })).toBeUndefined()
    expect(await store.tile(log, { level: 1, index: 0, width: 3 })).toBeUndefined()
    await field.judge()
  })
})
