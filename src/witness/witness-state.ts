import { hash, randomUUID } from 'node:crypto'
import { link, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { misconductFilesMax } from '../limits.js'
import type { NoteKey } from '../tlog/note-keys.js'
import { formatNote, NoteError, parseNote, type Note } from '../tlog/note.js'
import { replaceDurably } from './durable-file.js'
import type { Misconduct } from './misconduct.js'
import { seenCheckpoint, type SeenCheckpoint } from './seen-checkpoint.js'

/** What the witness remembers cannot be trusted, or belongs to another process. */
export class WitnessStateError extends Error {
  override readonly name = 'WitnessStateError'
}

/** How other people's tools name a log in addresses (C2SP tlog-witness, "Monitor Retrieval Mechanism"). */
export function originHash(origin: string): string {
  return hash('sha256', origin, 'hex')
}

/**
 * What a witness remembers: of each log the largest checkpoint it vouched for, and what it holds against a
 * log. A folder belongs to one process at a time.
 */
export class WitnessState {
  readonly #folder: string

  private constructor(folder: string) {
    this.#folder = folder
  }

  /**
   * Opens the folder, which is made where it is missing.
   * @throws WitnessStateError while another process has it
   */
  static async open(folder: string): Promise<WitnessState> {
    await mkdir(folder, { recursive: true, mode: 0o700 })
    const state = new WitnessState(folder)
    await state.#claim()
    return state
  }

  async close(): Promise<void> {
    await rm(this.#claimFile, { force: true })
  }

  /**
   * The largest checkpoint of this log that was vouched for, or was about to be.
   * @returns undefined where there has been none
   * @throws WitnessStateError for a file that this log did not sign: what was seen is not known then, and
   * beginning anew would let the log change its past
   */
  async latest(key: NoteKey): Promise<SeenCheckpoint | undefined> {
    const path = this.#path(key, 'checkpoint')
    const text = await readIfThere(path)
    if (text === undefined) return undefined
    try {
      return seenCheckpoint(parseNote(text), key)
    } catch (error) {
      if (!(error instanceof NoteError)) throw error
      throw new WitnessStateError(`${path}: ${error.message}`, { cause: error })
    }
  }

  /** On the disk once this resolves. */
  async keepLatest(key: NoteKey, { note }: SeenCheckpoint): Promise<void> {
    await replaceDurably(this.#path(key, 'checkpoint'), formatNote(note))
  }

  /** The checkpoint with the witness's own signature, as it was last given out. */
  cosigned(key: NoteKey): Promise<string | undefined> {
    return readIfThere(this.#path(key, 'cosigned'))
  }

  async keepCosigned(key: NoteKey, note: Note): Promise<void> {
    await replaceDurably(this.#path(key, 'cosigned'), formatNote(note))
  }

  /**
   * Keeps what proves, or shows, that a log did not behave; the same is kept once.
   * @returns the file
   */
  async keepMisconduct(key: NoteKey, misconduct: Misconduct): Promise<string> {
    const seen = hash('sha256', misconduct.seen, 'hex').slice(0, 16)
    const prefix = `${originHash(key.name)}.${misconduct.kind}-`
    const path = join(this.#folder, `${prefix}${seen}.json`)
    const kept = (await readdir(this.#folder)).filter((name) => name.startsWith(prefix))
    // One is enough to convict; more than some would let a log fill the disk.
    if (kept.length < misconductFilesMax) {
      await replaceDurably(path, `${JSON.stringify(misconduct, undefined, 2)}\n`)
    }
    return path
  }

  get #claimFile(): string {
    return join(this.#folder, 'process')
  }

  #path(key: NoteKey, kind: 'checkpoint' | 'cosigned'): string {
    return join(this.#folder, `${originHash(key.name)}.${kind}`)
  }

  /** Two processes with one memory could each vouch for another future of the log. */
  async #claim(): Promise<void> {
    for (let attempt = 0; attempt < 2; attempt += 1) {
      if (await this.#wroteClaim()) return
      const claim = (await readIfThere(this.#claimFile)) ?? ''
      if (isAlive(Number(claim))) {
        throw new WitnessStateError(`${this.#folder}: process ${claim} works with it`)
      }
      await this.#takeAway(claim)
    }
    throw new WitnessStateError(`${this.#folder}: another process took it at the same moment`)
  }

  /** The claim is there with its number or not at all: one without would be taken for a dead process's. */
  async #wroteClaim(): Promise<boolean> {
    const draft = this.#draftName()
    await writeFile(draft, String(process.pid), { flag: 'wx', mode: 0o600 })
    try {
      await link(draft, this.#claimFile)
      return true
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
      throw error
    } finally {
      await rm(draft, { force: true })
    }
  }

  /** Removes a dead process's claim, and not the one that another process may have put there meanwhile. */
  async #takeAway(claim: string): Promise<void> {
    const aside = this.#draftName()
    try {
      await rename(this.#claimFile, aside)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return
      throw error
    }
    const taken = await readIfThere(aside)
    if (taken !== claim) await link(aside, this.#claimFile)
    await rm(aside, { force: true })
  }

  #draftName(): string {
    return `${this.#claimFile}.${randomUUID()}`
  }
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

function isAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0 || pid === process.pid) return false
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
