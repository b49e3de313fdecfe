import type { ClientBase, Pool } from 'pg'
import { providerOf, type ServiceId, type SubsystemId } from '../exchange/identifier.js'
import { writeNotices } from '../notice/notice.store.js'
import type { ProviderTrouble, TroubleReason } from '../registry/provider-trouble.js'
import type { HealthChange } from './health-change.js'
import { relapseMs } from './limits.js'

export interface HealthTerms {
  /** Failures in a row after which a service is FAULTY. */
  readonly failuresMax: number
  /** Whose administrators are told; undefined where the registry does not know. */
  readonly ownerOf: (system: SubsystemId) => string | undefined
  /** A service has become FAULTY, or is ACTIVE again. */
  readonly onTurn: (kind: TurnKind, service: ServiceId, reason: TroubleReason) => void
}

export type TurnKind = 'service.faulty' | 'service.restored'

interface Counted {
  readonly failures: number
  readonly consumer: SubsystemId | null
}

interface TroubleRow {
  readonly state: 'FAULTY' | 'ACTIVE'
  readonly reason: TroubleReason
  readonly consumer: SubsystemId | null
  readonly relapse: boolean
}

/** Failures of providers in the database, counted over all workers and nodes, and the state that follows from them. */
export class ProviderHealthStore {
  readonly #pool: Pool
  readonly #terms: HealthTerms

  constructor(pool: Pool, terms: HealthTerms) {
    this.#pool = pool
    this.#terms = terms
  }

  /** Counts what happened; what becomes of a service by it, and that its owner is told, is one transaction. */
  async count(changes: readonly HealthChange[]): Promise<void> {
    for (const change of changes) {
      await this.#transaction(async (client) => {
        const counted = await countChange(client, change)
        const { failures } = counted
        if (failures >= this.#terms.failuresMax) await this.#becomeFaulty(client, change, counted)
        else if (change.wentWell) await this.#restore(client, change.service)
      })
    }
  }

  /** Services of which failures were counted, and no success since. */
  async failing(): Promise<ServiceId[]> {
    const { rows } = await this.#pool.query<{ service: ServiceId }>(
      'SELECT service FROM sluice.provider_failures WHERE failures > 0',
    )
    return rows.map(({ service }) => service)
  }

  /** Whether the caller, of all workers and nodes, is the one that tries a service now. */
  async claimProbe(service: ServiceId, everyMs: number): Promise<boolean> {
    const { rowCount } = await this.#pool.query(
      `UPDATE sluice.provider_failures SET probed_at = clock_timestamp()
        WHERE service = $1 AND (probed_at IS NULL
           OR probed_at <= clock_timestamp() - $2::integer * interval '1 millisecond')`,
      [service, everyMs],
    )
    return rowCount === 1
  }

  async #becomeFaulty(
    client: ClientBase,
    { service, reason }: HealthChange,
    { consumer }: Counted,
  ): Promise<void> {
    const before = await readTrouble(client, service)
    if (before?.state === 'FAULTY') {
      // What failed for one consumer alone fails for others too.
      if (before.consumer !== null && consumer === null) {
        await client.query(
          `UPDATE sluice.provider_trouble SET consumer = NULL, reason = $2 WHERE service = $1`,
          [service, reason],
        )
      }
      return
    }
    const probe: ProviderTrouble['probe'] =
      reason === 'unreachable' && before?.relapse !== true ? 'connection' : 'exchange'
    await client.query(
      `INSERT INTO sluice.provider_trouble (service, state, reason, consumer, probe)
       VALUES ($1, 'FAULTY', $2, $3, $4)
       ON CONFLICT (service) DO UPDATE SET state = 'FAULTY', reason = EXCLUDED.reason,
         consumer = EXCLUDED.consumer, probe = EXCLUDED.probe, since = clock_timestamp(),
         restored_at = NULL`,
      [service, reason, consumer, probe],
    )
    await this.#notify(client, 'service.faulty', service, reason)
  }

  async #restore(client: ClientBase, service: ServiceId): Promise<void> {
    const before = await readTrouble(client, service)
    if (before?.state !== 'FAULTY') return
    await client.query(
      `UPDATE sluice.provider_trouble SET state = 'ACTIVE', restored_at = clock_timestamp()
        WHERE service = $1`,
      [service],
    )
    await this.#notify(client, 'service.restored', service, before.reason)
  }

  /** The provider's administrators, who have to act, and the operator. */
  async #notify(
    client: ClientBase,
    kind: TurnKind,
    service: ServiceId,
    reason: TroubleReason,
  ): Promise<void> {
    const member = this.#terms.ownerOf(providerOf(service))
    const notice = { kind, subject: service, data: { reason } }
    const toOwner = member === undefined ? [] : [{ ...notice, member }]
    await writeNotices(client, [...toOwner, { ...notice, role: 'OPERATOR' }])
    this.#terms.onTurn(kind, service, reason)
  }

  async #transaction(work: (client: ClientBase) => Promise<void>): Promise<void> {
    const client = await this.#pool.connect()
    let broken = false
    try {
      await client.query('BEGIN')
      await work(client)
      await client.query('COMMIT')
    } catch (error) {
      await client.query('ROLLBACK').catch(() => (broken = true))
      throw error
    } finally {
      client.release(broken)
    }
  }
}

/**
 * The row is locked until the transaction ends, so that the states of one service follow each other. Who may have to tell
 * that it goes well again is notified: whoever succeeds next breaks the row of failures.
 */
async function countChange(
  client: ClientBase,
  { service, wentWell, failures, consumer }: HealthChange,
): Promise<Counted> {
  const { rows } = await client.query<Counted>(
    `INSERT INTO sluice.provider_failures AS f (service, failures, consumer) VALUES ($1, $3, $4)
     ON CONFLICT (service) DO UPDATE SET
       failures = least(CASE WHEN $2 THEN 0 ELSE f.failures END + EXCLUDED.failures, 1000000),
       consumer = CASE WHEN $2 OR f.failures = 0 OR f.consumer = EXCLUDED.consumer
         THEN EXCLUDED.consumer END,
       failed_at = clock_timestamp()
     RETURNING failures, consumer`,
    [service, wentWell, failures, consumer ?? null],
  )
  if (failures > 0) await client.query("SELECT pg_notify('sluice_failures', $1)", [service])
  const [counted] = rows
  if (!counted) throw new Error('a row that was just written')
  return counted
}

async function readTrouble(
  client: ClientBase,
  service: ServiceId,
): Promise<TroubleRow | undefined> {
  const { rows } = await client.query<TroubleRow>(
    `SELECT state, reason, consumer, coalesce(restored_at
              > clock_timestamp() - $2::integer * interval '1 millisecond', false) AS relapse
       FROM sluice.provider_trouble WHERE service = $1`,
    [service, relapseMs],
  )
  return rows[0]
}
