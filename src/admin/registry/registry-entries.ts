import { z } from 'zod'
import type { JsonValue } from '../../canonical-json.js'
import type { RegistryReader, Revised } from '../../registry/registry-reader.store.js'
import type { Table } from '../../registry/table.js'
import type { Caller } from '../caller.js'
import { page, type Page, type PageQuery } from '../paging.js'
import { Problem } from '../problem.js'
import { Tagged } from '../tagged.js'
import { checkAbsent, checkEntry } from './entry-revision.store.js'
import type { ChangeTerms, RegistryChanges } from './registry-changes.js'
import { inPlaceOf, type Wrapped } from './wrapped.js'

/** How entries of one kind are given. */
export interface Kind<T> {
  readonly table: Table<T>
  readonly keyOf: (entry: T) => string
  readonly json: (entry: T) => JsonValue
}

/** `?asOf=`: the state at that moment. */
export const atQuery = z.strictObject({
  asOf: z.iso
    .datetime({ offset: true })
    .transform((text) => new Date(text))
    .optional()
    .meta({ type: 'string', format: 'date-time' }),
})
export type AtQuery = z.infer<typeof atQuery>

/** `?archived=true`: what has been put away, which is in no list otherwise. */
export const archivable = { archived: z.enum(['true', 'false']).default('false') }

/** States of an entry, the latest first. */
export interface StateJson {
  readonly revision: number
  readonly writtenAt: string
  readonly actor?: string
  readonly entry: JsonValue
}

/** What the routes of members, subsystems, services and access rights have in common. */
export class RegistryEntries {
  readonly #reader: RegistryReader
  readonly #changes: RegistryChanges

  constructor(reader: RegistryReader, changes: RegistryChanges) {
    this.#reader = reader
    this.#changes = changes
  }

  async list<T>(
    { table, keyOf, json }: Kind<T>,
    { limit, after }: PageQuery,
    where: Readonly<Record<string, string | undefined>>,
  ): Promise<Page<JsonValue>> {
    const found = await this.#reader.list(table, { limit: limit + 1, after, where })
    const { items, next } = page(found, limit, ({ entry }) => keyOf(entry))
    return { items: items.map(({ entry }) => json(entry)), ...(next !== undefined && { next }) }
  }

  /** @throws Problem NOT_FOUND */
  async get<T>({ table, json }: Kind<T>, id: string, asOf?: Date): Promise<Tagged<JsonValue>> {
    const found = await this.entry(table, id, asOf)
    return new Tagged(json(found.entry), found.revision)
  }

  /** @throws Problem NOT_FOUND */
  async entry<T>(table: Table<T>, id: string, asOf?: Date): Promise<Revised<T>> {
    const found = asOf
      ? await this.#reader.findAt(table, id, asOf)
      : await this.#reader.find(table, id)
    if (!found) throw new Problem('NOT_FOUND')
    return found
  }

  async history<T>(
    { table, json }: Kind<T>,
    id: string,
    { limit, after }: PageQuery,
  ): Promise<Page<StateJson>> {
    const before = after === undefined ? undefined : Number(after)
    if (before !== undefined && !Number.isSafeInteger(before)) throw new Problem('INVALID')
    const found = await this.#reader.history(table, id, { limit: limit + 1, before })
    if (found.length === 0 && after === undefined) throw new Problem('NOT_FOUND')
    const { items, next } = page(found, limit, ({ revision }) => String(revision))
    const states = items.map(({ entry, revision, writtenAt, actor }) => ({
      revision,
      writtenAt: writtenAt.toISOString(),
      ...(actor !== undefined && { actor }),
      entry: json(entry),
    }))
    return { items: states, ...(next !== undefined && { next }) }
  }

  /** @throws Problem CONFLICT where there is one already, UNPROCESSABLE */
  async add<T>(
    kind: Kind<T>,
    id: string,
    { document, prefix }: Wrapped,
    caller: Caller,
  ): Promise<Tagged<JsonValue>> {
    const check: ChangeTerms['check'] = (client) => checkAbsent(client, kind.table, id)
    await inPlaceOf(prefix, this.#changes.apply(JSON.stringify(document), { caller, check }))
    return this.get(kind, id)
  }

  /** @throws Problem NOT_FOUND, CHANGED_MEANWHILE, UNPROCESSABLE */
  async change<T>(
    kind: Kind<T>,
    { id, seen }: { readonly id: string; readonly seen: number },
    { document, prefix }: Wrapped,
    terms: ChangeTerms,
  ): Promise<Tagged<JsonValue>> {
    const check: ChangeTerms['check'] = async (client) => {
      await checkEntry(client, kind.table, id, seen)
      await terms.check?.(client)
    }
    const text = JSON.stringify(document)
    await inPlaceOf(prefix, this.#changes.apply(text, { ...terms, check }))
    return this.get(kind, id)
  }
}
