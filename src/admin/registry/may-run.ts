import { notToRun, type NotToRun } from '../../agreement/annex.store.js'
import type { JsonValue } from '../../canonical-json.js'
import { suspendedByRecheck } from '../../recheck/recheck.store.js'
import type { EntryChange } from '../../registry/plan/plan.js'
import type { AdminTransaction } from '../admin-database.store.js'
import { Problem } from '../problem.js'

/**
 * What the connection desk has registered runs once its case is through, while its owner has an agreement in force, and
 * unless a recheck has suspended it: no other way of the API leads around it, a maintenance that ends by itself neither.
 * @param client - in the transaction that has written the changes
 * @throws Problem CONFLICT
 */
export async function checkMayRun(
  client: AdminTransaction,
  changes: readonly EntryChange[],
  now: Date,
): Promise<void> {
  const begun = changes.filter(begins).map(({ id }) => id)
  if (begun.length === 0) return
  const [first] = await notToRun(client, begun, now)
  if (first) throw new Problem('CONFLICT', { detail: textOf(first) })
  const suspended = await suspendedByRecheck(client, begun)
  if (suspended !== undefined) {
    const az = `${suspended} üzrə təkrar yoxlamada hələ müsbət rəy verilməyib`
    const en = `The recheck of ${suspended} has no positive opinion yet`
    throw new Problem('CONFLICT', { detail: { az, en } })
  }
}

function begins({ noun, before, after }: EntryChange): boolean {
  if (noun !== 'subsystems' && noun !== 'services' && noun !== 'resources') return false
  return runs(after) && !runs(before)
}

function runs(entry: JsonValue | undefined): boolean {
  const status = (entry as { readonly status?: string } | undefined)?.status
  return status === 'active' || status === 'maintenance'
}

function textOf({ object, why }: NotToRun): { az: string; en: string } {
  return why === 'unconnected'
    ? {
        az: `${object} hələ qoşulmayıb: qoşulma işi başa çatdırılmalıdır`,
        en: `${object} is not connected yet: its connection case has to come to its end`,
      }
    : {
        az: `${object} üçün qüvvədə olan müqavilə yoxdur`,
        en: `${object} has no agreement in force`,
      }
}
