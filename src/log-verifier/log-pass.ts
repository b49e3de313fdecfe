import type { AttestedLog } from './attested-log.js'
import type { Row } from './copy-rows.js'
import type { Defect, LogTable } from './defect.js'
import { EntryRows, isTrue, uuidText } from './entry-row.js'
import { member } from './entry-view.js'
import type { Finding } from './finding-text.js'
import type { Explanation } from './explain-fork.js'
import { hashAt, hashOfLeaf } from './hashing.js'
import { Leaves, type Doubt, type LeafTrouble } from './leaves.js'
import { auditLogName, place } from './log-rows.store.js'
import type { LogParts } from './log-parts.js'
import { SignedRoots } from './signed-roots.js'
import { shiftsOf } from './shifted-leaves.js'
import { SwappedLeaves } from './swapped-leaves.js'
import { TileRows } from './tile-rows.js'
import type { LogExtent } from './tree-rows.store.js'

/** An outcome whose request was not seen of late. */
export interface OpenOutcome {
  readonly index: number
  /** Of the exchange that it is an outcome of; a notice has an id of its own beside it. */
  readonly exchangeId: string
  readonly ownId: string
  readonly requestEntry: string | undefined
}

/** Entries that are gone, or their places with them. */
export interface MissingRange {
  readonly from: number
  to: number
  readonly table: LogTable
  /** Whether a tile has their hashes. */
  readonly isKnown: boolean
}

const uuidBytes = 16
const uuidPattern = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/
const troubleFindings = {
  'entry changed': 'entry-changed',
  'leaf hash changed': 'leaf-hash-changed',
  'entry replaced': 'entry-replaced',
  'tile changed': 'tile-changed',
} as const satisfies Record<LeafTrouble, Finding>

/** One log, entry by entry in the order of their indexes; the tree grows with them. */
export class LogPass {
  readonly log: string
  readonly tiles: TileRows
  readonly leaves: Leaves
  readonly roots: SignedRoots
  /** Outcomes to look up the requests of. */
  openOutcomes: OpenOutcome[] = []
  /** Rows that another transaction wrote than they name. */
  rewritten: { readonly index: number; readonly id: string; readonly part: number }[] = []
  /** Entries that are gone, by their indexes: some may be in an archive. */
  missing: MissingRange[] = []
  entries = 0
  payloads = 0
  /** One above the last place that is there. */
  placed = 0
  #next = 0
  readonly #parts: LogParts
  readonly #extent: LogExtent
  readonly #rows: EntryRows
  readonly #swaps = new SwappedLeaves()
  /** What was wrong with doubtful leaves, until it is known which of them were swapped. */
  readonly #settled: (readonly [Doubt, LeafTrouble])[] = []
  /** Where the entries of this log are. */
  readonly table: LogTable
  // The transaction that gave the last place, the first index of it, and the transaction before.
  #placedIn: number | undefined = undefined
  #placedFrom = 0
  #placedBefore: number | undefined = undefined
  #row: Row | undefined

