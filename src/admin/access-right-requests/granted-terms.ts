import { Problem, type ProblemPlace } from '../problem.js'
import type { GrantTerms } from './request-json.js'
import type { AskedTerms } from './request.js'

/**
 * What of a request is granted: all that was asked for, or less. Whoever grants it may leave out more, let it end
 * earlier, allow fewer; more than was asked for nobody has answered for.
 * @throws Problem UNPROCESSABLE naming what would be more
 */
export function grantedTerms(asked: AskedTerms, terms: GrantTerms): AskedTerms {
  const until = terms.until === undefined ? asked.until : new Date(terms.until)
  const dailyQuota = terms.dailyQuota ?? asked.dailyQuota
  const modes: AskedTerms['modes'] = terms.modes ?? asked.modes
  const errors: ProblemPlace[] = []
  if (asked.until && until && until > asked.until) errors.push(wider('/until'))
  if (asked.dailyQuota !== undefined && (dailyQuota ?? 0) > asked.dailyQuota) {
    errors.push(wider('/dailyQuota'))
  }
  if (modes.some((mode) => !asked.modes.includes(mode))) errors.push(wider('/modes'))
  if (errors.length > 0) throw new Problem('UNPROCESSABLE', { errors })
  const omit = [...new Set([...asked.omit, ...(terms.omit ?? [])])]
  return { ...asked, until, dailyQuota, modes: [...new Set(modes)], omit }
}

function wider(pointer: string): ProblemPlace {
  return {
    pointer,
    detail: {
      az: 'müraciətdə istəniləndən artıqdır',
      en: 'is more than the request asks for',
    },
  }
}
