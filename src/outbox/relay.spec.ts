import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import pg from 'pg'
import { startTestDatabase, type TestDatabase } from '../../test/support/database.js'
import { testLogJobs, until } from '../../test/support/message-log.js'
import {
  message,
  Recipients,
  rowsOf,
  Senders,
  startWorker,
  type TestWorker,
  type WorkerWish,
} from '../../test/support/outbox.js'
import { Fault } from '../exchange/fault.js'
import { parseSubsystemId } from '../exchange/identifier.js'

let database: TestDatabase
let owner: pg.Client
let recipients: Recipients
let senders: Senders
const workers: TestWorker[] = []

const other = parseSubsystemId('AZ/GOV/VN/VERGI')
const sender = (n: number) => parseSubsystemId(`AZ/GOV/VN/SYS${n}`)

beforeAll(async () => {
  database = await startTestDatabase()
  owner = new pg.Client(database.ownerUrl)
  await owner.connect()
})

beforeEach(() => {
  recipients = new Recipients()
  senders = new Senders()
})

afterEach(async () => {
  await Promise.all(workers.splice(0).map((worker) => worker.close()))
  await owner.query('TRUNCATE sluice.outbox_message, sluice.outbox_notice')
})

afterAll(async () => {
  await owner.end()
  await database.stop()
})

async function worker(wish: Partial<WorkerWish> = {}): Promise<TestWorker> {
  const started = await startWorker(database, { recipients, senders, ...wish })
  workers.push(started)
  return started
}

/** What the last attempts at the messages that wait ended with, in their order. */
async function faultsOf(): Promise<(string | null)[]> {
  const { rows } = await owner.query<{ last_fault: string | null }>(
    'SELECT last_fault FROM sluice.outbox_message ORDER BY position',
  )
  return rows.map((row) => row.last_fault)
}

const nothingWaits = (): Promise<void> => until(async () => (await rowsOf(owner)).waiting === 0)
const idsOf = (provider: string): string[] =>
  recipients.deliveries
    .filter((each) => each.provider === provider)
    .map(({ messageId }) => messageId)
const numbered = (count: number): string[] => Array.from({ length: count }, (_, n) => `m-${n}`)

describe('a one-way message', () => {
  it('is delivered with its content, and its sender told: by the worker that took it', async () => {
    const { accept } = await worker()
    const { exchangeId } = await accept(message({ payload: Buffer.from('bir sənəd') }))
    await nothingWaits()
    expect(recipients.deliveries.map(({ payload }) => payload)).toEqual(['bir sənəd'])
    const { outcomes, notices } = await rowsOf(owner)
    expect(outcomes.get(exchangeId)).toBe('answered')
    expect(notices.get(exchangeId)).toEqual(['CATDIRILIB', 'QEBUL_EDILIB'])
  })

  it('is read back by a worker that did not take it', async () => {
    const { log } = await worker()
    const { exchangeId } = await log.logRequest(message({ payload: Buffer.from('iki sənəd') }))
    await nothingWaits()
    expect(recipients.deliveries.map(({ payload }) => payload)).toEqual(['iki sənəd'])
    expect((await rowsOf(owner)).outcomes.get(exchangeId)).toBe('answered')
  })

  it('is refused for good by a status that says so, with the recipient’s own ground', async () => {
    recipients.answer = () => 409
    const { accept } = await worker()
    const { exchangeId } = await accept(message())
    await nothingWaits()
    const { outcomes, notices } = await rowsOf(owner)
    expect(outcomes.get(exchangeId)).toBe('answered')
    expect(notices.get(exchangeId)).toEqual(['IMTINA'])
  })

  it('sent twice at one time is executed once', async () => {
    const { log, relay } = await worker()
    const second = await worker()
    const copies = [log, log, second.log, second.log].map((each) =>
      each.logRequest(message({ messageId: 'eyni' })).then(
        () => 'accepted',
        (fault: unknown) => (fault as Fault).code,
      ),
    )
    const answers = await Promise.all(copies)
    expect(answers.sort()).toEqual([...Array<string>(3).fill('DUPLICATE_MESSAGE'), 'accepted'])
    relay.registryChanged()
    await nothingWaits()
    expect(idsOf('AZ/GOV/DIN/GCQ')).toEqual(['eyni'])
  })

  it('is not taken where it has expired, or is too large to be read back', async () => {
    const { log } = await worker()
    const expired = message({ envelope: { expiresAt: new Date(Date.now() - 1) } })
    await expect(log.logRequest(expired)).rejects.toMatchObject({
      code: 'REQUEST_INVALID',
      field: 'expires',
    })
    const large = message({ payload: Buffer.alloc((16 << 20) + 1) })
    await expect(log.logRequest(large)).rejects.toMatchObject({ code: 'PAYLOAD_TOO_LARGE' })
    expect((await rowsOf(owner)).waiting).toBe(0)
  })
})

