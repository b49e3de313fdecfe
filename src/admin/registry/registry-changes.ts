import { recordActs } from '../../audit-log/audit-log.store.js'
import type { Problem as Flaw } from '../../registry/declaration/problem.js'
import type { EntryChange, Plan } from '../../registry/plan/plan.js'
import { planDocument } from '../../registry/plan/plan-document.js'
import type { RegistryContent } from '../../registry/registry-content.js'
import { RegistryStore, type RecordChanges } from '../../registry/registry.store.js'
import { registryActs } from '../../registry-acts.js'
import type { AdminPool, AdminTransaction } from '../admin-database.store.js'
import type { Caller } from '../caller.js'
import { Problem } from '../problem.js'
import { followOwners } from '../succession/follow-owners.js'
import { checkMayRun } from './may-run.js'
import { tellFounders } from './tell-founders.js'

/** Who changes the registry, why, and what else has to be so or to be done in the same transaction. */
export interface ChangeTerms {
  readonly caller: Pick<Caller, 'actor'>
  readonly reason?: string | undefined
  /** Looks under the lock whether all is as the caller believes; what it throws ends the change. */
  readonly check?: ((client: AdminTransaction) => Promise<void>) | undefined
  /** What is written together with the change. */
  readonly also?:
    ((client: AdminTransaction, changes: readonly EntryChange[]) => Promise<void>) | undefined
  /** Looks at what would be written; what it throws ends the change. */
  readonly accept?: ((plan: Plan) => void) | undefined
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
    const store = this.#store(terms)
    if (!terms.dryRun) return this.#write(declare, terms, store.apply.bind(store))
    const content = await store.read()
    const plan = this.#plan(content, declare, terms)
    return { plan, generation: content.generation }
  }

  /** {@link apply} within the caller's transaction, which nobody else changes the registry beside from here to its end. */
  applyIn(
    client: AdminTransaction,
    declare: Declare,
    terms: Omit<ChangeTerms, 'dryRun'>,
  ): Promise<Changed> {
    const store = this.#store(terms)
    return this.#write(declare, terms, (decide, check) => store.applyIn(client, decide, check))
  }

  #store({ caller, reason, also }: ChangeTerms): RegistryStore {
    const author = { ...caller.actor(), reason }
    const record: RecordChanges = async (client, changes) => {
      await checkMayRun(client, changes, this.#now())
      await recordActs(client, registryActs(changes, author))
      await followOwners(client, changes, author, this.#now())
      await tellFounders(client, changes)
      await also?.(client, changes)
    }
    return new RegistryStore(this.#pool, record, author.actor)
  }

  async #write(
    declare: Declare,
    terms: ChangeTerms,
    apply: RegistryStore['apply'],
  ): Promise<Changed> {
    let plan: Plan | undefined
    const generation = await apply((content) => {
      plan = this.#plan(content, declare, terms)
      return plan.changes.length === 0 ? undefined : plan
    }, terms.check)
    if (!plan) throw new Error('the store did not ask what to write')
    return { plan, generation }
  }

  #plan(content: RegistryContent, declare: Declare, { accept }: ChangeTerms): Plan {
    const plan = soundPlan(content, declare, this.#now())
    accept?.(plan)
    return plan
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
