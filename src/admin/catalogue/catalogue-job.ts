import {
  changeBetween,
  isOpen,
  nameIn,
  standingChange,
  type CatalogueChange,
  type FoundChange,
  type ChangedNoun,
  type EntryState,
} from '../../catalogue/change.js'
import { catalogueLimits } from '../../catalogue/limits.js'
import type { AdminDatabase, AdminTransaction } from '../admin-database.store.js'
import { addChange } from './changes.store.js'
import {
  noteRead,
  openServicesOf,
  ownerOfSystem,
  unreadHistory,
  type HistoryState,
} from './history.store.js'
import { tellSubscribers } from './tell-subscribers.js'

const nounOf: Readonly<Record<string, ChangedNoun | undefined>> = {
  ...{ service: 'service', information_resource: 'resource', member: 'member' },
}

/**
 * Makes the catalogue's changes of the registry's history, whoever wrote it, and tells who subscribed to them: in one
 * transaction, so that each is there once, whichever node is first.
 */
export class CatalogueJob {
  readonly #database: AdminDatabase

  constructor(database: AdminDatabase) {
    this.#database = database
  }

  /**
   * One turn.
   * @returns how many changes were found
   * @throws Error of the database
   */
  async turn(): Promise<number> {
    let found = 0
    for (let step = 0; step < catalogueLimits.stepsPerTurn; step += 1) {
      const { changes, isLast } = await this.#database.transaction(oneStep)
      found += changes
      if (isLast) break
    }
    return found
  }
}

async function oneStep(client: AdminTransaction): Promise<{ changes: number; isLast: boolean }> {
  const limit = catalogueLimits.historyRowsPerStep
  const states = await unreadHistory(client, limit)
  const last = states.at(-1)
  if (!last) return { changes: 0, isLast: true }
  let changes = 0
  for (const state of states) {
    for (const change of await changesIn(client, state)) {
      await tellSubscribers(client, await addChange(client, change), change)
      changes += 1
    }
  }
  await noteRead(client, last)
  return { changes, isLast: states.length < limit }
}

async function changesIn(client: AdminTransaction, state: HistoryState): Promise<FoundChange[]> {
  const { id, at, entry, before, wasOpen } = state
  if (state.noun === 'subsystem') return changesWithSystem(client, state)
  const noun = nounOf[state.noun]
  const kind = noun && changeBetween(noun, before, entry, wasOpen)
  if (!noun || !kind) return []
  const member = await ownerIn(client, noun, id, entry)
  const states = before ? [before, entry] : [entry]
  return [{ ...{ at, kind, noun, object: id, member, states }, ...said(entry) }]
}

/** What is in use by itself stops, goes on and ends with its system. */
async function changesWithSystem(
  client: AdminTransaction,
  { id, at, entry, before, wasOpen }: HistoryState,
): Promise<FoundChange[]> {
  if (!before || entry['archived'] === true || !(wasOpen || isOpen(entry))) return []
  const kind = standingChange(before['status'], entry['status'])
  if (!kind) return []
  const services = await openServicesOf(client, id)
  const member = services.length > 0 ? await ownerOfSystem(client, id) : id
  return services.map((service) => ({
    ...{ at, kind, noun: 'service', object: service.id, member, states: [] },
    ...said(service.entry),
  }))
}

function said(entry: EntryState): Pick<CatalogueChange, 'name' | 'successor'> {
  const { successor } = entry
  return {
    name: nameIn(entry),
    successor: typeof successor === 'string' ? successor : undefined,
  }
}

async function ownerIn(
  client: AdminTransaction,
  noun: ChangedNoun,
  id: string,
  { owner, subsystem }: EntryState,
): Promise<string> {
  if (noun === 'member') return id
  if (noun === 'resource') return String(owner)
  return ownerOfSystem(client, String(subsystem))
}
