import { z } from 'zod'
import { resourceAreaLimits } from './limits.js'
import type { RelatedResource, ResourceConsumer } from './relations.store.js'

const nodeKinds = ['member', 'resource', 'service', 'subsystem'] as const
const edgeKinds = ['owns', 'offers', 'reads', 'consumes'] as const

export const graphSchema = z
  .object({
    complete: z.boolean().describe('Whether nothing was left out for the limits'),
    nodes: z.array(
      z.object({
        id: z.string(),
        kind: z.enum(nodeKinds),
        name: z.object({ az: z.string(), en: z.string() }).optional(),
      }),
    ),
    edges: z.array(z.object({ from: z.string(), to: z.string(), kind: z.enum(edgeKinds) })),
  })
  .meta({
    id: 'ResourceGraph',
    description: 'Resources, who owns, offers, reads and consumes them',
  })
export type Graph = z.infer<typeof graphSchema>

/**
 * Relations as nodes and edges: a member owns a resource, a service offers or reads it, a subsystem consumes the
 * service that offers it.
 */
export function graphOf(
  resources: readonly RelatedResource[],
  consumers: readonly ResourceConsumer[],
  isWhole: boolean,
): Graph {
  const nodes = new Map<string, Graph['nodes'][number]>()
  const edges = new Map<string, Graph['edges'][number]>()
  const add = (node: Graph['nodes'][number]): void => {
    if (!nodes.has(node.id)) nodes.set(node.id, node)
  }
  const join = (from: string, to: string, kind: (typeof edgeKinds)[number]): void => {
    edges.set(`${kind} ${from} ${to}`, { from, to, kind })
  }
  for (const { id, owner, name, offeredBy, readBy } of resources) {
    add({ id, kind: 'resource', name })
    add({ id: owner, kind: 'member' })
    join(owner, id, 'owns')
    for (const [kind, codes] of [['offers', offeredBy] as const, ['reads', readBy] as const]) {
      for (const code of codes) {
        add({ id: code, kind: 'service' })
        join(code, id, kind)
      }
    }
  }
  for (const { consumer, service } of consumers) {
    add({ id: consumer, kind: 'subsystem' })
    join(consumer, service, 'consumes')
  }
  return withinLimits([...nodes.values()], [...edges.values()], isWhole)
}

function withinLimits(nodes: Graph['nodes'], edges: Graph['edges'], isWhole: boolean): Graph {
  const { graphNodesMax, graphEdgesMax } = resourceAreaLimits
  const kept = nodes.slice(0, graphNodesMax)
  const known = new Set(kept.map(({ id }) => id))
  const joined = edges.filter(({ from, to }) => known.has(from) && known.has(to))
  const shown = joined.slice(0, graphEdgesMax)
  const complete = isWhole && kept.length === nodes.length && shown.length === edges.length
  return { complete, nodes: kept, edges: shown }
}
