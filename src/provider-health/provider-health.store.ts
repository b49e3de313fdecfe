import type { ClientBase, Pool } from 'pg'
import {
  providerOf,
  serviceCodeOf,
  type MemberId,
  type ServiceId,
  type SubsystemId,
} from '../exchange/identifier.js'
import { writeNotices } from '../notice/notice.store.js'
import type { ProviderTrouble, TroubleReason } from '../registry/provider-trouble.js'
import type { HealthChange } from './health-change.js'
import { relapseMs } from './limits.js'

export interface HealthTerms {
  /** Failures in a row after which a service is FAULTY. */
  readonly failuresMax: number
  /** Whose administrators are told; undefined where the registry does not know. */
  readonly ownerOf: (system: SubsystemId) => MemberId | undefined
  /** Whose founder's administrators are told; undefined as above. */
  readonly domainOf: (system: SubsystemId) => string | undefined
  /** The bus's own try: whether a connection can be made; undefined where that cannot be told. */
  readonly isReached: (service: ServiceId) => Promise<boolean | undefined>
  /** A service has become FAULTY, or is ACTIVE again. */
  readonly onTurn: (kind: TurnKind, service: ServiceId, reason: TroubleReason) => void
  readonly warn: (event: string, details: Readonly<Record<string, unknown>>) => void
}

export type TurnKind = 'service.faulty' | 'service.restored'

interface Counted {
  readonly failures: number
  /** Null where the requests of several members failed. */
  readonly member: MemberId | null
}

interface TroubleRow {
  readonly state: 'FAULTY' | 'ACTIVE'
  readonly reason: TroubleReason
  readonly member: MemberId | null
  readonly relapse: boolean
}

/** Why a service is to be FAULTY, and for whom. */
interface Finding {
  readonly service: ServiceId
  readonly reason: TroubleReason
  /** Null: for everybody. */
  readonly member: MemberId | null
}

/** Failures of providers in the database, counted over all workers and nodes, and the state that follows from them. */
export class ProviderHealthStore {
  readonly #pool: Pool
  readonly #terms: HealthTerms
  /** Services that this worker is trying itself. */
  readonly #looking = new Map<ServiceId, Promise<void>>()

  constructor(pool: Pool, terms: HealthTerms) {
    this.#pool = pool
    this.#terms = terms
  }

