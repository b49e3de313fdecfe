import type { ClientBase } from 'pg'
import { forgetDataKeys } from './data-keys.store.js'
import { heldServices, lockHolds } from './legal-hold.store.js'
import { dayAfter, dayOfId, firstIdOf, startOf } from './log-day.js'
import { retentionDaysOf, type Retention } from './retention.js'
import { inTransaction, takeTurn } from './turn.store.js'

export interface EraseInput {
  readonly retention: Retention
  /** Days before this one only; all whose retention is over otherwise. */
  readonly day?: string | undefined
  /** Of this service only, with or without a version. */
  readonly service?: string | undefined
  /** Records the act within the transaction; called once a day. */
  readonly recordAct: (client: ClientBase, what: ErasedDay) => Promise<string>
  readonly now: () => Date
  readonly tell?: ((done: DayOutcome) => void) | undefined
}

/** Payloads that were erased, by service; '' is entries that name none. */
export interface ErasedDay {
  readonly day: string
  readonly payloads: Readonly<Record<string, number>>
  readonly at: Date
}

/** What became of a day. */
export interface DayOutcome extends ErasedDay {
  /** Services that stay because a legal hold keeps one of their exchanges of that day. */
  readonly held: readonly string[]
  readonly dataKeys: number
}

interface Range {
  readonly fromId: string
  readonly beforeId: string
}

/**
 * Erases payloads at the end of their retention, a day in a transaction, with the data keys that nothing
 * needs any more. Entries stay, and so does every proof. What a hold keeps stays, with all of its service
 * of that day.
 * @param client - of the owner of the schema; outside a transaction
 * @throws ArchiveRefusal while another such command runs
 */
export async function erasePayloads(client: ClientBase, input: EraseInput): Promise<DayOutcome[]> {
  await takeTurn(client)
  const outcomes: DayOutcome[] = []
  const end = endOf(input)
  for (let fromId = firstIdOf(new Date(0)); ;) {
    const oldest = await oldestPayload(client, { fromId, beforeId: end })
    if (oldest === undefined) return outcomes
    const day = dayOfId(oldest)
    const range = { fromId: firstIdOf(startOf(day)), beforeId: firstIdOf(startOf(dayAfter(day))) }
    const outcome = await eraseDay(client, day, range, input)
    if (outcome) {
      outcomes.push(outcome)
      input.tell?.(outcome)
    }
    fromId = range.beforeId
  }
}

/** No day from here on can be over its retention, whatever its service. */
function endOf({ retention, day, now }: EraseInput): string {
  const shortest = Math.min(retention.payloadsDays, ...Object.values(retention.services))
  const over = firstIdOf(new Date(now().getTime() - shortest * 86_400_000))
  const wanted = day === undefined ? over : firstIdOf(startOf(day))
  return wanted < over ? wanted : over
}

async function oldestPayload(
  client: ClientBase,
  { fromId, beforeId }: Range,
): Promise<string | undefined> {
  const { rows } = await client.query<{ exchange_id: string }>(
    `SELECT exchange_id FROM sluice.message_log_payload
      WHERE exchange_id >= $1 AND exchange_id < $2 ORDER BY exchange_id LIMIT 1`,
    [fromId, beforeId],
  )
  return rows[0]?.exchange_id
}

async function eraseDay(
  client: ClientBase,
  day: string,
  range: Range,
  input: EraseInput,
): Promise<DayOutcome | undefined> {
  const over = (await servicesOf(client, range)).filter((service) => isOver(service, day, input))
  if (over.length === 0) return undefined
  return inTransaction(client, async () => {
    // Whoever sets a hold from now on waits until this day is done.
    await lockHolds(client)
    const keeping = new Set(await heldServices(client, range))
    const held = over.filter((service) => keeping.has(service))
    const going = over.filter((service) => !keeping.has(service))
    const at = input.now()
    if (going.length === 0) return { day, payloads: {}, at, held, dataKeys: 0 }
    const erased = await deletePayloads(client, range, going)
    const { payloads } = erased
    const actId = await input.recordAct(client, { day, payloads, at })
    await insertErasure(client, range, payloads, { actId, at })
    const dataKeys = await forgetDataKeys(client, erased.dataKeyIds, at)
    return { day, payloads, at, held, dataKeys }
  })
}

/** A day is over its retention when its last millisecond is. */
function isOver(service: string, day: string, input: EraseInput): boolean {
  const { retention, service: wanted, now } = input
  if (wanted !== undefined && service !== wanted && !service.startsWith(`${wanted}/`)) return false
  const end = startOf(dayAfter(day, 1 + retentionDaysOf(retention, service)))
  const isWanted = input.day === undefined || day < input.day
  return isWanted && end.getTime() <= now().getTime()
}

async function servicesOf(client: ClientBase, { fromId, beforeId }: Range): Promise<string[]> {
  const { rows } = await client.query<{ service: string }>(
    `SELECT DISTINCT coalesce(e.service, '') AS service
       FROM sluice.message_log_payload p JOIN sluice.message_log_entry e USING (exchange_id, half)
      WHERE p.exchange_id >= $1 AND p.exchange_id < $2
        AND e.exchange_id >= $1 AND e.exchange_id < $2 ORDER BY 1`,
    [fromId, beforeId],
  )
  return rows.map(({ service }) => service)
}

async function deletePayloads(
  client: ClientBase,
  { fromId, beforeId }: Range,
  services: readonly string[],
): Promise<{ readonly payloads: ErasedDay['payloads']; readonly dataKeyIds: string[] }> {
  const { rows } = await client.query<{ service: string; data_key_id: string; count: string }>(
    `WITH gone AS (
       DELETE FROM sluice.message_log_payload p USING sluice.message_log_entry e
        WHERE p.exchange_id >= $1 AND p.exchange_id < $2
          AND e.exchange_id >= $1 AND e.exchange_id < $2
          AND e.exchange_id = p.exchange_id AND e.half = p.half
          AND coalesce(e.service, '') = ANY($3)
       RETURNING coalesce(e.service, '') AS service, p.data_key_id)
     SELECT service, data_key_id, count(*) FROM gone GROUP BY 1, 2 ORDER BY 1, 2`,
    [fromId, beforeId, services],
  )
  const payloads = new Map<string, number>()
  for (const { service, count } of rows) {
    payloads.set(service, (payloads.get(service) ?? 0) + Number(count))
  }
  const dataKeyIds = [...new Set(rows.map((row) => row.data_key_id))]
  return { payloads: Object.fromEntries(payloads), dataKeyIds }
}

async function insertErasure(
  client: ClientBase,
  { fromId, beforeId }: Range,
  payloads: ErasedDay['payloads'],
  { actId, at }: { readonly actId: string; readonly at: Date },
): Promise<void> {
  await client.query(
    `INSERT INTO sluice.payload_erasure (act_id, service, from_id, before_id, payloads, erased_at)
     SELECT $1, service, $2, $3, count, $4 FROM unnest($5::text[], $6::bigint[]) AS each (service, count)`,
    [actId, fromId, beforeId, at, Object.keys(payloads), Object.values(payloads)],
  )
}
