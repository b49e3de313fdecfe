import { parseDocument } from 'yaml'
import { JsonError } from '../json/json-error.js'
import { plainJson } from '../json/plain-json.js'
import { readJson } from '../json/read-json.js'
import { descriptionLimits } from '../limits/contracts.js'
import type { Place } from './openapi-error.js'
import type { OpenApiRule } from './problem-text.js'

/** The files of a contract by their paths below its folder, with forward slashes. */
export type ContractFiles = ReadonlyMap<string, Uint8Array>

/** A value in a file, with its place. */
export interface Node extends Place {
  readonly value: unknown
}

export type PlainRecord = Readonly<Record<string, unknown>>

/** Why a file is not taken; caught where problems are collected. */
export class UnreadableFile extends Error {
  constructor(
    readonly rule: OpenApiRule,
    readonly term: string,
  ) {
    super(`${rule}: ${term}`)
  }
}

/**
 * Reads a file, by its name JSON or YAML 1.2, as plain values, of which no two share anything.
 * @throws UnreadableFile also above `descriptionLimits`
 */
export function readTree(file: string, bytes: Uint8Array): unknown {
  if (bytes.length > descriptionLimits.bytesMax) throw new UnreadableFile('limit', 'bytesMax')
  const budget = { values: descriptionLimits.valuesMax }
  return copied(file.endsWith('.json') ? ofJson(bytes) : ofYaml(bytes), budget, 0)
}

function ofJson(bytes: Uint8Array): unknown {
  try {
    return plainJson(readJson(bytes))
  } catch (error) {
    throw new UnreadableFile('file', error instanceof JsonError ? error.message : 'JSON')
  }
}

function ofYaml(bytes: Uint8Array): unknown {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    const document = parseDocument(text, { logLevel: 'silent', schema: 'core', merge: false })
    const [error] = document.errors
    if (error !== undefined) throw new UnreadableFile('file', firstLine(error.message))
    const plain: unknown = document.toJS({ maxAliasCount: descriptionLimits.aliasesMax })
    return plain
  } catch (error) {
    if (error instanceof UnreadableFile) throw error
    throw new UnreadableFile('file', error instanceof Error ? firstLine(error.message) : 'YAML')
  }
}

// The lines after it quote the file.
function firstLine(message: string): string {
  return message.split('\n', 1)[0]?.replace(/:$/, '') ?? ''
}

/** Writes aliases out, so that what an alias costs is counted, and ends where one contains itself. */
function copied(value: unknown, budget: { values: number }, depth: number): unknown {
  if (--budget.values < 0) throw new UnreadableFile('limit', 'valuesMax')
  if (typeof value !== 'object' || value === null) return value
  if (depth === descriptionLimits.depthMax) throw new UnreadableFile('limit', 'depthMax')
  if (Array.isArray(value)) {
    if (value.length > descriptionLimits.itemsMax) throw new UnreadableFile('limit', 'itemsMax')
    return value.map((item) => copied(item, budget, depth + 1))
  }
  const record: Record<string, unknown> = {}
  for (const [name, member] of Object.entries(value)) {
    // No library that handles plain objects is relied on to handle this one.
    if (name === '__proto__') throw new UnreadableFile('unsupported', name)
    record[name] = copied(member, budget, depth + 1)
  }
  return record
}

export function isRecord(value: unknown): value is PlainRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The member of an object or array; its value is undefined where there is none. */
export function child(node: Node, name: string | number): Node {
  const key = String(name)
  const { value } = node
  const has = typeof value === 'object' && value !== null && Object.hasOwn(value, key)
  return {
    file: node.file,
    pointer: `${node.pointer}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`,
    value: has ? (value as PlainRecord)[key] : undefined,
  }
}

/** The members of an object, without the extensions (`x-`); none where it is no object. */
export function membersOf(node: Node): (readonly [name: string, member: Node])[] {
  if (!isRecord(node.value)) return []
  const names = Object.keys(node.value).filter((name) => !name.startsWith('x-'))
  return names.map((name) => [name, child(node, name)] as const)
}

/** The members of an array; none where it is no array. */
export function itemsOf(node: Node): Node[] {
  return Array.isArray(node.value) ? node.value.map((_, index) => child(node, index)) : []
}

/** A text member, or undefined. */
export function textOf(node: Node, name: string): string | undefined {
  const { value } = child(node, name)
  return typeof value === 'string' ? value : undefined
}
