import type { ExchangeMode } from '../exchange/envelope.js'
import type { BilingualText } from '../exchange/fault.js'

/** A value as the driver hands it over. */
export type Row = Readonly<Record<string, unknown>>

interface Column<T> {
  readonly name: string
  readonly type: 'text' | 'boolean' | 'integer' | 'timestamptz' | 'text[]' | 'bytea' | 'jsonb'
  /** The value to write, as JSON. */
  readonly of: (entry: T) => unknown
  /** A part of the key, kept for the database's own checks and not read back. */
  readonly derived?: true
}

/** How entries of one kind stand in their table. The first column is the key. */
export interface Table<T> {
  readonly table: string
  readonly columns: readonly Column<T>[]
  readonly read: (row: Row) => T
}

export const column = <T>(
  name: string,
  type: Column<T>['type'],
  of: (entry: T) => unknown,
): Column<T> => ({ name, type, of })

export const derived = <T>(
  name: string,
  of: (entry: T) => unknown,
  type: Column<T>['type'] = 'text',
): Column<T> => ({ name, type, of, derived: true })

export const nameColumns: Column<{ readonly name: BilingualText | undefined }>[] = [
  column('name_az', 'text', ({ name }) => name?.az),
  column('name_en', 'text', ({ name }) => name?.en),
]

export const archivedColumn: Column<{ readonly archived: boolean }> = column(
  'archived',
  'boolean',
  ({ archived }) => archived,
)

/** What is remembered of a time before there were archived entries does not say. */
export function archivedIn(row: Row): boolean {
  return row.archived === true
}

export function hexOf(bytes: Uint8Array): string {
  return `\\x${Buffer.from(bytes).toString('hex')}`
}

export function nameIn({ name_az: az, name_en: en }: Row): BilingualText | undefined {
  return typeof az === 'string' && typeof en === 'string' ? { az, en } : undefined
}

/** Moments are read as milliseconds: the driver's own dates cost a third of the loading time. */
export function dateIn(value: unknown): Date | undefined {
  return typeof value === 'number' ? new Date(Math.round(value)) : undefined
}

const modeLists: Readonly<Record<string, readonly ExchangeMode[]>> = {
  user: ['user'],
  body: ['body'],
  'user,body': ['user', 'body'],
  'body,user': ['user', 'body'],
}

export function modesIn({ modes }: Row): readonly ExchangeMode[] {
  return modeLists[String(modes)] ?? []
}
