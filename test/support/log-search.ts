import type { ClientBase, Pool } from 'pg'
import { createPool } from '../../src/database/connection.js'
import type { ServiceId, SubsystemId } from '../../src/exchange/identifier.js'
import { Fault, type FaultCode } from '../../src/exchange/fault.js'
import { providerOf } from '../../src/exchange/identifier.js'
import type { MessageLog } from '../../src/message-log/message-log.store.js'
import type { ValidatedRequest } from '../../src/exchange/exchange.js'
import { SearchFilling } from '../../src/log-search/search-filling.store.js'
import type { SearchFillLimits } from '../../src/limits/log-search.js'
import { sampleAccepted, sampleValidated, type SampleWish } from './sample-exchange.js'

/** The jobs of search as a node has them. The caller ends the pool. */
export function testSearchFilling(
  jobsUrl: string,
  limits: Partial<SearchFillLimits> = {},
): { readonly filling: SearchFilling; readonly pool: Pool } {
  const pool = createPool({
    url: jobsUrl,
    role: 'jobs',
    applicationName: 'sluice test search',
    connectionTimeoutMs: 5_000,
    statementTimeoutMs: 10_000,
    connectionsMax: 8,
    idleTimeoutMs: 5_000,
  })
  pool.on('error', () => undefined)
  return { filling: new SearchFilling({ pool, limits }), pool }
}

export interface PlantWish extends SampleWish {
  readonly service?: ServiceId
  /** FIN of those whom it names. */
  readonly named?: readonly string[]
  /** How it ends; answered by default. */
  readonly outcome?: 'answered' | 'open' | FaultCode
}

function validatedOf({ service, named = [], ...wish }: PlantWish): ValidatedRequest {
  const subjects = named.map((value) => ({ type: 'fin', value }) as const)
  const validated = { ...sampleValidated(wish), subjects }
  if (service === undefined) return validated
  const provider: SubsystemId = providerOf(service)
  return { ...validated, route: { ...validated.route, service, provider } }
}

/** Has an exchange logged that went as wished. @returns its id */
export async function plant(log: MessageLog, wish: PlantWish = {}): Promise<string> {
  const { outcome = 'answered' } = wish
  const logged = await log.logRequest(validatedOf(wish))
  if (outcome === 'answered') await log.logReply(sampleAccepted(), logged)
  else if (outcome !== 'open') await log.logRefusal(new Fault(outcome), logged)
  return logged.exchangeId
}

/** Whatever the search tables hold, by exchange. */
export async function searchRows(owner: ClientBase): Promise<unknown[]> {
  const { rows } = await owner.query<Record<string, unknown>>(
    `SELECT s.*, p.domain, p.consumer, p.provider, p.service, p.outcome
       FROM sluice.exchange_search AS s JOIN sluice.exchange_search_parties AS p ON p.id = s.parties
      ORDER BY exchange_id`,
  )
  return rows
}
