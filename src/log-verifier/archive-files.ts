import { basename } from 'node:path'
import { ArchiveError } from '../archive-reader/archive-error.js'
import type { VerifierKey } from '../archive-reader/signed-note.js'
import { readVerifierKey } from '../archive-reader/signed-note.js'
import {
  verifyArchive,
  type ArchivedTimestamp,
  type ArchiveVerdict,
} from '../archive-reader/verify-archive.js'
import { checkErasedParts } from './archive-erasures.js'
import { checkArchiveStamps } from './archive-stamps.js'
import type { StampReader } from './attestation-row.js'
import type { Defect, Report } from './defect.js'
import type { ErasedPayloads } from './erased-payloads.js'
import type { ArchiveRow } from './keeping-rows.store.js'
import type { KeptRoot } from './signed-roots.js'

/** An archive file that holds together and is the one that its record names. */
export interface CheckedArchive {
  readonly file: string
  readonly log: string
  readonly from: number
  /** Not in the range. */
  readonly to: number
  /** Payloads in it, all of which fit their entries. */
  readonly payloads: number
  /** Parts with payloads that were taken out since. */
  readonly erasedParts: number
  /** Time-stamps of its checkpoint, and those among them by somebody who is not known. */
  readonly stamps: number
  readonly stampsUnchecked: number
  readonly isSignatureChecked: boolean
}

export interface ArchiveFilesParts {
  /** Verifier keys of the logs, `name+id+key`. */
  readonly logKeys: readonly string[]
  readonly records: readonly ArchiveRow[]
  readonly erased: ErasedPayloads
  /** Digests of files whose payloads an act erased. */
  readonly erasedFiles: ReadonlySet<string>
  /** Undefined where stamps cannot be read. */
  readonly stamps: StampReader | undefined
  readonly report: Report
}

/** What files add to what is known of a log. */
export interface ArchiveFiles {
  readonly checked: readonly CheckedArchive[]
  /** Roots that the trees must have had, by log. */
  readonly roots: ReadonlyMap<string, readonly KeptRoot[]>
}

/**
 * Checks archive files by themselves and against the records of them. Whether their trees are those of the logs
 * is for whoever builds these.
 * @throws Error where a file cannot be read at all
 */
export async function checkArchiveFiles(
  paths: readonly string[],
  parts: ArchiveFilesParts,
): Promise<ArchiveFiles> {
  const keys = parts.logKeys.flatMap((text) => readVerifierKey(text) ?? [])
  const checked: CheckedArchive[] = []
  const roots = new Map<string, KeptRoot[]>()
  for (const path of paths) {
    const file = basename(path)
    const read = await verdictOf(path, keys, parts)
    if (!read) continue
    const { manifest } = read.verdict
    const isRecorded = checkRecord(file, read.verdict, parts)
    const known = roots.get(manifest.log) ?? []
    roots.set(manifest.log, [...known, ...rootsOf(file, manifest)])
    if (isRecorded) checked.push(checkedOf(file, read))
  }
  return { checked, roots }
}

interface ReadFile {
  readonly verdict: ArchiveVerdict
  readonly stampsUnchecked: number
  readonly isSignatureChecked: boolean
}

async function verdictOf(
  path: string,
  keys: readonly VerifierKey[],
  parts: ArchiveFilesParts,
): Promise<ReadFile | undefined> {
  try {
    const { verdict, stampsUnchecked } = await verified(path, keys, parts)
    return { verdict, stampsUnchecked, isSignatureChecked: verdict.signedBy === 'published key' }
  } catch (error) {
    if (!(error instanceof ArchiveError)) throw error
    // No key of this log is given at all.
    if (error.problem === 'signature-missing' && error.part === undefined) {
      return verdictOf(path, [], parts)
    }
    parts.report(fileDefect(basename(path), error))
    return undefined
  }
}

async function verified(
  path: string,
  keys: readonly VerifierKey[],
  { erased, erasedFiles, stamps, report }: ArchiveFilesParts,
): Promise<Pick<ReadFile, 'verdict' | 'stampsUnchecked'>> {
  const file = basename(path)
  const found: ArchivedTimestamp[] = []
  const missing: { readonly index: number; readonly row: string }[] = []
  const verdict = await verifyArchive(path, {
    keys,
    onPayloadMissing: ({ id, service, part }, index) => {
      if (!erased.take(service, id, 'files')) missing.push({ index, row: `${file}, ${id}/${part}` })
    },
    onTimestamp: (stamp) => found.push(stamp),
  })
  const { log, start } = verdict.manifest
  for (const { index, row } of missing) {
    report({ log, kind: 'missing', finding: 'payload-missing', table: 'archive_file', index, row })
  }
  checkErasedParts(file, verdict, erasedFiles, report)
  const place = { log, index: start.size, file }
  return { verdict, stampsUnchecked: checkArchiveStamps(found, place, stamps, report) }
}

function fileDefect(file: string, { problem, part, text }: ArchiveError): Defect {
  const index = /^(?:(?:entries|payloads)\/|entry )(\d+)$/.exec(part ?? '')?.[1]
  return {
    log: undefined,
    kind: problem === 'part-missing' ? 'missing' : problem === 'forked' ? 'forked' : 'changed',
    finding: 'archive-file',
    table: 'archive_file',
    index: index === undefined ? undefined : Number(index),
    row: part === undefined ? file : `${file}, ${part}`,
    details: { reason: text.en, reasonAz: text.az },
  }
}

/** Whether the file is the one that its record names. */
function checkRecord(
  file: string,
  { manifest, digest }: ArchiveVerdict,
  { records, report }: ArchiveFilesParts,
): boolean {
  const { log, start, end } = manifest
  const place = { log, table: 'archive_file', index: start.size, row: file } as const
  const record = records.find((each) => each.log === log && each.from === start.size)
  if (record?.digest === digest && record.to === end.size) return true
  if (record) report({ ...place, kind: 'changed', finding: 'archive-file-other' })
  else report({ ...place, kind: 'inserted', finding: 'archive-file-unknown' })
  return false
}

function rootsOf(
  file: string,
  { log, start, end, checkpoint }: ArchiveVerdict['manifest'],
): KeptRoot[] {
  return [start, end, checkpoint]
    .filter(({ size }) => size > 0)
    .map(({ size, root }) => ({
      ...{ file, size, isByOtherKey: false },
      root: Buffer.from(root, 'base64').toString('latin1'),
      otherwise: {
        log,
        kind: 'forked',
        finding: 'archive-file-forked',
        table: 'archive_file',
        index: start.size,
        row: file,
        details: { size },
      },
    }))
}

function checkedOf(
  file: string,
  { verdict, stampsUnchecked, isSignatureChecked }: ReadFile,
): CheckedArchive {
  const { manifest, payloads } = verdict
  return {
    ...{ file, log: manifest.log, from: manifest.start.size, to: manifest.end.size },
    ...{ payloads: payloads.held, erasedParts: payloads.erasedParts, isSignatureChecked },
    ...{ stamps: manifest.timestamps.length, stampsUnchecked },
  }
}
