import type { AttestedLog } from './attested-log.js'
import { checkCheckpoint, type CheckpointTrouble } from './checkpoint-row.js'
import type { Defect, Report } from './defect.js'
import type { Finding } from './finding-text.js'
import { explainFork, type Explanation, type SignedRoot } from './explain-fork.js'
import type { KeyRing } from './key-ring.js'
import type { Doubt, LeafTrouble, Leaves } from './leaves.js'
import type { CheckpointRow } from './tree-rows.store.js'

export interface SignedRootsParts {
  readonly keys: KeyRing
  readonly report: Report
  readonly onSettled: (settled: readonly (readonly [Doubt, LeafTrouble])[]) => void
  /** Told of each explanation of roots that do not fit. */
  readonly onExplained: (explanation: Explanation) => void
}

/** A root that somebody has kept from earlier. */
export interface KeptRoot extends SignedRoot {
  readonly file: string
  /** Whether the key that is given for the log did not sign it. */
  readonly isByOtherKey: boolean
  /** What to tell where the tree has another one; that a kept checkpoint is of another log by default. */
  readonly otherwise?: Defect
}

/** Checkpoints of one log, each held against the tree when that has its size. */
export class SignedRoots {
  readonly #log: string
  readonly #leaves: Leaves
  readonly #attested: AttestedLog
  readonly #kept: readonly KeptRoot[]
  readonly #parts: SignedRootsParts
  #rows: CheckpointRow[] = []
  #at = 0
  #last = 0
  /** Size of the last checkpoint that fitted. */
  #good = 0
  #unexplained: SignedRoot[] = []
  #isForked = false
  /** Size of a checkpoint that must have been there, as it seems. */
  #lost: number | undefined
  #isOtherKeyTold = false
  checked = 0
  withoutKey = 0

  constructor(
    [log, leaves]: readonly [string, Leaves],
    attested: AttestedLog,
    kept: readonly KeptRoot[],
    parts: SignedRootsParts,
  ) {
    this.#log = log
    this.#leaves = leaves
    this.#attested = attested
    this.#kept = kept
    this.#parts = parts
  }

  /** The checkpoints of the next stretch, smallest first. */
  load(rows: CheckpointRow[]): void {
    this.#rows = rows
    this.#at = 0
  }

  /** The tree has this size now. */
  reached(size: number): void {
    for (let row = this.#rows[this.#at]; row && row.size <= size; row = this.#rows[this.#at]) {
      this.#at += 1
      if (row.size === size) this.#check(row)
    }
    for (const kept of this.#kept) if (kept.size === size) this.#checkKept(kept)
  }

  /** A checkpoint of this size was made, which was when the tree had it. */
  mustHave(size: number): void {
    this.#tellLost()
    if (this.#last !== size) this.#lost = size
  }

  /** It was another transaction for another reason. */
  neverMind(size: number): void {
    if (this.#lost === size) this.#lost = undefined
  }

  #tellLost(): void {
    if (this.#lost !== undefined) this.#tell('missing', 'checkpoint-missing', this.#lost)
    this.#lost = undefined
  }

  /** Checkpoints of sizes that the tree has not reached: that it is cut is told elsewhere. */
  checkBeyond(rows: readonly CheckpointRow[]): void {
    for (const row of rows) {
      const { troubles } = checkCheckpoint(this.#log, row, this.#parts.keys)
      for (const trouble of troubles) this.#tellTrouble(row.size, trouble)
    }
  }

  /** The tree does not grow any more. */
  end(): void {
    this.#tellLost()
    this.#explain()
    const [first] = this.#unexplained
    if (first) this.#fork(first)
    for (const kept of this.#kept) if (kept.isByOtherKey) this.#tellOtherKey(kept)
    for (const { size, file, otherwise } of this.#kept) {
      if (size <= this.#leaves.size || otherwise?.table === 'log_archive') continue
      const details = { file, entries: this.#leaves.size }
      const index = this.#leaves.size
      this.#parts.report({
        log: this.#log,
        kind: 'cut',
        finding: 'kept-cut',
        table: 'file',
        index,
        details,
      })
    }
  }

  #check(row: CheckpointRow): void {
    this.checked += 1
    this.#last = row.size
    const { root, troubles, isWithoutKey } = checkCheckpoint(this.#log, row, this.#parts.keys)
    if (isWithoutKey) this.withoutKey += 1
    for (const trouble of troubles) this.#tellTrouble(row.size, trouble)
    // Of a note that was changed nothing fits what was said of it before.
    if (troubles.every(({ finding }) => finding === 'checkpoint-column')) this.#attested.check(row)
    if (root !== undefined) this.#compare({ size: row.size, root })
  }

  #compare(signed: SignedRoot): void {
    const leaves = this.#leaves
    if (leaves.isBroken || this.#isForked) return
    const settled = leaves.settle(signed.root)
    if (settled) {
      // Those before, which did not fit, were never the tree's.
      for (const each of this.#unexplained) this.#tellForked(each)
      this.#unexplained = []
      this.#good = signed.size
      this.#parts.onSettled(settled)
      return
    }
    this.#unexplained.push(signed)
    if (!leaves.window) this.#fork(signed)
  }

  #tellOtherKey({ size, file }: KeptRoot): void {
    this.#parts.report({
      log: this.#log,
      kind: 'forked',
      finding: 'kept-other-key',
      table: 'file',
      index: size,
      details: { file },
    })
  }

  #checkKept({ size, root, file, otherwise }: KeptRoot): void {
    if (this.#leaves.isBroken || this.#leaves.hasRoot(root)) return
    if (otherwise) {
      this.#parts.report(otherwise)
      return
    }
    const index = this.#good < size ? this.#good : 0
    const details = { file, size, from: index }
    this.#parts.report({
      log: this.#log,
      kind: 'forked',
      finding: 'kept-forked',
      table: 'file',
      index,
      details,
    })
  }

  #explain(): void {
    const { window, doubts } = this.#leaves
    if (this.#unexplained.length === 0 || !window) return
    const explanation = explainFork(window, doubts, this.#unexplained)
    if (!explanation) return
    this.#unexplained = []
    if (explanation.what !== 'doubts') this.#parts.onSettled(this.#leaves.giveUp())
    this.#leaves.replace(explanation.tree)
    this.#parts.onExplained(explanation)
  }

  /** From here on no root can fit; telling so once is enough. */
  #fork(at: SignedRoot): void {
    this.#isForked = true
    this.#unexplained = []
    this.#tellForked(at)
  }

  #tellForked({ size }: SignedRoot): void {
    this.#parts.report({
      log: this.#log,
      kind: 'forked',
      finding: 'checkpoint-forked',
      table: 'log_checkpoint',
      index: Math.min(this.#good, size - 1),
      row: `size ${size}`,
      details: { from: this.#good, size },
    })
  }

  #tellTrouble(size: number, { finding, column }: CheckpointTrouble): void {
    if (finding !== 'checkpoint-other-key') this.#tell('changed', finding, size, column)
    else if (!this.#isOtherKeyTold) this.#tell('forked', finding, size, column)
    this.#isOtherKeyTold ||= finding === 'checkpoint-other-key'
  }

  #tell(
    kind: 'changed' | 'missing' | 'forked',
    finding: Finding,
    size: number,
    column?: string,
  ): void {
    const table = 'log_checkpoint'
    this.#parts.report({
      log: this.#log,
      kind,
      finding,
      table,
      column,
      index: size,
      row: `size ${size}`,
    })
  }
}
