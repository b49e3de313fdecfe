import type { DefectKind } from './defect-kind.js'
import type { Finding } from './finding-text.js'

/** Tables of the logs. `file` is a checkpoint that whoever verifies has kept, `archive_file` a file of an archive. */
export type LogTable =
  | 'message_log_entry'
  | 'message_log_payload'
  | 'message_log_data_key'
  | 'message_log_message_id'
  | 'audit_log_entry'
  | 'log_sequence'
  | 'log_tile'
  | 'log_checkpoint'
  | 'log_cosignature'
  | 'log_timestamp'
  | 'log_sequencer'
  | 'log_archive'
  | 'payload_erasure'
  | 'legal_hold'
  | 'archive_file'
  | 'file'

/** One thing found wrong, at its first place. */
export interface Defect {
  readonly kind: DefectKind
  /** Name of the log; undefined for a row that has a place in none. */
  readonly log: string | undefined
  /** Index of the entry in its log; of a checkpoint, its size; undefined for what has neither. */
  readonly index: number | undefined
  readonly table: LogTable
  /** The column, where one can be named. */
  readonly column?: string | undefined
  /** Which row, in the words of its table's key. */
  readonly row?: string | undefined
  /** What was found; a text for people is by this name. */
  readonly finding: Finding
  /** Numbers and names that the text speaks of. */
  readonly details?: Readonly<Record<string, string | number>> | undefined
}

/** Takes what is found, in the order in which it is found. */
export type Report = (defect: Defect) => void
