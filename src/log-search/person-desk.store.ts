import type { KeyObject } from 'node:crypto'
import type pg from 'pg'
import type { ExchangeAboutPerson, ExchangesAboutPerson, PersonDesk } from '../exchange/end-user.js'
import type { EndUser } from '../exchange/person.js'
import { Fault } from '../exchange/fault.js'
import { pseudonymOf } from '../message-log/pseudonym.js'
import { searchExchanges, type FoundExchange } from './log-search.store.js'

/**
 * Tells persons which exchanges were about them, from the log. Whose they are is known by the identifiers that
 * their assertion proves, and by nothing that they state.
 */
export class PersonDeskStore implements PersonDesk {
  readonly #pool: pg.Pool
  readonly #pseudonymKey: KeyObject

  /** @param pool - connections under the role of the bus */
  constructor(pool: pg.Pool, pseudonymKey: KeyObject) {
    this.#pool = pool
    this.#pseudonymKey = pseudonymKey
  }

  close(): Promise<void> {
    return this.#pool.end()
  }

  /** @throws Fault AUDIT_UNAVAILABLE */
  async exchangesAbout(
    { identifiers }: EndUser,
    { limit, before }: { readonly limit: number; readonly before: string | undefined },
  ): Promise<ExchangesAboutPerson> {
    const person = identifiers.flatMap(
      ({ value }) => pseudonymOf('subject', value, this.#pseudonymKey) ?? [],
    )
    const page = before === undefined ? { limit } : { limit, before }
    const found = await this.#reading((client) => searchExchanges(client, { person }, {}, page))
    return { exchanges: found.exchanges.map(shownToPerson), next: found.next }
  }

  async #reading<T>(read: (client: pg.ClientBase) => Promise<T>): Promise<T> {
    let client: pg.PoolClient | undefined
    try {
      client = await this.#pool.connect()
      // A connection that breaks meanwhile is told of by the query under way.
      client.on('error', nothing)
      return await read(client)
    } catch (cause) {
      throw new Fault('AUDIT_UNAVAILABLE', { cause })
    } finally {
      client?.off('error', nothing)
      client?.release()
    }
  }
}

function nothing(): void {}

/** Who asked, on what ground and in which case; nothing of a content, and nothing of anybody else in it. */
function shownToPerson({ exchangeId, request, outcome }: FoundExchange): ExchangeAboutPerson {
  const first = request ?? outcome
  return {
    exchangeId,
    at: first?.receivedAt,
    consumer: first?.consumer,
    provider: first?.provider,
    service: first?.service,
    mode: first?.mode,
    purpose: first?.purpose ?? first?.rightPurpose,
    legalBasis: first?.legalBasis ?? first?.rightLegalBasis,
    caseNumber: first?.caseNumber,
    outcome: outcome?.outcome,
  }
}