  /**
   * Counts what happened; what becomes of a service by it, and that its owner is told, is one transaction. Where the requests of
   * one member alone failed, the bus looks for itself before anything is closed for others: see {@link settled}.
   */
  async count(changes: readonly HealthChange[]): Promise<void> {
    for (const change of changes) {
      const { service, reason } = change
      const isOneMembers = await this.#transaction(async (client) => {
        const { failures, member } = await countChange(client, change)
        if (failures < this.#terms.failuresMax) {
          if (change.wentWell) await this.#restore(client, service)
          return false
        }
        if (member === null) await this.#becomeFaulty(client, { service, reason, member })
        return member !== null && !(await isClosedForAll(client, service))
      })
      if (isOneMembers && !this.#looking.has(service)) this.#look(service, reason)
    }
  }

  /** Resolves when the bus has seen for itself what it was looking into. */
  async settled(): Promise<void> {
    await Promise.all(this.#looking.values())
  }

  #look(service: ServiceId, reason: TroubleReason): void {
    const looked = this.#lookFor(service, reason)
      .catch((error: unknown) => {
        this.#terms.warn('provider_health.look_failed', { service, error: String(error) })
      })
      .finally(() => this.#looking.delete(service))
    this.#looking.set(service, looked)
  }

  /**
   * One member, with however many systems, closes a service for itself alone; for everybody where the bus cannot connect
   * either, or where nobody else has a right to it, so that what is down is known at once.
   */
  async #lookFor(service: ServiceId, reason: TroubleReason): Promise<void> {
    const isDown = (await this.#terms.isReached(service)) === false
    await this.#transaction(async (client) => {
      const counted = await lockCounted(client, service)
      // It went well for somebody meanwhile.
      if (!counted || counted.failures < this.#terms.failuresMax) return
      const { member } = counted
      const isForAll = isDown || member === null || (await isOnlyConsumer(client, service, member))
      await this.#becomeFaulty(client, {
        ...{ service, member: isForAll ? null : member },
        reason: isDown ? 'unreachable' : reason,
      })
    })
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

  async #becomeFaulty(client: ClientBase, { service, reason, member }: Finding): Promise<void> {
    const before = await readTrouble(client, service)
    const isNew = before?.state !== 'FAULTY'
    // What failed for one member alone may fail for others too by now; nothing else changes until it is over.
    if (!isNew && (before.member === null || member !== null)) return
    // Where one member alone fails, a connection that the bus can make proves nothing.
    const isConnected = reason === 'unreachable' && member === null && before?.relapse !== true
    const probe: ProviderTrouble['probe'] = isConnected ? 'connection' : 'exchange'
    await client.query(
      `INSERT INTO sluice.provider_trouble (service, state, reason, member, probe)
       VALUES ($1, 'FAULTY', $2, $3, $4)
       ON CONFLICT (service) DO UPDATE SET state = 'FAULTY', reason = EXCLUDED.reason,
         member = EXCLUDED.member, consumer = NULL, probe = EXCLUDED.probe,
         since = clock_timestamp(), restored_at = NULL`,
      [service, reason, member, probe],
    )
    if (isNew) await this.#notify(client, 'service.faulty', { service, reason, member })
  }

  async #restore(client: ClientBase, service: ServiceId): Promise<void> {
    const before = await readTrouble(client, service)
    if (before?.state !== 'FAULTY') return
    await client.query(
      `UPDATE sluice.provider_trouble SET state = 'ACTIVE', restored_at = clock_timestamp()
        WHERE service = $1`,
      [service],
    )
    await this.#notify(client, 'service.restored', { ...before, service })
  }

  /** The provider's administrators, who have to act, the operator, and the founder of the domain. */
  async #notify(
    client: ClientBase,
    kind: TurnKind,
    { service, reason, member: asked }: Finding,
  ): Promise<void> {
    const system = providerOf(service)
    const [member, domain] = [this.#terms.ownerOf(system), this.#terms.domainOf(system)]
    const notice = { kind, subject: service, data: { reason, ...(asked !== null && { asked }) } }
    const toOwner = member === undefined ? [] : [{ ...notice, member }]
    const toFounder = domain === undefined ? [] : [{ ...notice, domain }]
    await writeNotices(client, [...toOwner, { ...notice, role: 'OPERATOR' }, ...toFounder])
    this.#terms.onTurn(kind, service, reason)
  }

  async #transaction<Result>(work: (client: ClientBase) => Promise<Result>): Promise<Result> {
    const client = await this.#pool.connect()
    let broken = false
    try {
      await client.query('BEGIN')
      const result = await work(client)
      await client.query('COMMIT')
      return result
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
  { service, wentWell, failures, member }: HealthChange,
): Promise<Counted> {
  const { rows } = await client.query<Counted>(
    `INSERT INTO sluice.provider_failures AS f (service, failures, member) VALUES ($1, $3, $4)
     ON CONFLICT (service) DO UPDATE SET
       failures = least(CASE WHEN $2 THEN 0 ELSE f.failures END + EXCLUDED.failures, 1000000),
       member = CASE WHEN $2 OR f.failures = 0 OR f.member = EXCLUDED.member
         THEN EXCLUDED.member END,
       failed_at = clock_timestamp()
     RETURNING failures, member`,
    [service, wentWell, failures, member ?? null],
  )
  if (failures > 0) await client.query("SELECT pg_notify('sluice_failures', $1)", [service])
  const [counted] = rows
  if (!counted) throw new Error('a row that was just written')
  return counted
}

/** As `countChange` left it, or whoever counted since; locked until the transaction ends. */
async function lockCounted(client: ClientBase, service: ServiceId): Promise<Counted | undefined> {
  const { rows } = await client.query<Counted>(
    'SELECT failures, member FROM sluice.provider_failures WHERE service = $1 FOR UPDATE',
    [service],
  )
  return rows[0]
}

/** Whether no other member's system has a right to the service that is in force now. */
async function isOnlyConsumer(
  client: ClientBase,
  service: ServiceId,
  member: MemberId,
): Promise<boolean> {
  const { rowCount } = await client.query(
    `SELECT FROM sluice.access_right r JOIN sluice.subsystem c ON c.id = r.consumer
      WHERE r.provider = $1 AND r.service IN ($2, $3) AND r.status = 'active'
        AND r.valid_from <= clock_timestamp()
        AND (r.valid_until IS NULL OR r.valid_until > clock_timestamp())
        AND c.status <> 'liquidated' AND coalesce(c.owner, c.member) <> $4 LIMIT 1`,
    [providerOf(service), service, serviceCodeOf(service), member],
  )
  return rowCount === 0
}

async function isClosedForAll(client: ClientBase, service: ServiceId): Promise<boolean> {
  const trouble = await readTrouble(client, service)
  return trouble?.state === 'FAULTY' && trouble.member === null
}

async function readTrouble(
  client: ClientBase,
  service: ServiceId,
): Promise<TroubleRow | undefined> {
  const { rows } = await client.query<TroubleRow>(
    `SELECT state, reason, member, coalesce(restored_at
              > clock_timestamp() - $2::integer * interval '1 millisecond', false) AS relapse
       FROM sluice.provider_trouble WHERE service = $1`,
    [service, relapseMs],
  )
  return rows[0]
}
