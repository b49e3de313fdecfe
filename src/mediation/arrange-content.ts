import type { ContentElement, ContentGroup, ContentNode } from './shape.js'

/** How the elements that are there break the content model. */
export interface ContentProblem {
  readonly rule: 'missing' | 'tooFew' | 'tooMany' | 'choice'
  /** The element; of a choice that is not taken, all that it is between. */
  readonly slots: readonly number[]
  /** Of `tooFew` and `tooMany`. */
  readonly limit: number
}

/**
 * Puts the elements that are there into the order of the schema.
 * @param counts - how many of each slot there are
 * @param order - gets the slots
 * @param problems - gets what breaks the content model
 */
export function arrange(
  node: ContentNode,
  counts: readonly number[],
  order: number[],
  problems: ContentProblem[],
): void {
  if (node.kind === 'element') {
    arrangeElement(node, counts, order, problems)
    return
  }
  if (node.isOptional && !isPresent(node, counts)) return
  if (node.kind === 'choice') {
    arrangeChoice(node, counts, order, problems)
    return
  }
  for (const inner of node.nodes) arrange(inner, counts, order, problems)
}

function arrangeElement(
  { slot, min, max }: ContentElement,
  counts: readonly number[],
  order: number[],
  problems: ContentProblem[],
): void {
  const count = counts[slot] ?? 0
  if (count < min) {
    const rule = count === 0 && max === 1 ? 'missing' : 'tooFew'
    problems.push({ rule, slots: [slot], limit: min })
  } else if (count > max) {
    problems.push({ rule: 'tooMany', slots: [slot], limit: max })
  } else if (count > 0) {
    order.push(slot)
  }
}

function arrangeChoice(
  choice: ContentGroup,
  counts: readonly number[],
  order: number[],
  problems: ContentProblem[],
): void {
  const present = [...choice.slots].filter((slot) => (counts[slot] ?? 0) > 0)
  if (present.length === 0) {
    if (!choice.nodes.some(isEmptiable)) {
      problems.push({ rule: 'missing', slots: [...choice.slots], limit: 1 })
    }
    return
  }
  const fitting = choice.nodes.filter((node) => present.every((slot) => holds(node, slot)))
  const [first, ...others] = fitting
  if (first === undefined) {
    problems.push({ rule: 'choice', slots: present.slice(1, 2), limit: 1 })
    return
  }
  // Branches may share an element; then the one is meant in which nothing is missing.
  const complete = others.length === 0 ? first : fitting.find((node) => isComplete(node, counts))
  arrange(complete ?? first, counts, order, problems)
}

function isComplete(node: ContentNode, counts: readonly number[]): boolean {
  const problems: ContentProblem[] = []
  arrange(node, counts, [], problems)
  return problems.length === 0
}

function holds(node: ContentNode, slot: number): boolean {
  return node.kind === 'element' ? node.slot === slot : node.slots.has(slot)
}

function isPresent(node: ContentNode, counts: readonly number[]): boolean {
  if (node.kind === 'element') return (counts[node.slot] ?? 0) > 0
  for (const slot of node.slots) if ((counts[slot] ?? 0) > 0) return true
  return false
}

function isEmptiable(node: ContentNode): boolean {
  if (node.kind === 'element') return node.min === 0
  if (node.isOptional) return true
  return node.kind === 'choice' ? node.nodes.some(isEmptiable) : node.nodes.every(isEmptiable)
}

/** Steps that it takes to arrange the elements of one object, however few there are. */
export function costOf(node: ContentNode): number {
  if (node.kind === 'element') return 1
  return node.nodes.reduce((cost, inner) => cost + costOf(inner), 1 + node.slots.size)
}
