import type { CheckedArchive } from './archive-files.js'
import type { StampReader } from './attestation-row.js'
import { checkMessageIds } from './check-message-ids.js'
import type { Defect } from './defect.js'
import { uuidText } from './entry-row.js'
import { Findings } from './findings.js'
import { readKeeping, type Keeping } from './keeping.js'
import { KeyRing, originEnd } from './key-ring.js'
import { readSequencer, streamDataKeys } from './log-rows.store.js'
import { LogSnapshot, type SnapshotOptions } from './log-snapshot.store.js'
import type { LogParts } from './log-parts.js'
import { MessageIds } from './message-ids.js'
import { PayloadFindings } from './payload-findings.js'
import { PayloadRows } from './payload-row.js'
import { Requests } from './requests.js'
import { readCheckpoint, signatureTime } from './signed-note.js'
import type { KeptRoot } from './signed-roots.js'
import { tellStale } from './stale.js'
import { readLoneAttestations, readLogs, type LogExtent } from './tree-rows.store.js'
import { Unplaced } from './unplaced.js'
import { verifyLog } from './verify-log.js'
import type { LogSummary, VerifyLimits } from './verify-types.js'

/** A checkpoint that whoever verifies has kept. */
export interface KeptCheckpoint {
  readonly file: string
  readonly note: Buffer
}

export interface VerifyOptions extends SnapshotOptions {
  /** Keys of the logs, `name+id+key`. */
  readonly logKeys: readonly string[]
  /** Keys of witnesses, whose cosignatures then must be there. */
  readonly witnessKeys?: readonly string[]
  readonly since?: readonly KeptCheckpoint[]
  readonly stamps?: StampReader | undefined
  /** Paths of archive files of the logs. */
  readonly archives?: readonly string[]
  /** Only this log; every one by default, with what belongs to none. */
  readonly log?: string | undefined
  /** Whether payloads, data keys and message ids are left out. */
  readonly entriesOnly?: boolean
  /** Whether rows may have been loaded from a dump. */
  readonly isRestored?: boolean
  readonly limits: VerifyLimits
  /** What is late is judged by this clock; by the server's where there is none. */
  readonly now?: () => Date
  readonly onProgress?: (done: number, total: number) => void
}

/** What was looked at, and what was found wrong with it. */
export interface Verdict {
  /** The state of the database that this is about. */
  readonly at: Date
  readonly logs: readonly LogSummary[]
  /** Archive files that hold together and are those that were recorded. */
  readonly archives: readonly CheckedArchive[]
  /** Entries that wait for their place. */
  readonly waiting: number
  /** Payloads of entries that say nothing of what is stored. */
  readonly payloadsUnknowable: number
  readonly payloadsErased: number
  readonly messageIds: number
  /** By log and index; the first ones if there are very many. */
  readonly defects: readonly Defect[]
  readonly defectsDropped: number
}

const clockDifferenceMsMax = 600_000
const purgeMarginMs = 120_000

/**
 * Verifies the logs from their raw rows: every entry, the trees over them, what was signed of the trees, and what
 * is stored beside them.
 * @throws FormatError for a key or a kept checkpoint that is none; the database's errors where it cannot be read
 */
export async function verifyLogs(options: VerifyOptions): Promise<Verdict> {
  const keys = new KeyRing(options.logKeys, options.witnessKeys ?? [])
  const findings = new Findings()
  const kept = (options.since ?? []).map((each) => readKept(each, keys))
  const snapshot = await LogSnapshot.take(options)
  try {
    return await new Verification(snapshot, options, keys, findings, kept).run()
  } finally {
    await snapshot.close()
  }
}

interface KeptOfLog extends KeptRoot {
  readonly origin: string
}

/** @throws FormatError for what is no checkpoint */
function readKept({ file, note }: KeptCheckpoint, keys: KeyRing): KeptOfLog {
  const { origin, size, root, text, signatures } = readCheckpoint(note)
  const logKeys = keys.of(origin)
  const isSigned = logKeys.some(({ key }) =>
    signatures.some((line) => signatureTime(text, line, key) !== undefined),
  )
  const isByOtherKey = logKeys.length > 0 && !isSigned
  return { file, origin, size, root: root.toString('latin1'), isByOtherKey }
}

class Verification {
  readonly #snapshot: LogSnapshot
  readonly #options: VerifyOptions
  readonly #keys: KeyRing
  readonly #findings: Findings
  readonly #kept: readonly KeptOfLog[]
  readonly #messageIds: MessageIds | undefined

  constructor(
    snapshot: LogSnapshot,
    options: VerifyOptions,
    keys: KeyRing,
    findings: Findings,
    kept: readonly KeptOfLog[],
  ) {
    this.#snapshot = snapshot
    this.#options = options
    this.#keys = keys
    this.#findings = findings
    this.#kept = kept
    const isWhole = options.entriesOnly !== true && options.log === undefined
    const takenFrom = snapshot.takenAt.getTime() - options.limits.replayWindowMs + purgeMarginMs
    this.#messageIds = isWhole ? new MessageIds(takenFrom * 1_000) : undefined
  }

