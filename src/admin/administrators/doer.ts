import type { Act } from '../../audit-log/act.js'
import type { Caller } from '../caller.js'
import type { Granter } from './granting.js'

/** Who changes something: what they may grant, and how the audit log calls them. */
export interface Doer {
  readonly granter: Granter
  readonly author: Pick<Act, 'actor' | 'account' | 'role' | 'reason'>
}

/** The caller of a route. */
export function doerOf(caller: Caller): Doer {
  return { granter: granterOf(caller), author: caller.actor() }
}

export function granterOf(caller: Caller): Granter {
  const { administratorId, members, domains } = caller
  return { administratorId, isOperator: caller.has('OPERATOR'), members, domains }
}
