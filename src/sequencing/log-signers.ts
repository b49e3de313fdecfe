import type { KeyObject } from 'node:crypto'
import { formatCheckpoint, originOf, parseCheckpoint } from '../tlog/checkpoint.js'
import type { Checkpoint } from '../tlog/checkpoint.js'
import { noteKeyOf, noteSigner, verifyNote, type NoteSigner } from '../tlog/note-keys.js'
import { formatNote, NoteError, parseNote } from '../tlog/note.js'
import { SequencingRefused } from './sequencing-error.js'

/** Signs checkpoints of all logs: one key, under the name of each log's origin. */
export class LogSigners {
  readonly #key: KeyObject
  readonly #base: string
  readonly #former: readonly KeyObject[]
  readonly #signers = new Map<string, NoteSigner>()
  readonly #timed = new Map<string, NoteSigner>()

  /**
   * @param key - Ed25519
   * @param base - what the origins of all logs begin with
   * @param former - public keys that signed the logs before: what they signed is believed
   */
  constructor(key: KeyObject, base: string, former: readonly KeyObject[] = []) {
    this.#key = key
    this.#base = base
    this.#former = former
  }

  /**
   * The signed note of a checkpoint (C2SP tlog-checkpoint). The key signs a second time as one that states when
   * it does so (C2SP tlog-cosignature), because a checkpoint itself says no time.
   * @param at - to the second
   */
  note(log: string, size: number, root: Buffer, at: Date): string {
    const signer = this.of(log)
    const timed = this.#timedOf(log, signer.key.name)
    const text = formatCheckpoint({ origin: signer.key.name, size, root })
    return formatNote({ text, signatures: [signer.sign(text, at), timed.sign(text, at)] })
  }

  /**
   * Reads a checkpoint that was published earlier.
   * @throws SequencingRefused for one that neither this key nor a former one signed for this log
   */
  read(log: string, note: string): Checkpoint {
    const { key } = this.of(log)
    try {
      const parsed = parseNote(note)
      const { origin } = parseCheckpoint(parsed.text)
      if (origin !== key.name) {
        throw new NoteError(`its origin is ${origin}, and the configuration says ${key.name}`)
      }
      const ids = parsed.signatures.map(({ keyId }) => keyId)
      const former = this.#former
        .map((each) => noteKeyOf(key.name, each))
        .find(({ keyId }) => ids.includes(keyId))
      const signedBy = ids.includes(key.keyId) ? key : (former ?? key)
      return parseCheckpoint(verifyNote(parsed, signedBy).text)
    } catch (error) {
      if (!(error instanceof NoteError)) throw error
      throw new SequencingRefused(
        `the last checkpoint of the log ${log} is not by this node's log key: ${error.message}`,
        { cause: error },
      )
    }
  }

  of(log: string): NoteSigner {
    const known = this.#signers.get(log)
    if (known) return known
    const signer = noteSigner(originOf(this.#base, log), this.#key)
    this.#signers.set(log, signer)
    return signer
  }
  #timedOf(log: string, name: string): NoteSigner {
    const known = this.#timed.get(log)
    if (known) return known
    const signer = noteSigner(name, this.#key, 'cosignature/v1')
    this.#timed.set(log, signer)
    return signer
  }
}
