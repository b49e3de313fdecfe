import { hashBytes } from './merkle.js'
import { NoteError } from './note.js'

/** A log at one size: the text that a signed note signs (C2SP tlog-checkpoint). */
export interface Checkpoint {
  /** Which log: a URL without scheme. */
  readonly origin: string
  /** Number of entries. */
  readonly size: number
  readonly root: Buffer
}

const sizePattern = /^(?:0|[1-9][0-9]{0,15})$/

/** The text of a checkpoint: origin, size, root hash, a line each. */
export function formatCheckpoint({ origin, size, root }: Checkpoint): string {
  return `${origin}\n${size}\n${root.toString('base64')}\n`
}

/**
 * Reads the text of a note as a checkpoint; lines after the third are extensions, which nobody has to know.
 * @throws NoteError for what is no checkpoint
 */
export function parseCheckpoint(text: string): Checkpoint {
  const [origin = '', sizeText = '', rootText = ''] = text.split('\n')
  if (origin === '') throw new NoteError('the checkpoint names no origin')
  const size = parseSize(sizeText)
  if (size === undefined) throw new NoteError('the checkpoint has no size')
  const root = Buffer.from(rootText, 'base64')
  if (root.length !== hashBytes || root.toString('base64') !== rootText) {
    throw new NoteError('the checkpoint has no root hash of 32 bytes')
  }
  return { origin, size, root }
}

/** A number of entries as C2SP writes it. @returns undefined for what is none, or is beyond 2^53 */
export function parseSize(text: string): number | undefined {
  const size = Number(text)
  return sizePattern.test(text) && Number.isSafeInteger(size) ? size : undefined
}

/** Names of logs: one an exchange domain, one of what belongs to none, one of administrators' acts. */
export const unassignedLog = 'unassigned'
export const auditLog = 'audit'

/** Name of the log of an exchange domain. */
export function logOfDomain(domain: string | undefined): string {
  return domain === undefined ? unassignedLog : `domain/${domain}`
}

/** Origin of a log below the bus's own: each segment percent-encoded, since key names have no spaces. */
export function originOf(base: string, log: string): string {
  const segments = log.split('/').map((segment) => encodeURIComponent(segment))
  return [base, ...segments].join('/')
}
