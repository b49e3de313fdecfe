import { hash } from 'node:crypto'
import { mkdir, readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { FolderClaimError } from '../folder-claim/folder-claim-error.js'
import { claimFolder, type ClaimOptions } from '../folder-claim/folder-claim.js'
import { misconductFilesMax } from '../limits/transparency.js'
import type { NoteKey } from '../tlog/note-keys.js'
import { formatNote, NoteError, parseNote, type Note } from '../tlog/note.js'
import { replaceDurably } from './durable-file.js'
import type { Misconduct } from './misconduct.js'
import { seenCheckpoint, type SeenCheckpoint } from './seen-checkpoint.js'
import { WitnessStateError } from './witness-state-error.js'

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
  readonly #giveBack: () => Promise<void>

  private constructor(folder: string, giveBack: () => Promise<void>) {
    this.#folder = folder
    this.#giveBack = giveBack
  }

  /**
   * Opens the folder, which is made where it is missing. Two processes with one memory could each vouch for
   * another future of the log.
   * @throws WitnessStateError while another process has it, or may have it
   */
  static async open(folder: string): Promise<WitnessState> {
    await mkdir(folder, { recursive: true, mode: 0o700 })
    return new WitnessState(folder, await claimed(folder))
  }

  async close(): Promise<void> {
    await this.#giveBack()
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

  #path(key: NoteKey, kind: 'checkpoint' | 'cosigned'): string {
    return join(this.#folder, `${originHash(key.name)}.${kind}`)
  }
}

/** Earlier builds left a file with a process id. */
const earlierClaim: ClaimOptions['earlier'] = {
  name: 'process',
  holderOf: (text) =>
    /^[1-9][0-9]{0,9}$/.test(text) ? { pid: Number(text), startedAt: '' } : undefined,
}

/** @throws WitnessStateError */
async function claimed(folder: string): Promise<() => Promise<void>> {
  try {
    return await claimFolder(folder, { earlier: earlierClaim })
  } catch (error) {
    if (!(error instanceof FolderClaimError)) throw error
    throw new WitnessStateError(error.message, { cause: error })
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
