import { hash } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { ArchiveError, type ArchiveProblem } from '../../src/archive-reader/archive-error.js'
import { readVerifierKey, type VerifierKey } from '../../src/archive-reader/signed-note.js'
import { verifyArchive } from '../../src/archive-reader/verify-archive.js'
import { writeArchive } from '../../src/log-archive/write-archive.store.js'
import { startTestDatabase } from './database.js'
import { FilledLog } from './filled-log.js'
import { readMembers, writeMembers } from './zip-members.js'

/** An archive file of entries 100 to 579 of a log of 600, and a place for what is made of it. */
export class SampleArchive {
  private constructor(
    readonly good: string,
    readonly bad: string,
    readonly members: ReadonlyMap<string, Buffer>,
    readonly key: VerifierKey,
    /** An exchange that is in it. */
    readonly exchangeId: string,
    private readonly folder: string,
  ) {}

  static async make(): Promise<SampleArchive> {
    const folder = await mkdtemp(join(tmpdir(), 'sluice-hostile-'))
    const good = join(folder, 'good.zip')
    const database = await startTestDatabase()
    const owner = new pg.Client(database.ownerUrl)
    await owner.connect()
    const log = new FilledLog(owner)
    const like = { payload: Buffer.from('{"a":1}') }
    const added = await log.add(FilledLog.day('2026-03-01', 300, like))
    const { size, root } = await log.checkpoint()
    const { rows } = await owner.query<{ note: string }>('SELECT note FROM sluice.log_checkpoint')
    await writeArchive(owner, good, {
      ...{ log: 'domain/PORTAL', origin: log.origin, from: 100, to: 580 },
      checkpoint: { size, root, note: rows[0]?.note ?? '' },
      previous: hash('sha256', 'x', 'base64'),
      logKey: log.vkey,
      madeAt: new Date(),
    })
    await owner.end()
    await database.stop()
    const key = readVerifierKey(log.vkey)
    const exchangeId = added[150]?.exchangeId
    if (!key || exchangeId === undefined) throw new Error('no sample')
    const members = await readMembers(good)
    return new SampleArchive(good, join(folder, 'bad.zip'), members, key, exchangeId, folder)
  }

  /** Why a file is refused. */
  async problemOf(path: string): Promise<ArchiveProblem> {
    const keys = [this.key]
    const error: unknown = await verifyArchive(path, { keys }).catch((each: unknown) => each)
    if (error instanceof ArchiveError) return error.problem
    throw new Error('not refused', { cause: error })
  }

  /** Why the file with other members is refused. */
  async changed(change: (members: Map<string, Buffer>) => void): Promise<ArchiveProblem> {
    const copy = new Map(this.members)
    change(copy)
    await writeMembers(this.bad, copy)
    return this.problemOf(this.bad)
  }

  remove(): Promise<void> {
    return rm(this.folder, { recursive: true })
  }
}

/** The bytes with one bit changed. */
export function flipped(content: Buffer, at: number): Buffer {
  const copy = Buffer.from(content)
  copy[at] = (copy[at] ?? 0) ^ 1
  return copy
}
