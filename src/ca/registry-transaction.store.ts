import type { ClientBase, Pool } from 'pg'
import type { Plan } from '../registry/plan/plan.js'
import type { RegistryContent } from '../registry/registry-content.js'
import { readContent } from '../registry/registry-content.store.js'
import { RegistryStore } from '../registry/registry.store.js'

/** What else happens in the transaction that changes the registry; the plan is what was written. */
export type WorkBeside = (client: ClientBase, plan: Plan) => Promise<void>

/**
 * Changes the registry by a plan, and does the rest in the same transaction: all of it or nothing.
 * @param decide - sees the registry while nobody else can change it
 * @param client - of the caller's transaction, where it is to be a part of one
 * @throws what `decide` or `beside` throws
 */
export async function changeRegistry(
  pool: Pool,
  decide: (content: RegistryContent) => Plan,
  beside: WorkBeside,
  client?: ClientBase,
): Promise<void> {
  let plan: Plan | undefined
  const store = new RegistryStore(pool, async (client) => {
    if (plan) await beside(client, plan)
  })
  const write = (content: RegistryContent): Plan => {
    plan = decide(content)
    return plan
  }
  await (client ? store.applyIn(client, write) : store.apply(write))
}

/** @param client - of a transaction, whose own changes are seen, too */
export function readRegistryNow(pool: Pool, client?: ClientBase): Promise<RegistryContent> {
  if (client) return readContent(client, { forChange: true })
  return new RegistryStore(pool, () => Promise.resolve()).read()
}

/** Whether anything was ever registered: before that no certificate is for anybody. */
export async function hasInstance(pool: Pool): Promise<boolean> {
  const { rows } = await pool.query<{ instance: string | null }>(
    'SELECT instance FROM sluice.registry_version',
  )
  const { instance = null } = rows[0] ?? {}
  return instance !== null
}