describe('a lane', () => {
  it('is delivered in its order, small messages behind large ones', async () => {
    const { accept } = await worker()
    const payloadOf = (n: number): Buffer => Buffer.alloc(n % 7 === 0 ? 200_000 : 20, 'x')
    const ids = numbered(60)
    await Promise.all(
      ids.map((messageId, n) => accept(message({ messageId, payload: payloadOf(n) }))),
    )
    await nothingWaits()
    expect(idsOf('AZ/GOV/DIN/GCQ')).toEqual(ids)
  })

  it('whose first message cannot be delivered waits in its order, and holds up no other', async () => {
    let isDown = true
    recipients.answer = ({ provider }) => {
      if (provider === other && isDown) throw new Fault('PROVIDER_UNAVAILABLE')
      return 200
    }
    const { accept, relay } = await worker()
    const ids = numbered(5).map((id) => `down-${id}`)
    for (const messageId of ids) await accept(message({ messageId, provider: other }))
    await accept(message({ messageId: 'elsewhere' }))
    await until(() => idsOf('AZ/GOV/DIN/GCQ').length === 1)
    // One that was delivered leaves with its outcome.
    await until(async () => (await faultsOf()).length === ids.length)
    await until(async () => (await faultsOf()).some((fault) => fault !== null))
    expect(await faultsOf()).toEqual(['PROVIDER_UNAVAILABLE', null, null, null, null])
    isDown = false
    relay.registryChanged()
    await nothingWaits()
    expect(idsOf(other)).toEqual(ids)
  })

  it('waits a server’s error out, which SOAP’s faults are not', async () => {
    let status = 503
    recipients.answer = () => status
    const { accept, relay } = await worker()
    const { exchangeId } = await accept(message())
    await until(() => recipients.deliveries.length > 0)
    await until(async () => {
      const { rows } = await owner.query('SELECT FROM sluice.outbox_message WHERE attempts > 0')
      return rows.length === 1
    })
    status = 202
    relay.registryChanged()
    await nothingWaits()
    expect((await rowsOf(owner)).notices.get(exchangeId)).toEqual(['CATDIRILIB', 'QEBUL_EDILIB'])
  })

  it('waits a maintenance window out until its planned end', async () => {
    const end = new Date(Date.now() + 3_600_000)
    recipients.answer = () => {
      throw new Fault('IN_MAINTENANCE', { until: end })
    }
    const { accept } = await worker()
    await accept(message())
    const waitsUntil = async (): Promise<Date | undefined> => {
      const { rows } = await owner.query<{ next_at: Date }>(
        'SELECT next_at FROM sluice.outbox_message WHERE attempts = 1',
      )
      return rows[0]?.next_at
    }
    await until(async () => (await waitsUntil()) !== undefined)
    expect(await waitsUntil()).toEqual(end)
  })
})

