import { writeNotices, type NewNotice } from '../../notice/notice.store.js'
import type { EntryChange } from '../../registry/plan/plan.js'
import type { DataObject, InformationResource } from '../../registry/resource.js'
import { ResourceDirectory } from '../../registry/resource-directory.store.js'
import { resourceTable } from '../../registry/resource-tables.js'
import type { AdminTransaction } from '../admin-database.store.js'
import type { Caller } from '../caller.js'
import { Problem } from '../problem.js'
import { checkAbsent, checkEntry } from '../registry/entry-revision.store.js'
import type { RegistryChanges } from '../registry/registry-changes.js'
import type { RegistryEntries } from '../registry/registry-entries.js'
import { inPlaceOf } from '../registry/wrapped.js'
import type { NewResource, ResourceChange, ResourceFields } from './resource-schemas.js'

/** What an owner keeps right by itself; the rest is the operator's word. */
const ownersFields: ReadonlySet<string> = new Set([
  ...['name', 'legalBasis', 'identifiers', 'dataObjects', 'hosting', 'contact', 'reason'],
])

const prefix = '/resources/0'

/** Registers resources and changes their entries, with what their owners, and owners of the same data, are told. */
export class ResourceDesk {
  readonly #changes: RegistryChanges
  readonly #entries: RegistryEntries

  constructor(changes: RegistryChanges, entries: RegistryEntries) {
    this.#changes = changes
    this.#entries = entries
  }

  /** @throws Problem CONFLICT where the name is taken, UNPROCESSABLE with each clash */
  async add({ id, reason, ...fields }: NewResource, caller: Caller): Promise<void> {
    const terms = {
      ...{ caller, reason },
      check: (client: AdminTransaction) => checkAbsent(client, resourceTable, id),
      also: tellOf('resource.registered'),
    }
    await inPlaceOf(prefix, this.#changes.apply(declarationOf(id, fields), terms))
  }

  /** @throws Problem FORBIDDEN for what an owner may not say itself, CHANGED_MEANWHILE, UNPROCESSABLE */
  async change(
    { id, seen }: { readonly id: string; readonly seen: number },
    { reason, ...fields }: ResourceChange & { readonly status?: string },
    caller: Caller,
  ): Promise<void> {
    if (!caller.has('OPERATOR')) await this.#checkOwners(id, fields)
    const terms = {
      ...{ caller, reason },
      check: (client: AdminTransaction) => checkEntry(client, resourceTable, id, seen),
      also: tellOf('resource.changed'),
    }
    await inPlaceOf(prefix, this.#changes.apply(declarationOf(id, fields), terms))
  }

  async #checkOwners(id: string, fields: ResourceFields): Promise<void> {
    const others = Object.keys(fields).filter((name) => !ownersFields.has(name))
    const { entry } = await this.#entries.entry(resourceTable, id)
    const known = new Set(entry.dataObjects.map((each) => reasonKey(each)))
    const reasons = (fields.dataObjects ?? []).flatMap((object, index) => {
      const { code, duplicateReason = null } = object
      if (duplicateReason === null || known.has(reasonKey({ code, duplicateReason }))) return []
      return [`dataObjects/${index}/duplicateReason`]
    })
    const refused = [...others, ...reasons]
    if (refused.length === 0) return
    const detail = { az: 'yalnız operator dəyişə bilər', en: 'is the operator’s to say' }
    throw new Problem('FORBIDDEN', {
      errors: refused.map((name) => ({ pointer: `/${name}`, detail })),
    })
  }
}

function reasonKey({
  code,
  duplicateReason,
}: {
  readonly code: string
  readonly duplicateReason: string | null | undefined
}): string {
  return `${code}\n${duplicateReason ?? ''}`
}

function declarationOf(id: string, fields: object): string {
  return JSON.stringify({ instance: id.split('/')[0], resources: [{ id, ...fields }] })
}

/** Tells the owner, and whoever is the source of what is held a second time by now. */
function tellOf(
  kind: 'resource.registered' | 'resource.changed',
): (client: AdminTransaction, changes: readonly EntryChange[]) => Promise<void> {
  return async (client, changes) => {
    for (const { noun, id, before, after } of changes) {
      if (noun !== 'resources') continue
      const resource = after as unknown as InformationResource
      const told: NewNotice = { member: resource.owner, kind, subject: id, data: {} }
      const earlier = (before as unknown as InformationResource | undefined)?.dataObjects ?? []
      const known = new Set(earlier.map((each) => reasonKey(each)))
      const second = resource.dataObjects.filter(
        (each) => each.duplicateReason !== undefined && !known.has(reasonKey(each)),
      )
      await writeNotices(client, [told, ...(await secondHolders(client, id, second))])
    }
  }
}

async function secondHolders(
  client: AdminTransaction,
  holder: string,
  objects: readonly DataObject[],
): Promise<NewNotice[]> {
  const notices: NewNotice[] = []
  const directory = new ResourceDirectory(client)
  for (const { code, name, duplicateReason = '' } of objects) {
    for (const { resource } of await directory.findDuplicates([code, name.az], {
      resource: holder,
    })) {
      const data = { holder, object: name.az, reason: duplicateReason }
      const told = { kind: 'resource.duplicate' as const, subject: resource.id, data }
      // The coordinator sees to it that data are held once (2.1.5).
      notices.push({ ...told, member: resource.owner }, { ...told, role: 'AGENCY' })
    }
  }
  return notices
}
