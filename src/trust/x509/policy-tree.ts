import { anyPolicy, type PolicyMapping } from './certificate-extensions.js'
import { groupBy } from './group-by.js'

/** A policy that is valid at one depth of the path. */
interface PolicyNode {
  readonly policy: string
  expected: ReadonlySet<string>
  readonly parents: ReadonlySet<PolicyNode>
}

type Level = Map<string, PolicyNode>

/**
 * The valid policies along a path (RFC 5280 §6.1), as the graph of RFC 9618: the tree of the older
 * text has one node for every way a policy came about and grows exponentially with mappings; the
 * graph has one node for each policy and depth, and the same verdicts.
 */
export class PolicyGraph {
  // Level 0 is the root: anyPolicy, expecting anyPolicy (§6.1.2 (a)).
  #levels: Level[] = [
    new Map([
      [anyPolicy, { policy: anyPolicy, expected: new Set([anyPolicy]), parents: new Set() }],
    ]),
  ]

  /** Whether no policy is valid any more: the NULL tree of §6.1. */
  get isEmpty(): boolean {
    return this.#levels.length === 0
  }

  /** §6.1.3 (d), (e): one more certificate on the path. */
  step(policies: readonly string[] | undefined, mayUseAnyPolicy: boolean): void {
    const above = this.#levels.at(-1)
    if (!policies || !above) {
      this.#clear()
      return
    }
    const expecting = expectations(above)
    const level: Level = new Map()
    const add = (policy: string, parents: ReadonlySet<PolicyNode>): void => {
      level.set(policy, { policy, expected: new Set([policy]), parents })
    }
    for (const policy of policies) {
      if (policy === anyPolicy) continue
      const parents = expecting.get(policy)
      const any = above.get(anyPolicy)
      if (parents) add(policy, parents)
      else if (any) add(policy, new Set([any]))
    }
    if (mayUseAnyPolicy && policies.includes(anyPolicy)) {
      for (const [policy, parents] of expecting) if (!level.has(policy)) add(policy, parents)
    }
    this.#levels.push(level)
    this.#prune()
  }

  /** §6.1.4 (b): the policies that the next certificate may name in place of these. */
  map(mappings: readonly PolicyMapping[], mayMap: boolean): void {
    const level = this.#levels.at(-1)
    if (!level) return
    for (const [policy, group] of groupBy(mappings, (mapping) => mapping.issuerPolicy)) {
      const node = level.get(policy)
      if (!mayMap) {
        level.delete(policy)
        continue
      }
      const expected = new Set(group.map((mapping) => mapping.subjectPolicy))
      const any = level.get(anyPolicy)
      if (node) node.expected = expected
      else if (any) level.set(policy, { policy, expected, parents: any.parents })
    }
    this.#prune()
  }

  /**
   * §6.1.5 (g) with RFC 9618 §5.6: the policies valid for the whole path, in the words of its first
   * certificate, as far as the user accepts them.
   * @param userPolicies undefined for any-policy
   */
  validPolicies(userPolicies: ReadonlySet<string> | undefined): ReadonlySet<string> {
    const valid = new Set<string>()
    const last = this.#levels.at(-1)
    for (const level of this.#levels.slice(1)) {
      for (const { policy, parents } of level.values()) {
        const isFromAny = [...parents].some((parent) => parent.policy === anyPolicy)
        if (isFromAny && policy !== anyPolicy) valid.add(policy)
      }
    }
    if (last?.has(anyPolicy)) valid.add(anyPolicy)
    if (!userPolicies) return valid
    return valid.has(anyPolicy)
      ? userPolicies
      : new Set([...valid].filter((policy) => userPolicies.has(policy)))
  }

  #clear(): void {
    this.#levels = []
  }

  /** §6.1.3 (d)(3): a node without a child goes, and so upwards. */
  #prune(): void {
    for (let depth = this.#levels.length - 1; depth > 0; depth -= 1) {
      const used = new Set<PolicyNode>()
      for (const node of this.#levels[depth]?.values() ?? []) {
        for (const parent of node.parents) used.add(parent)
      }
      const above = this.#levels[depth - 1]
      for (const [policy, node] of above ?? []) if (!used.has(node)) above?.delete(policy)
    }
    if (this.#levels.at(-1)?.size === 0) this.#clear()
  }
}

/** Which nodes of a level expect which policy. */
function expectations(level: Level): Map<string, Set<PolicyNode>> {
  const expecting = new Map<string, Set<PolicyNode>>()
  for (const node of level.values()) {
    for (const policy of node.expected) {
      const nodes = expecting.get(policy) ?? new Set<PolicyNode>()
      expecting.set(policy, nodes.add(node))
    }
  }
  return expecting
}
