import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { hash } from 'node:crypto'
import { ArchiveDays, daysAgo } from '../../test/support/archive-days.js'
import { startTestDatabase, type TestDatabase } from '../../test/support/database.js'
import { FilledLog } from '../../test/support/filled-log.js'
import { verify } from '../../test/support/tampering.js'
import { encodeAct, type Act } from '../audit-log/act.js'
import { recordAct } from '../audit-log/audit-log.store.js'
import { actEntryBytesMax, actReasonCharsMax } from '../limits/audit-log.js'
import { checkArchiveRecords } from '../log-verifier/archive-records.js'
import type { Defect } from '../log-verifier/defect.js'
import { keepingActs } from '../log-verifier/keeping-act.js'
import type { ArchiveRow } from '../log-verifier/keeping-rows.store.js'
import { archiveActOf, erasureActOf } from './act-of.js'
import { filesByAct, type ArchivedSummary } from './archive-logs.store.js'
import type { VerifiedFile } from './drop-archived.store.js'

const many = 1_000
/** As long as the code of a domain may be. */
const nameOf = (n: number): string => `domain/${String(n).padStart(100, 'D')}`
const act = { actor: 'Rauf', reason: '語'.repeat(actReasonCharsMax) } as const

const fileOf = (log: string, from: number): VerifiedFile => ({
  ...{ log, from, to: from + 300, checkpointSize: 900 },
  fileName: `${log}-${String(from).padStart(16, '0')}-${String(from + 300).padStart(16, '0')}.zip`,
  digest: hash('sha256', `${log} ${from}`, 'buffer'),
  root: hash('sha256', `root ${log} ${from}`, 'buffer'),
})

describe('the acts of an archive of a thousand logs', () => {
  const at = new Date('2026-11-26T03:00:00Z')
  const files = Array.from({ length: many }, (_, n) => [
    fileOf(nameOf(n), 0),
    fileOf(nameOf(n), 300),
  ]).flat()
  const acts = filesByAct(files).map((ofAct, n) => {
    const actId = `act ${n}`
    const after = archiveActOf({ day: '2026-11-25', partitions: ['p'], files: ofAct, at })
    const entry = encodeAct({ ...act, kind: 'log.archive', after }, actId, at).bytes
    return { actId, entry, ofAct }
  })
  const rows = acts.flatMap(({ actId, ofAct }) =>
    ofAct.map(({ digest, root, ...file }): ArchiveRow => ({
      ...{ ...file, actId, at: at.getTime() * 1_000 },
      ...{ digest: digest.toString('base64'), root: root.toString('base64') },
    })),
  )
  const defectsOf = (known: readonly ArchiveRow[]): Defect[] => {
    const defects: Defect[] = []
    const { upTo } = checkArchiveRecords(known, keepingActs(acts), (defect) => defects.push(defect))
    expect(upTo).toEqual(new Map(Array.from({ length: many }, (_, n) => [nameOf(n), 600])))
    return defects
  }

  it('each fit an entry, and answer together for every record', () => {
    expect(acts.length).toBeGreaterThan(1)
    for (const { entry } of acts) expect(entry.length).toBeLessThan(actEntryBytesMax)
    expect(defectsOf(rows)).toEqual([])
  })

  it('let a record that is gone, changed or of another act be named', () => {
    expect(defectsOf(rows.filter((_, n) => n !== 777))).toMatchObject([
      { finding: 'archive-record-missing', log: nameOf(388), index: 300 },
    ])
    const changed = rows.map((row, n) => (n === 777 ? { ...row, checkpointSize: 901 } : row))
    expect(defectsOf(changed)).toMatchObject([{ finding: 'archive-record', log: nameOf(388) }])
    const moved = rows.map((row, n) => (n === 777 ? { ...row, actId: 'act 0' } : row))
    expect(defectsOf(moved).map(({ finding }) => finding)).toContain('archive-unanswered')
  })

  it('are as short for an erasure of as many services', () => {
    const payloads = Array.from({ length: many }, (_, n) => [
      `AZ/GOV/${'語'.repeat(400)}/${n}`,
      n + 1,
    ])
    for (const count of [1, 20, 300, many]) {
      const some = Object.fromEntries(payloads.slice(0, count)) as Record<string, number>
      const after = erasureActOf({ day: '2026-11-25', payloads: some, at })
      const { bytes } = encodeAct({ ...act, kind: 'payload.erase', after }, 'id', at)
      expect(bytes.length).toBeLessThan(actEntryBytesMax)
      expect(after).toMatchObject({ services: count })
    }
  })
})

describe('an archive of more logs than one act takes', () => {
  let database: TestDatabase
  let days: ArchiveDays

  beforeAll(async () => {
    database = await startTestDatabase()
    days = await ArchiveDays.start(database)
  })

  afterAll(async () => {
    await days.stop()
    await database.stop()
  })

  it('is recorded by several, all or none, which the verifier believes', async () => {
    const { owner } = days
    for (let n = 0; n < 5; n++) {
      const log = new FilledLog(owner, nameOf(n))
      await log.add(FilledLog.day(daysAgo(4), 200))
      await log.checkpoint()
    }
    const recordUpTo = (count: number) => {
      let recorded = 0
      return async (client: Parameters<typeof recordAct>[0], done: ArchivedSummary) => {
        if (recorded === count) throw new Error('killed')
        recorded += 1
        const wanted: Act = { ...act, kind: 'log.archive', after: archiveActOf(done) }
        return (await recordAct(client, wanted)).actId
      }
    }
    const some = { logsPerActMax: 2, fileEntriesMax: 300 }
    const killed = days.archive(daysAgo(3), { ...some, recordAct: recordUpTo(2) })
    await expect(killed).rejects.toThrow('killed')
    expect(await days.count('log_archive')).toBe(0)
    expect(await days.count('audit_log_entry')).toBe(0)

    const summary = await days.archive(daysAgo(3), { ...some, recordAct: recordUpTo(3) })
    expect(summary?.files).toHaveLength(10)
    expect(await days.count('audit_log_entry')).toBe(3)
    const { rows } = await owner.query('SELECT DISTINCT act_id, log FROM sluice.log_archive')
    expect(rows).toHaveLength(5)
    const { defects } = await verify(database.auditorUrl, { logKeys: [] })
    expect(defects.filter(({ table }) => table === 'log_archive')).toEqual([])
  })
})