describe('what is not delivered', () => {
  it('is refused with its last fault when it expires, whatever waits before it', async () => {
    let nowMs = Date.now()
    recipients.answer = () => {
      throw new Fault('PROVIDER_TIMEOUT')
    }
    const { accept, relay } = await worker({ now: () => new Date(nowMs) })
    const first = await accept(message())
    await until(async () => (await faultsOf())[0] === 'PROVIDER_TIMEOUT')
    const expiresAt = new Date(nowMs + 60_000)
    const { exchangeId } = await accept(message({ envelope: { expiresAt } }))
    nowMs += 61_000
    relay.registryChanged()
    await until(async () => (await rowsOf(owner)).waiting === 1)
    const { outcomes, notices } = await rowsOf(owner)
    expect(outcomes.get(exchangeId)).toBe('PROVIDER_UNAVAILABLE')
    expect(notices.get(exchangeId)).toEqual(['IMTINA'])
    expect(outcomes.has(first.exchangeId)).toBe(false)

    nowMs += 8 * 86_400_000
    relay.registryChanged()
    await nothingWaits()
    expect((await rowsOf(owner)).outcomes.get(first.exchangeId)).toBe('PROVIDER_TIMEOUT')
  })

  it('is dropped by an operator with a ground that its sender is told', async () => {
    recipients.answer = () => {
      throw new Fault('PROVIDER_UNAVAILABLE')
    }
    const { accept } = await worker()
    const { exchangeId } = await accept(message())
    await owner.query('UPDATE sluice.outbox_message SET drop_ground = $1', ['səhv ünvan'])
    await nothingWaits()
    const { rows } = await owner.query<{ details: string }>(
      'SELECT details FROM sluice.outbox_notice WHERE exchange_id = $1',
      [exchangeId],
    )
    expect(JSON.parse(rows[0]!.details)).toEqual({
      ground: { az: 'səhv ünvan', en: 'səhv ünvan' },
    })
  })

  it('is taken out once its time is over, where its entry is gone', async () => {
    let nowMs = Date.now()
    recipients.answer = () => Promise.reject(new Fault('PROVIDER_UNAVAILABLE'))
    const { accept, relay, warnings } = await worker({ now: () => new Date(nowMs) })
    const { exchangeId } = await accept(message())
    await until(async () => (await faultsOf())[0] === 'PROVIDER_UNAVAILABLE')
    await owner.query('DELETE FROM sluice.message_log_entry WHERE exchange_id = $1', [exchangeId])
    nowMs += 8 * 86_400_000
    relay.registryChanged()
    await nothingWaits()
    expect(warnings.some((line) => line.startsWith('outbox.message_lost '))).toBe(true)
  })

  it('is not marked by the sweep while it waits', async () => {
    recipients.answer = () => {
      throw new Fault('PROVIDER_UNAVAILABLE')
    }
    const { accept } = await worker()
    const { exchangeId } = await accept(message())
    await testLogJobs(database.jobsUrl).sweepUnresolved({ olderThanMs: -60_000 })
    expect((await rowsOf(owner)).outcomes.has(exchangeId)).toBe(false)
  })

  it('is not delivered whose exchange has an outcome already', async () => {
    const { log } = await worker()
    recipients.answer = () => {
      throw new Fault('PROVIDER_UNAVAILABLE')
    }
    const { exchangeId } = await log.logRequest(message({ messageId: 'ended' }))
    await owner.query(
      `INSERT INTO sluice.message_log_entry (exchange_id, half, kind, recorded_at, entry, leaf_hash)
       VALUES ($1, 2, 'refusal', now(), '', $2)`,
      [exchangeId, Buffer.alloc(32)],
    )
    recipients.answer = () => 200
    await nothingWaits()
    expect(recipients.deliveries).toEqual([])
  })
})

describe('notices to senders who have queues', () => {
  it('are told in their order, and one whose queue is full holds up no other', async () => {
    const [full, free] = [sender(1), sender(2)]
    let isFull = true
    senders.take = (notice) => {
      if (notice.sender === full && isFull) throw new Fault('PROVIDER_UNAVAILABLE')
    }
    const { accept } = await worker()
    for (const messageId of numbered(3)) {
      await accept(message({ protocol: 'mq', consumer: full, messageId }))
      await accept(message({ protocol: 'mq', consumer: free, messageId }))
    }
    const told = (to: string): string[] =>
      senders.told.filter((each) => each.sender === to).map((n) => `${n.messageId} ${n.code}`)
    await until(() => told(free).length === 6)
    expect(told(full)).toEqual([])
    isFull = false
    await until(() => told(full).length === 6)
    for (const id of numbered(3)) {
      // Of one message: what was said first is told first.
      const both = [`${id} CATDIRILIB`, `${id} QEBUL_EDILIB`]
      expect(told(full).filter((said) => both.includes(said))).toEqual(both)
      expect(told(free).filter((said) => both.includes(said))).toEqual(both)
    }
    const untold = 'SELECT FROM sluice.outbox_notice WHERE told_at IS NULL'
    await until(async () => (await owner.query(untold)).rowCount === 0)
  })
})

describe('several workers', () => {
  it('share the partitions, and take over those of one that dies, in order', async () => {
    const first = await worker()
    const second = await worker()
    await until(() => first.relay.state().partitions === 8 && second.relay.state().partitions === 8)
    const lanes = [1, 2, 3, 4, 5, 6, 7, 8].map(sender)
    const ids = numbered(30).map((id) => `shared-${id}`)
    const sending = lanes.map(async (consumer) => {
      for (const messageId of ids) await first.accept(message({ consumer, messageId }))
    })
    await until(() => recipients.deliveries.length > 40)
    workers.splice(workers.indexOf(second), 1)
    await second.die()
    await Promise.all(sending)
    await nothingWaits()
    expect(first.relay.state().partitions).toBe(16)
    for (const lane of lanes) {
      const got = recipients.deliveries.filter((each) => each.sender === lane)
      // One that was in progress when its worker died may come once more, and never behind a later one.
      expect([...new Set(got.map(({ messageId }) => messageId))]).toEqual(ids)
      expect(got.length).toBeLessThanOrEqual(ids.length + 1)
    }
    const { notices } = await rowsOf(owner)
    expect(notices.size).toBe(240)
  })
})
