import type { JsonValue } from '../../canonical-json.js'
import type { Merger } from '../../connection/case-succession.store.js'
import type { EntryChange } from '../../registry/plan/plan.js'
import type { MemberId } from '../../exchange/identifier.js'

type Fields = { readonly [name: string]: JsonValue | undefined } | undefined

/** Members that have merged into others with these changes: who ends otherwise leaves no name behind that is good for a time. */
export function mergersIn(changes: readonly EntryChange[]): Merger[] {
  return changes.flatMap(({ noun, id, before, after }) => {
    if (noun !== 'members') return []
    const into = mergedInto(after)
    if (into === undefined || into === mergedInto(before)) return []
    return [{ from: id as MemberId, into: into as MemberId }]
  })
}

function mergedInto(entry: JsonValue | undefined): string | undefined {
  const { status, successor, aliasUntil } = (entry ?? {}) as NonNullable<Fields>
  if (status !== 'liquidated' || typeof successor !== 'string') return undefined
  return aliasUntil === undefined || aliasUntil === null ? undefined : successor
}

/** Systems and resources that have another owner with these changes, merger or not. */
export function handedOver(changes: readonly EntryChange[]): string[] {
  return changes.flatMap(({ noun, id, before, after }) => {
    if (noun !== 'subsystems' && noun !== 'resources') return []
    const [former, present] = [before, after].map((entry) => (entry as Fields)?.['owner'])
    return former !== undefined && former !== present ? [id] : []
  })
}