  async run(): Promise<Verdict> {
    const { log, entriesOnly, archives = [], logKeys, stamps } = this.#options
    const keeping = await readKeeping(
      this.#snapshot,
      { archives, logKeys, log, stamps },
      this.#findings.report,
    )
    const payloads = new PayloadFindings(this.#findings.report, keeping.erased)
    const parts = await this.#parts(keeping, payloads, entriesOnly !== true)
    const extents = await this.#extents(keeping)
    const logs = await this.#logs(extents, parts)
    const waiting = log === undefined ? await this.#unplaced(parts) : 0
    if (this.#messageIds) await checkMessageIds(this.#snapshot, this.#messageIds, parts)
    if (log === undefined) await this.#loneAttestations()
    if (parts.payloads) payloads.settle(parts.payloads)
    tellStale(logs, this.#keys, this.#now, this.#options.limits, parts.report)
    return {
      at: this.#snapshot.takenAt,
      logs,
      waiting,
      archives: keeping.files.checked,
      payloadsUnknowable: payloads.unknowable,
      payloadsErased: keeping.erased.count,
      messageIds: this.#messageIds?.count ?? 0,
      defects: this.#findings.defects,
      defectsDropped: this.#findings.dropped,
    }
  }

  get #now(): Date {
    return this.#options.now?.() ?? this.#snapshot.takenAt
  }

  async #parts(keeping: Keeping, found: PayloadFindings, withPayloads: boolean): Promise<LogParts> {
    const payloads = withPayloads ? new PayloadRows() : undefined
    if (payloads) {
      await streamDataKeys(this.#snapshot, (row) => {
        payloads.addDataKey(row, uuidText(row.bytes, row.from(0)))
      })
    }
    return {
      keys: this.#keys,
      stamps: this.#options.stamps,
      report: this.#findings.report,
      requests: new Requests(),
      payloads,
      messageIds: this.#messageIds,
      onPayload: (state, log, row, view) => found.take(state, log, row, view),
      keeping,
      keptRoots: (log) => [
        ...this.#kept.filter(({ origin }) => origin.endsWith(originEnd(log))),
        ...keeping.rootsOf(log),
      ],
    }
  }

  /** Also a log of which nothing is left but what somebody kept of it. */
  async #extents({ files }: Keeping): Promise<LogExtent[]> {
    const found = await readLogs(this.#snapshot)
    const { log } = this.#options
    for (const { origin } of this.#kept) {
      if (found.some((each) => origin.endsWith(originEnd(each.log)))) continue
      const name = /\/((?:domain\/[^/]+|unassigned|audit))$/.exec(origin)?.[1] ?? origin
      found.push({ log: decodeURIComponent(name), places: 0, signed: 0 })
    }
    for (const name of files.roots.keys()) {
      if (!found.some((each) => each.log === name)) found.push({ log: name, places: 0, signed: 0 })
    }
    return log === undefined ? found : found.filter((each) => each.log === log)
  }

  async #logs(extents: readonly LogExtent[], parts: LogParts): Promise<LogSummary[]> {
    const total = extents.reduce((sum, { places }) => sum + places, 0)
    let done = 0
    const logs: LogSummary[] = []
    for (const extent of extents) {
      const summary = await verifyLog(this.#snapshot, extent, parts, {
        isRestored: this.#options.isRestored === true,
        onProgress: (entries) => this.#options.onProgress?.((done += entries), total),
      })
      logs.push(summary)
    }
    return logs
  }

  async #loneAttestations(): Promise<void> {
    for (const { log, size, by, isStamp } of await readLoneAttestations(this.#snapshot)) {
      this.#findings.report({
        log,
        kind: 'inserted',
        finding: 'attestation-alone',
        table: isStamp ? 'log_timestamp' : 'log_cosignature',
        index: size,
        row: `size ${size}, ${by}`,
      })
    }
  }

  async #unplaced(parts: LogParts): Promise<number> {
    const at = this.#now.getTime()
    const before = at - this.#options.limits.unsequencedMsMax
    const unplaced = new Unplaced(parts, [before * 1_000, (at + clockDifferenceMsMax) * 1_000])
    await unplaced.run(this.#snapshot)
    const sequencer = await readSequencer(this.#snapshot)
    const missing = { kind: 'missing', finding: 'sequencer-missing' } as const
    const ahead = { kind: 'changed', finding: 'sequencer-ahead', column: 'low' } as const
    const found = sequencer === undefined ? missing : sequencer.isAhead ? ahead : undefined
    if (found) parts.report({ ...found, log: undefined, index: undefined, table: 'log_sequencer' })
    return unplaced.count
  }
}
