import { accessRightIdOf } from '../../registry/access-right.js'
import type { AskedTerms } from './request.js'

/** The same parties and purpose are the same right, whoever declares it. */
export function rightIdOf({ consumer, service, purpose }: AskedTerms): string {
  return accessRightIdOf(consumer, service, purpose)
}

/**
 * The declaration of the right that was asked for. Every field is said: of a right that was there before nothing stays
 * that is not granted now.
 */
export function declarationOf(
  terms: AskedTerms,
): (content: { readonly instance: string | undefined }) => object {
  const { consumer, service, legalBasis, purpose, modes, omit, from, until, dailyQuota } = terms
  const right = {
    ...{ id: rightIdOf(terms), consumer, service, legalBasis, purpose, modes, omit },
    ...{ from: from.toISOString(), until: until?.toISOString() ?? null },
    ...{ dailyQuota: dailyQuota ?? null, status: 'active' },
  }
  return ({ instance }) => ({ instance, accessRights: [right] })
}
