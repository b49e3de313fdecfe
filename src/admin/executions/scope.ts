import type { Caller } from '../caller.js'
import { Problem } from '../problem.js'

/** Operator and Agency see every execution, a founder-administrator those of its domains, a member its own. */
export function scopeOf(
  caller: Caller,
): { readonly members: readonly string[]; readonly domains: readonly string[] } | undefined {
  if (caller.has('OPERATOR') || caller.has('AGENCY')) return undefined
  return { members: caller.members, domains: caller.domains }
}

/**
 * Of which members the caller may have lines in the report of a domain; undefined for all.
 * @throws Problem FORBIDDEN for the founder-administrator of another domain alone
 */
export function reportedMembers(caller: Caller, domain: string): readonly string[] | undefined {
  const scope = scopeOf(caller)
  if (scope === undefined || scope.domains.includes(domain)) return undefined
  if (scope.members.length > 0) return scope.members
  const detail = {
    az: 'bu mübadilə sahəsinin təsisçi-administratoru deyilsiniz',
    en: 'you are not the founder-administrator of this exchange domain',
  }
  throw new Problem('FORBIDDEN', { detail })
}
