import type { ClientBase } from 'pg'
import { recordActs } from '../audit-log/audit-log.store.js'
import { readDeclaration } from '../registry/declaration/read-declaration.js'
import { ProblemList, type Problem as Flaw } from '../registry/declaration/problem.js'
import { planChanges } from '../registry/plan/plan-changes.js'
import type { Plan } from '../registry/plan/plan.js'
import type { RegistryContent } from '../registry/registry-content.js'
import { RegistryStore } from '../registry/registry.store.js'
import { registryActs } from '../registry-acts.js'
import type { AdminDatabase } from './admin-database.store.js'
import type { Caller } from './caller.js'
import { problemPlacesMax } from './limits.js'
import { Problem } from './problem.js'
import { checkRevision } from './tagged.js'

/** The entry that a change is made to, and its revision as the caller saw it. */
export interface SeenEntry {
  readonly table: 'domain' | 'authority' | 'member' | 'subsystem' | 'service' | 'access_right'
  readonly id: string
  readonly revision: number
}

export interface RegistryChange {
  readonly caller: Caller
  readonly reason: string | undefined
  /** What a declaration file says, less its instance: `{ domains: [{ code, status }] }`. */
  readonly declaration: Readonly<Record<string, unknown>>
  /** Undefined for what is new. */
  readonly seen: SeenEntry | undefined
}

const keys: Readonly<Record<SeenEntry['table'], string>> = {
  domain: 'code',
  authority: 'name',
  member: 'id',
  subsystem: 'id',
  service: 'id',
  access_right: 'id',
}

/** Changes the registry as declaration files do, by the same rules, with the caller's acts. */
export class RegistryChanges {
  readonly #database: AdminDatabase
  readonly #now: () => Date

  constructor(database: AdminDatabase, now: () => Date = () => new Date()) {
    this.#database = database
    this.#now = now
  }

  /**
   * @throws Problem NOT_FOUND, CHANGED_MEANWHILE of the entry seen; CONFLICT before anything was ever registered;
   * UNPROCESSABLE with whatever the registry has against the change
   */
  async change({ caller, reason, declaration, seen }: RegistryChange): Promise<void> {
    const store = new RegistryStore(this.#database.pool, async (client, changes) => {
      await recordActs(client, registryActs(changes, { ...caller.actor(), reason }), this.#now())
    })
    await store.apply(
      (content) => planOf(content, declaration, this.#now()),
      seen && ((client) => checkSeen(client, seen)),
    )
  }
}

async function checkSeen(client: ClientBase, { table, id, revision }: SeenEntry): Promise<void> {
  const { rows } = await client.query<{ revision: string }>(
    `SELECT revision FROM sluice.${table} WHERE ${keys[table]} = $1 FOR UPDATE`,
    [id],
  )
  if (!rows[0]) throw new Problem('NOT_FOUND')
  checkRevision(Number(rows[0].revision), revision)
}

function planOf(content: RegistryContent, declaration: object, now: Date): Plan | undefined {
  const { instance } = content
  if (instance === undefined) {
    throw new Problem('CONFLICT', {
      detail: { az: 'Reyestr hələ boşdur', en: 'The registry is still empty' },
    })
  }
  const problems = new ProblemList()
  const read = readDeclaration(Buffer.from(JSON.stringify({ instance, ...declaration })), {
    ...{ file: 'request', problems },
    // What comes over the network names no files of this machine.
    readFile: refuseFile,
    resolvePath: refuseFile,
  })
  const plan = planChanges(content, read ? [read] : [], problems, now)
  if (plan.problems.length > 0) throw unprocessable(plan.problems)
  return plan.changes.length === 0 ? undefined : plan
}

function refuseFile(): never {
  throw new Problem('UNPROCESSABLE', {
    detail: { az: 'Fayl yolu göstərilə bilməz', en: 'No path of a file may be named' },
  })
}

function unprocessable(flaws: readonly Flaw[]): Problem {
  return new Problem('UNPROCESSABLE', {
    errors: flaws.slice(0, problemPlacesMax).map(({ field, problem, remedy }) => ({
      pointer: field,
      detail: `${problem}. ${remedy}`,
    })),
  })
}
