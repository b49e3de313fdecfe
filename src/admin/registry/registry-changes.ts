import { recordActs } from '../../audit-log/audit-log.store.js'
import type { Problem as Flaw } from '../../registry/declaration/problem.js'
import type { EntryChange, Plan } from '../../registry/plan/plan.js'
import { planDocument } from '../../registry/plan/plan-document.js'
import type { RegistryContent } from '../../registry/registry-content.js'
import { RegistryStore } from '../../registry/registry.store.js'
import { registryActs } from '../../registry-acts.js'
import type { AdminPool, AdminTransaction } from '../admin-database.store.js'
import type { Caller } from '../caller.js'
import { Problem } from '../problem.js'

/** Who changes the registry, why, and what else has to be so or to be done in the same transaction. */
export interface ChangeTerms {
  readonly caller: Pick<Caller, 'actor'>
  readonly reason?: string | undefined
  /** Looks under the lock whether all is as the caller believes; what it throws ends the change. */
  readonly check?: ((client: AdminTransaction) => Promise<void>) | undefined
  /** What is written together with the change. */
  readonly also?:
    ((client: AdminTransaction, changes: readonly EntryChange[]) => Promise<void>) | undefined
  /** Only says what would be done. */
  readonly dryRun?: boolean | undefined
}

export interface Changed {
  readonly plan: Plan
  readonly generation: number
}

/** A declaration, as YAML or JSON text, or made of what the registry holds. */
export type Declare = string | ((content: RegistryContent) => object)

/**
 * Changes the registry by declarations, by the same rules whoever makes them and wherever they come from; each change
 * is an act of the audit log in its transaction.
 */
export class RegistryChanges {
  readonly #pool: AdminPool
  readonly #now: () => Date

  constructor(pool: AdminPool, now: () => Date = () => new Date()) {
    this.#pool = pool
    this.#now = now
  }

  /**
   * Applies a declaration, all of it or nothing.
   * @throws Problem UNPROCESSABLE, with every place, for a declaration that has flaws
   */
  async apply(declare: Declare, terms: ChangeTerms): Promise<Changed> {
    const { caller, reason, check, also, dryRun = false } = terms
    const author = { ...caller.actor(), reason }
    const store = new RegistryStore(
      this.#pool,
      async (client, changes) => {
        await recordActs(client, registryActs(changes, author))
        await also?.(client, changes)
      },
      author.actor,
    )
    if (dryRun) {
      const content = await store.read()
      return { plan: soundPlan(content, declare, this.#now()), generation: content.generation }
    }
    let plan: Plan | undefined
    const generation = await store.apply((content) => {
      plan = soundPlan(content, declare, this.#now())
      return plan.changes.length === 0 ? undefined : plan
    }, check)
    if (!plan) throw new Error('the store did not ask what to write')
    return { plan, generation }
  }
}

function soundPlan(content: RegistryContent, declare: Declare, now: Date): Plan {
  const text = typeof declare === 'string' ? declare : JSON.stringify(declare(content))
  const plan = planDocument(content, text, now)
  if (plan.problems.length === 0) return plan
  throw new Problem('UNPROCESSABLE', { errors: plan.problems.map(placeOf) })
}

/** `members[0].name: must be …` as a JSON Pointer. */
function placeOf({ field, problem, remedy }: Flaw): { pointer: string; detail: string } {
  const pointer = field === '' ? '' : `/${field.replaceAll('[', '.').replaceAll(']', '')}`
  return { pointer: pointer.replaceAll('.', '/'), detail: `${problem}. ${remedy}` }
}
