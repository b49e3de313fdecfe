import { isUtf8 } from 'node:buffer'
import { CsvError, parse } from 'csv-parse/sync'
import type { BilingualText } from '../../exchange/fault.js'
import { folded } from '../../registry/folded.js'
import { Problem, type ProblemPlace } from '../problem.js'
import { problemPlacesMax } from '../limits.js'
import { restored } from './formula.js'
import { csvLimits } from './limits.js'

/** A column that a table may have, by any of these names in its first line. */
export interface CsvColumn<Key extends string> {
  readonly key: Key
  readonly names: readonly string[]
  readonly isRequired: boolean
}

export interface CsvLine<Key extends string> {
  /** The line of the file that it begins at, from 1. */
  readonly line: number
  /** Without spaces at their ends; a column that is not there is empty. */
  readonly cells: Readonly<Record<Key, string>>
}

/**
 * Reads a table: UTF-8 with or without a byte order mark, with semicolons, commas or tabs, as spreadsheets write it.
 * @throws Problem UNPROCESSABLE, which names every line that cannot be read
 */
export function readCsv<Key extends string>(
  bytes: Uint8Array,
  columns: readonly CsvColumn<Key>[],
): CsvLine<Key>[] {
  const text = decode(bytes)
  const [head, ...records] = recordsOf(text)
  if (!head) throw badLines([[1, { az: 'fayl boşdur', en: 'the file is empty' }]])
  const keys = keysOf(head, columns)
  const flaws: [number, BilingualText][] = []
  const lines: CsvLine<Key>[] = []
  for (const { line, record } of records) {
    if (record.length !== keys.length) flaws.push([line, otherCount(record.length, keys.length)])
    else lines.push({ line, cells: cellsOf(record, keys, columns) })
  }
  if (flaws.length > 0) throw badLines(flaws)
  return lines
}

/** That these lines are wrong, each with what is wrong with it. */
export function badLines(flaws: readonly (readonly [number, string | BilingualText])[]): Problem {
  const errors = flaws.slice(0, problemPlacesMax).map(([line, detail]): ProblemPlace => {
    return { pointer: `line ${line}`, detail }
  })
  return new Problem('UNPROCESSABLE', { errors })
}

function decode(bytes: Uint8Array): string {
  if (isUtf8(bytes)) return new TextDecoder().decode(bytes)
  throw badLines([[1, { az: 'fayl UTF-8 deyil', en: 'the file is not UTF-8' }]])
}

interface Numbered {
  readonly line: number
  readonly record: readonly string[]
}

function recordsOf(text: string): Numbered[] {
  try {
    const found = parse(text, {
      delimiter: delimiterOf(text),
      ...{ info: true, relax_column_count: true, skip_empty_lines: true },
      ...{ max_record_size: csvLimits.cellCharsMax, to: csvLimits.linesMax + 2 },
    }) as unknown as readonly { readonly record: string[]; readonly info: { lines: number } }[]
    if (found.length > csvLimits.linesMax + 1) throw badLines([[csvLimits.linesMax + 2, tooMany]])
    return found.map(({ record, info }) => ({ record, line: firstLineOf(record, info.lines) }))
  } catch (error) {
    if (!(error instanceof CsvError)) throw error
    const { lines } = error as unknown as { readonly lines?: number }
    throw badLines([[lines ?? 1, { az: 'CSV kimi oxunmur', en: `is no CSV (${error.code})` }]])
  }
}

const tooMany = {
  az: `sətirlərin sayı ${csvLimits.linesMax}-dən çoxdur`,
  en: `there are more than ${csvLimits.linesMax} lines`,
}

/** The parser tells the line that a record ends at. */
function firstLineOf(record: readonly string[], last: number): number {
  const breaks = record.reduce((sum, cell) => sum + (cell.match(/\r\n|\r|\n/g)?.length ?? 0), 0)
  return Math.max(1, last - breaks)
}

/** That of which the first line has most, outside of quotes. */
function delimiterOf(text: string): string {
  const end = text.search(/[\r\n]/)
  const head = (end === -1 ? text : text.slice(0, end)).replaceAll(/"[^"]*"/g, '')
  const count = (character: string): number => head.split(character).length
  return [';', ',', '\t'].reduce((best, each) => (count(each) > count(best) ? each : best))
}

function keysOf<Key extends string>(
  { line, record }: Numbered,
  columns: readonly CsvColumn<Key>[],
): Key[] {
  const flaws: [number, BilingualText][] = []
  const keys: Key[] = []
  for (const cell of record) {
    const wanted = folded(restored(cell))
    const column = columns.find(({ key, names }) => [key, ...names].map(folded).includes(wanted))
    if (!column) flaws.push([line, unknownColumn(cell)])
    else if (keys.includes(column.key)) flaws.push([line, twice(cell)])
    else keys.push(column.key)
  }
  for (const { key, names, isRequired } of columns) {
    if (isRequired && !keys.includes(key)) flaws.push([line, missing(names[0] ?? key)])
  }
  if (flaws.length > 0) throw badLines(flaws)
  return keys
}

function cellsOf<Key extends string>(
  record: readonly string[],
  keys: readonly Key[],
  columns: readonly CsvColumn<Key>[],
): Record<Key, string> {
  const none = columns.map(({ key }) => [key, ''] as const)
  const cells = keys.map((key, index) => [key, restored((record[index] ?? '').trim())] as const)
  return Object.fromEntries([...none, ...cells]) as Record<Key, string>
}

const shownCharsMax = 60

function unknownColumn(name: string): BilingualText {
  const shown = name.slice(0, shownCharsMax)
  return { az: `belə sütun yoxdur: ${shown}`, en: `there is no such column: ${shown}` }
}

function twice(name: string): BilingualText {
  const shown = name.slice(0, shownCharsMax)
  return { az: `sütun iki dəfə var: ${shown}`, en: `the column is there twice: ${shown}` }
}

function missing(name: string): BilingualText {
  return { az: `sütun çatışmır: ${name}`, en: `the column is missing: ${name}` }
}

function otherCount(found: number, wanted: number): BilingualText {
  return {
    az: `${wanted} sütun əvəzinə ${found} sütun var`,
    en: `has ${found} columns instead of ${wanted}`,
  }
}
