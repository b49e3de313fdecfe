import type { PersonDesk } from './end-user.js'
import type { LoggedRequest } from './exchange.js'
import { Fault } from './fault.js'
import { exchangeIdOf } from './recipient-notice.js'

/** What a person asks of their own exchanges, as it stands in a query or a message. */
export interface AskedOfExchanges {
  readonly limit?: string | undefined
  readonly before?: string | undefined
}

export interface PageBounds {
  readonly pageDefault: number
  readonly pageMax: number
}

/**
 * The answer to `myExchanges`: which exchanges were about the user, newest first, as JSON.
 * @throws Fault REQUEST_INVALID, ASSERTION_INVALID, AUDIT_UNAVAILABLE
 */
export async function exchangesAboutUser(
  { user }: Pick<LoggedRequest, 'user'>,
  { limit, before }: AskedOfExchanges,
  persons: PersonDesk,
  { pageDefault, pageMax }: PageBounds,
): Promise<Uint8Array> {
  // Step 2 has seen to it; whose data it tells does not rest on that alone.
  if (!user) throw new Fault('ASSERTION_INVALID')
  const page = {
    limit: limit === undefined ? pageDefault : limitOf(limit, pageMax),
    before: before === undefined ? undefined : exchangeIdOf(before, 'before'),
  }
  return Buffer.from(JSON.stringify(await persons.exchangesAbout(user, page)))
}

function limitOf(text: string, max: number): number {
  const limit = /^[1-9][0-9]{0,3}$/.test(text) ? Number(text) : 0
  if (limit >= 1 && limit <= max) return limit
  throw new Fault('REQUEST_INVALID', { field: 'limit', detail: `It must be from 1 to ${max}.` })
}
