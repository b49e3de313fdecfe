import { Problem } from '../problem.js'
import { leavesNoOperator, type Term } from './granting.js'

/** A term counts while its administrator may log in. */
type CountedTerm = Term & { readonly isActive: boolean }

/**
 * Somebody must be able to run the bus at every moment.
 * @throws Problem CONFLICT
 */
export function refuseWithoutOperator(
  before: readonly CountedTerm[],
  after: readonly CountedTerm[],
  now: Date,
): void {
  const [then, thereafter] = [before, after].map((terms) =>
    terms.filter(({ isActive }) => isActive),
  )
  if (!leavesNoOperator(then ?? [], thereafter ?? [], now)) return
  throw new Problem('CONFLICT', {
    detail: {
      az: 'Son operator varissiz götürülə bilməz: əvvəlcə başqasını təyin edin',
      en: 'The last operator is not taken away without a successor: appoint another first',
    },
  })
}
