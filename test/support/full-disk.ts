import { execFile } from 'node:child_process'
import { statSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import { promisify } from 'node:util'
import pg from 'pg'
import { processesOf } from './running-bus-processes.js'

const run = promisify(execFile)
const lookMs = 25

/** Above every file that the server has at the start, so that the limit is met where it is looked for. */
const writtenBytes = 4_194_304
/** Room for some exchanges more. */
const leftBytes = 131_072

/**
 * A disk without room for the embedded database of a field. A small file system would need privileges; a limit on
 * the size of files needs none, and the server meets it as it meets a full disk: in the middle of a write, which
 * comes back short or with an error (EFBIG where the disk says ENOSPC). What follows is the database's own doing.
 */
export class FullDisk {
  readonly #folder: string
  readonly #ownerUrl: string

  /** @param folder - whose processes write to the disk, the database's and the bus's */
  constructor(folder: string, ownerUrl: string) {
    this.#folder = folder
    this.#ownerUrl = ownerUrl
  }

  /** A few more exchanges find room in the write-ahead log; with the next, the server goes down. */
  async fillLog(): Promise<void> {
    await this.#ask('SELECT pg_switch_wal()')
    await this.#ask(
      `SELECT pg_logical_emit_message(false, 'test', repeat('x', ${writtenBytes})) AS written`,
    )
    const written = await this.#ask(
      'SELECT file_offset AS bytes FROM pg_walfile_name_offset(pg_current_wal_insert_lsn())',
    )
    await this.#limit(String(written + leftBytes))
  }

  /** A few more payloads find room in their table; the next are errors, and the server stays. */
  async fillTables(): Promise<void> {
    const largest = 'SELECT max(pg_relation_size(oid))::integer AS bytes FROM pg_class'
    while ((await this.#ask(largest)) < writtenBytes) await pause(lookMs)
    // The write-ahead log has the same limit, and shall not meet it first.
    await this.#ask('SELECT pg_switch_wal()')
    await this.#limit(String((await this.#ask(largest)) + leftBytes))
  }

  makeRoom(): Promise<void> {
    return this.#limit('unlimited')
  }

  async #ask(sql: string): Promise<number> {
    const owner = new pg.Client(this.#ownerUrl)
    await owner.connect()
    const { rows } = await owner.query<{ bytes?: number }>(sql)
    await owner.end()
    return rows[0]?.bytes ?? 0
  }

  /** The soft limit, which whoever runs a process may lift again; children of a process have its limit. */
  async #limit(bytes: string): Promise<void> {
    const done = new Set<number>()
    for (;;) {
      const fresh = processesOf(this.#folder).filter(({ pid }) => !done.has(pid))
      if (fresh.length === 0) return
      for (const { pid } of fresh) {
        done.add(pid)
        await limitOne(pid, bytes)
      }
    }
  }
}

async function limitOne(pid: number, bytes: string): Promise<void> {
  try {
    // As the account that the process has: root, too, may lack the privilege for somebody else's.
    const { uid, gid } = statSync(`/proc/${pid}`)
    await run('prlimit', ['--pid', String(pid), `--fsize=${bytes}:`], { uid, gid })
  } catch (error) {
    const isThere = processesOf('/').some((each) => each.pid === pid)
    if (isThere) throw error
  }
}
