import type { HoldScope } from './legal-hold.store.js'
import { dayAfter, firstIdOf, startOf } from './log-day.js'

/** What of an entry a hold goes by; '' for what it does not name. */
export interface HeldEntry {
  readonly id: string
  readonly service: string
  readonly consumer: string
  readonly domain: string
}

/** Whether a hold keeps an entry, as in the database: what is held with a name is held with all that is below it. */
export function keeps(hold: HoldScope, entry: HeldEntry): boolean {
  const { exchangeId, service, consumer, domain, fromDay, toDay } = hold
  return (
    (exchangeId === undefined || exchangeId === entry.id) &&
    (service === undefined || isBelow(entry.service, service)) &&
    (consumer === undefined || isBelow(entry.consumer, consumer)) &&
    (domain === undefined || domain === entry.domain) &&
    (fromDay === undefined || entry.id >= firstIdOf(startOf(fromDay))) &&
    (toDay === undefined || entry.id < firstIdOf(startOf(dayAfter(toDay))))
  )
}

function isBelow(name: string, above: string): boolean {
  return name === above || name.startsWith(`${above}/`)
}
