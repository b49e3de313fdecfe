import type { AddCheckpoint } from '../tlog/add-checkpoint.js'
import { parseCheckpoint } from '../tlog/checkpoint.js'
import { emptyRoot, ProofError, verifyConsistency } from '../tlog/merkle.js'
import type { NoteKey, NoteSigner } from '../tlog/note-keys.js'
import { formatSignature, NoteError, parseNote, type Note } from '../tlog/note.js'
import { misconductOf, type MisconductKind } from './misconduct.js'
import { seenCheckpoint, type SeenCheckpoint } from './seen-checkpoint.js'
import type { WitnessState } from './witness-state.js'

/** Why a witness does not vouch for a checkpoint (C2SP tlog-witness). */
export type RefusalKind =
  'malformed' | 'unknown-log' | 'unsigned' | 'old-size-above' | 'other-size-known' | 'inconsistent'

/** A checkpoint that the witness vouched for, or why it did not. */
export type Judgement =
  | {
      readonly kind: 'cosigned'
      /** The witness's signature line, with its line break. */
      readonly line: string
      /** The checkpoint with both signatures. */
      readonly note: Note
      readonly size: number
    }
  | {
      readonly kind: RefusalKind
      readonly why: string
      /** Size of the latest checkpoint that was vouched for. */
      readonly knownSize: number
      /** The file with both checkpoints, where they prove that the log forked. */
      readonly evidence?: string
    }

export interface WitnessParts {
  /** Signs as `cosignature/v1`. */
  readonly signer: NoteSigner
  /** Keys of the logs it vouches for; the name of each is the log's origin. */
  readonly logs: readonly NoteKey[]
  readonly state: WitnessState
  readonly now?: () => Date
}

class Refused extends Error {
  readonly kind: RefusalKind
  readonly evidence: string | undefined

  constructor(kind: RefusalKind, why: string, evidence?: string) {
    super(why)
    this.kind = kind
    this.evidence = evidence
  }
}

/**
 * Vouches for checkpoints: each one that it signs has all before it as its beginning. What it has seen is on
 * the disk before it signs, so that no crash makes it forget what it vouched for.
 */
export class Witness {
  readonly #parts: WitnessParts
  readonly #logs: ReadonlyMap<string, NoteKey>
  /** The last turn of each log: a check and what is kept of it must not be torn apart by another. */
  readonly #turns = new Map<string, Promise<unknown>>()

  constructor(parts: WitnessParts) {
    this.#parts = parts
    this.#logs = new Map(parts.logs.map((key) => [key.name, key]))
  }

  get logs(): readonly NoteKey[] {
    return this.#parts.logs
  }

  /** The largest checkpoint of a log that was vouched for. @throws WitnessStateError */
  latest(key: NoteKey): Promise<SeenCheckpoint | undefined> {
    return this.#parts.state.latest(key)
  }

  /** The checkpoint that was last given out, with both signatures. */
  cosigned(key: NoteKey): Promise<string | undefined> {
    return this.#parts.state.cosigned(key)
  }

  /**
   * C2SP tlog-witness, "add-checkpoint". Nothing is thrown for what a log or a stranger sends.
   * @throws WitnessStateError, and errors of the disk: then nothing was signed
   */
  async add(request: AddCheckpoint): Promise<Judgement> {
    let knownSize = 0
    try {
      const { key, seen } = this.#identify(request.note)
      return await this.#inTurn(key, async () => {
        const known = await this.latest(key)
        knownSize = known?.size ?? 0
        await this.#judge(request, key, seen, known)
        return this.#vouch(key, seen, known)
      })
    } catch (error) {
      if (!(error instanceof Refused)) throw error
      const { kind, message: why, evidence } = error
      return { kind, why, knownSize, ...(evidence !== undefined && { evidence }) }
    }
  }

  /**
   * Keeps two checkpoints that show what a log did.
   * @returns the file
   */
  report(
    kind: MisconductKind,
    key: NoteKey,
    known: SeenCheckpoint,
    seen: SeenCheckpoint,
  ): Promise<string> {
    return this.#parts.state.keepMisconduct(key, misconductOf(kind, known, seen, this.#now()))
  }

  #now(): Date {
    return this.#parts.now?.() ?? new Date()
  }

  /** Whose checkpoint it is, and that this log signed it. */
  #identify(text: string): { readonly key: NoteKey; readonly seen: SeenCheckpoint } {
    const { note, origin } = asRefusal('malformed', () => {
      const parsed = parseNote(text)
      return { note: parsed, origin: parseCheckpoint(parsed.text).origin }
    })
    const key = this.#logs.get(origin)
    if (!key) throw new Refused('unknown-log', 'this witness does not know the log')
    return { key, seen: asRefusal('unsigned', () => seenCheckpoint(note, key)) }
  }

  async #judge(
    { oldSize, proof }: AddCheckpoint,
    key: NoteKey,
    seen: SeenCheckpoint,
    known: SeenCheckpoint | undefined,
  ): Promise<void> {
    if (oldSize > seen.size) {
      throw new Refused('old-size-above', 'the old size is above that of the checkpoint')
    }
    if (oldSize !== (known?.size ?? 0)) {
      throw new Refused('other-size-known', 'the old size is not that of the latest checkpoint')
    }
    if (seen.size === 0 && !seen.root.equals(emptyRoot)) {
      throw new Refused('inconsistent', 'an empty tree has another root hash')
    }
    const from = { from: oldSize, fromRoot: known?.root ?? emptyRoot }
    try {
      verifyConsistency({ ...from, size: seen.size, root: seen.root, proof })
    } catch (error) {
      if (!(error instanceof ProofError)) throw error
      // A wrong proof alone convicts nobody: whoever has the checkpoint can send it with any.
      const isFork = known?.size === seen.size && !known.root.equals(seen.root)
      const evidence = isFork ? await this.report('forked', key, known, seen) : undefined
      throw new Refused('inconsistent', error.message, evidence)
    }
  }

  async #vouch(
    key: NoteKey,
    seen: SeenCheckpoint,
    known: SeenCheckpoint | undefined,
  ): Promise<Judgement> {
    const { state, signer } = this.#parts
    // The same tree is on the disk already.
    if (known?.size !== seen.size) await state.keepLatest(key, seen)
    const signature = signer.sign(seen.note.text, this.#now())
    const note: Note = { text: seen.note.text, signatures: [...seen.note.signatures, signature] }
    await state.keepCosigned(key, note)
    return { kind: 'cosigned', line: formatSignature(signature), note, size: seen.size }
  }

  async #inTurn<Value>(key: NoteKey, work: () => Promise<Value>): Promise<Value> {
    const before = this.#turns.get(key.name) ?? Promise.resolve()
    const turn = before.then(work)
    const settled = turn.catch(() => undefined)
    this.#turns.set(key.name, settled)
    return turn
  }
}

function asRefusal<Value>(kind: RefusalKind, read: () => Value): Value {
  try {
    return read()
  } catch (error) {
    if (error instanceof NoteError) throw new Refused(kind, error.message)
    throw error
  }
}
