import type { Wildcard } from './schema-model.js'

/** Namespaces that both allow (part 1 §3.10.6, intersection); `process` is that of the first. */
export function shared(a: Wildcard, b: Wildcard): Wildcard {
  const [first, second] = [a.namespaces, b.namespaces]
  if (first === 'any') return { ...a, namespaces: second }
  if (second === 'any') return a
  if ('of' in first) return { ...a, namespaces: { of: first.of.filter((each) => allows(b, each)) } }
  if ('of' in second)
    return { ...a, namespaces: { of: second.of.filter((each) => allows(a, each)) } }
  return { ...a, namespaces: { not: [...new Set([...first.not, ...second.not])] } }
}

/** Namespaces that one of them allows (part 1 §3.10.6, union); `process` is that of the first. */
export function joined(a: Wildcard, b: Wildcard): Wildcard {
  const [first, second] = [a.namespaces, b.namespaces]
  if (first === 'any' || second === 'any') return { ...a, namespaces: 'any' }
  if ('of' in first && 'of' in second) {
    return { ...a, namespaces: { of: [...new Set([...first.of, ...second.of])] } }
  }
  const excluded = 'not' in first ? first.not : 'not' in second ? second.not : []
  const other = 'not' in first ? b : a
  const not = excluded.filter((each) => !allows(other, each))
  return { ...a, namespaces: not.length === 0 ? 'any' : { not } }
}

/** Whether a wildcard allows a namespace; empty for none. */
export function allows({ namespaces }: Wildcard, namespace: string): boolean {
  if (namespaces === 'any') return true
  return 'of' in namespaces
    ? namespaces.of.includes(namespace)
    : !namespaces.not.includes(namespace)
}
