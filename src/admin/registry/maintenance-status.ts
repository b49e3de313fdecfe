import type { JsonValue } from '../../canonical-json.js'
import type { Plan } from '../../registry/plan/plan.js'
import { Problem } from '../problem.js'

/** How works are begun, and how not: a standing tells nobody of them. */
export const announced = {
  az: 'texniki iş elan edilir, planlaşdırılmamış iş də: POST /v1/maintenance-windows',
  en: 'works are announced, unplanned ones too: POST /v1/maintenance-windows',
}

/**
 * Looks at what a declaration would make of services that are there: into maintenance they go by announced works alone.
 * @throws Problem CONFLICT
 */
export function refuseMaintenance({ entryChanges }: Pick<Plan, 'entryChanges'>): void {
  const begins = entryChanges.some(
    ({ noun, before, after }) =>
      noun === 'services' && before !== undefined && isClosed(after) && !isClosed(before),
  )
  if (begins) throw new Problem('CONFLICT', { detail: announced })
}

function isClosed(entry: JsonValue): boolean {
  return (entry as { readonly status?: string }).status === 'maintenance'
}