  constructor(extent: LogExtent, parts: LogParts, attested: AttestedLog) {
    this.log = extent.log
    this.#extent = extent
    this.#parts = parts
    this.table = extent.log === auditLogName ? 'audit_log_entry' : 'message_log_entry'
    this.#rows = new EntryRows(({ finding, column }) =>
      this.#tellOfRow({
        kind: finding === 'entry-of-another-log' ? 'inserted' : 'changed',
        finding,
        column,
      }),
    )
    this.tiles = new TileRows(extent.signed, ({ finding, level, index }) => {
      const kind = finding === 'tile-missing' ? 'missing' : 'changed'
      this.#tell({
        kind,
        finding,
        table: 'log_tile',
        index: undefined,
        details: { level, tile: index },
      })
    })
    this.leaves = new Leaves(this.tiles.upper)
    this.roots = new SignedRoots([this.log, this.leaves], attested, parts.keptRoots(this.log), {
      keys: parts.keys,
      report: parts.report,
      onSettled: (settled) => void this.#settled.push(...settled),
      onExplained: (explanation) => this.#tellExplanation(explanation),
    })
  }

  get withPayloads(): boolean {
    return this.#parts.payloads !== undefined && this.log !== auditLogName
  }

  /** Index of the next entry that is due. */
  get next(): number {
    return this.#next
  }

  take(row: Row): void {
    const index = row.big(place.index)
    if (index < this.#next) {
      const id = uuidText(row.bytes, row.from(place.entryId))
      this.#tell({
        kind: 'inserted',
        finding: 'place-twice',
        table: 'log_sequence',
        index,
        row: id,
      })
      return
    }
    if (index > this.#next) this.skipTo(index)
    if (index > this.#next) {
      // Beyond all that was signed, and not even next to it.
      this.#tell({ kind: 'inserted', finding: 'place-beyond', table: 'log_sequence', index })
      return
    }
    this.#checkTransaction(row, index)
    this.#next = index + 1
    this.placed = this.#next
    if (row.isNull(place.entry)) this.#lose(index, this.table)
    else this.#takeEntry(row, index)
    this.roots.reached(this.#next)
  }

  /** Places up to an index are gone; the tree goes on as the tiles have it. */
  skipTo(index: number): void {
    const end = Math.min(index, this.#extent.signed)
    // Which transaction gave the places that are gone is not known.
    if (this.#next < end) this.#placedIn = undefined
    while (this.#next < end) {
      this.#lose(this.#next, 'log_sequence')
      this.#next += 1
      this.roots.reached(this.#next)
    }
  }

  /** No entry follows. */
  end(): void {
    this.roots.end()
    const settled = [...this.#settled, ...this.leaves.giveUp()]
    for (const run of shiftsOf(settled.filter(([doubt]) => !this.#swaps.isPaired(doubt)))) {
      if (run.shift === undefined) this.#tellOfLeaf(...run.first)
      else this.#tellOfShift(run.shift, run.first[0].index, run.count)
    }
  }

  #takeEntry(row: Row, index: number): void {
    const computed = hashOfLeaf(row.bytes, row.from(place.entry), row.to(place.entry))
    const stated =
      row.length(place.leafHash) === 32 ? hashAt(row.bytes, row.from(place.leafHash)) : ''
    const tile = this.tiles.leaf(index) ?? this.#swaps.inPlaceOf(computed)
    const doubt = this.leaves.append({ computed, stated, tile })
    this.entries += 1
    const at = row.from(place.entryId)
    const id = row.bytes.toString('latin1', at, at + uuidBytes)
    if (row.small(place.part) === 1) {
      this.#parts.requests.remember(id, { computed, expected: doubt?.expected ?? computed })
    }
    if (doubt) {
      const partner = this.#swaps.add(doubt)
      if (partner) this.#tellOfSwap(partner.index, doubt.index)
      return
    }
    this.#row = row
    const isFitting = this.#rows.check(row, this.log)
    if (isFitting && !isTrue(row, place.isAsWritten)) this.#noteRewritten(row, index)
    if (this.log !== auditLogName) this.#checkExchange(row, index, id)
    this.#row = undefined
  }

  #checkExchange(row: Row, index: number, id: string): void {
    const { view } = this.#rows
    if (row.small(place.part) === 1) {
      this.#parts.messageIds?.addRequest(row, view)
    } else if (view.is(member.kind, 'notice')) {
      this.#noteNotice(row, index)
    } else if (view.has(member.requestEntry)) {
      const isNamed = this.#parts.requests.isNamedBy(id, view)
      if (isNamed === false) this.#tellOfRow({ kind: 'changed', finding: 'request-other' })
      if (isNamed === undefined) this.#noteOutcome(row, index)
    }
    const state = this.#parts.payloads?.check(row, view)
    if (state === 'fits') this.payloads += 1
    else if (state !== undefined && state !== 'none')
      this.#parts.onPayload(state, this.log, row, view)
  }

  #noteOutcome(row: Row, index: number): void {
    const exchangeId = uuidText(row.bytes, row.from(place.entryId))
    const requestEntry = this.#rows.view.text(member.requestEntry)
    this.openOutcomes.push({ index, exchangeId, ownId: exchangeId, requestEntry })
  }

  /** What a recipient said of a message that had its outcome before; its request is looked up. */
  #noteNotice(row: Row, index: number): void {
    const { view } = this.#rows
    const exchangeId = view.text(member.noticeOf) ?? ''
    if (!uuidPattern.test(exchangeId)) {
      this.#tellOfRow({ kind: 'changed', finding: 'request-other' })
      return
    }
    const ownId = uuidText(row.bytes, row.from(place.entryId))
    const requestEntry = view.text(member.requestEntry)
    this.openOutcomes.push({ index, exchangeId, ownId, requestEntry })
  }

  #noteRewritten(row: Row, index: number): void {
    const id = uuidText(row.bytes, row.from(place.entryId))
    this.rewritten.push({ index, id, part: row.small(place.part) })
  }

  /** Places are given together with a checkpoint: where another transaction goes on, one must be. */
  #checkTransaction(row: Row, index: number): void {
    const transaction = row.bytes.readUInt32BE(row.from(place.placedIn))
    if (transaction !== this.#placedIn) {
      const isBackAgain = transaction === this.#placedBefore && this.#placedFrom === index - 1
      if (isBackAgain) this.roots.neverMind(index - 1)
      else if (this.#placedIn !== undefined) this.roots.mustHave(index)
      if (isBackAgain)
        this.#tell({
          kind: 'changed',
          finding: 'place-rewritten',
          table: 'log_sequence',
          index: index - 1,
        })
      this.#placedBefore = this.#placedIn
      this.#placedIn = transaction
      this.#placedFrom = index
    }
  }

  #lose(index: number, table: LogTable): void {
    const tile = this.tiles.leaf(index)
    this.leaves.append({ computed: undefined, stated: undefined, tile })
    const last = this.missing.at(-1)
    const isKnown = tile !== undefined
    const isNext = last?.to === index && last.table === table && last.isKnown === isKnown
    if (isNext) last.to = index + 1
    else this.missing.push({ from: index, to: index + 1, table, isKnown })
  }

  #tellExplanation(explanation: Explanation): void {
    if (explanation.what === 'doubts') this.#settled.push(...explanation.settled)
    else if (explanation.what === 'swapped') this.#tellOfSwap(...explanation.indexes)
    else {
      const { index } = explanation
      this.#tell({ kind: 'inserted', finding: 'place-inserted', table: 'log_sequence', index })
    }
  }

  #tellOfLeaf({ index }: Doubt, trouble: LeafTrouble): void {
    const isTile = trouble === 'tile changed'
    this.#tell({
      kind: 'changed',
      finding: troubleFindings[trouble],
      table: isTile ? 'log_tile' : this.table,
      column: isTile ? 'hashes' : trouble === 'leaf hash changed' ? 'leaf_hash' : 'entry',
      index,
    })
  }

  #tellOfShift(kind: 'inserted' | 'missing', index: number, count: number): void {
    const finding = `shift-${kind}` as const
    this.#tell({ kind, finding, table: 'log_sequence', index, details: { count } })
  }

  #tellOfSwap(one: number, other: number): void {
    this.#tell({
      kind: 'swapped',
      finding: 'swapped',
      table: 'log_sequence',
      index: Math.min(one, other),
      details: { other: Math.max(one, other) },
    })
  }

  #tellOfRow(found: Pick<Defect, 'kind' | 'finding' | 'column'>): void {
    const row = this.#row
    if (!row) return
    const id = uuidText(row.bytes, row.from(place.entryId))
    const index = row.big(place.index)
    const table = found.finding === 'entry-of-another-log' ? 'log_sequence' : this.table
    this.#tell({ ...found, table, index, row: `${id}/${row.small(place.part)}` })
  }

  #tell(defect: Omit<Defect, 'log'>): void {
    this.#parts.report({ log: this.log, ...defect })
  }
}
