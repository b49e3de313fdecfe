import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals'
import { startTestDatabase, type TestDatabase } from '../../test/support/database.js'
import { startTestLog, until, whileHeld } from '../../test/support/message-log.js'
import { sampleValidated, type SampleWish } from '../../test/support/sample-exchange.js'
import pg from 'pg'
import type { ValidatedRequest } from '../exchange/exchange.js'
import type { ExchangePattern } from '../exchange/route.js'
import { Fault } from '../exchange/fault.js'
import { messageLogLimits } from '../limits/message-log.js'
import type { MessageLog } from './message-log.store.js'
import { Repeats } from './repeats.store.js'

let database: TestDatabase
const open: MessageLog[] = []

beforeAll(async () => {
  database = await startTestDatabase()
})

afterEach(async () => {
  await Promise.all(open.splice(0).map((log) => log.close()))
})

afterAll(() => database.stop())

async function startLog(): Promise<MessageLog> {
  const { log } = await startTestLog(database.busUrl)
  open.push(log)
  return log
}

interface MessageWish extends SampleWish {
  readonly pattern?: ExchangePattern
  readonly protocol?: string
  /** One byte of the signature. */
  readonly signature?: number
}

function message(wish: MessageWish): ValidatedRequest {
  const { pattern = 'one-way', protocol = 'rest', signature = 7, ...rest } = wish
  const validated = sampleValidated(rest)
  const { verified, adapter, route } = validated
  return {
    ...validated,
    adapter: { ...adapter, protocol },
    route: { ...route, pattern },
    verified: {
      ...verified,
      signature: { ...verified.signature, value: Buffer.alloc(64, signature) },
    },
  }
}

const refused = (logging: Promise<unknown>): Promise<Fault> =>
  logging.then(
    () => {
      throw new Error('was logged')
    },
    (error: unknown) => error as Fault,
  )

describe('a message whose id is taken', () => {
  it('is told of the exchange that it began itself, here and in another process', async () => {
    const [log, other] = [await startLog(), await startLog()]
    const first = await log.logRequest(message({ messageId: 'sened-1' }))
    for (const each of [log, other, other]) {
      const fault = await refused(each.logRequest(message({ messageId: 'sened-1' })))
      expect(fault).toMatchObject({ code: 'DUPLICATE_MESSAGE', repeatOf: first.exchangeId })
    }
  })

  it('is told of no exchange that another message began', async () => {
    const log = await startLog()
    await log.logRequest(message({ messageId: 'sened-2' }))
    const fault = await refused(log.logRequest(message({ messageId: 'sened-2', signature: 8 })))
    expect([fault.code, fault.repeatOf]).toEqual(['DUPLICATE_MESSAGE', undefined])
  })

  it('is told of nothing where its sender waits for the answer, but for one that comes by a queue', async () => {
    const log = await startLog()
    const pattern = 'request-reply'
    await log.logRequest(message({ messageId: 'sened-3', pattern }))
    expect(await refused(log.logRequest(message({ messageId: 'sened-3', pattern })))).toMatchObject(
      { repeatOf: undefined },
    )
    const asked = { messageId: 'sened-4', pattern, protocol: 'mq' } as const
    const { exchangeId } = await log.logRequest(message(asked))
    expect(await refused(log.logRequest(message(asked)))).toMatchObject({ repeatOf: exchangeId })
  })

  it('is told of nothing while the first is not durable', async () => {
    const owner = new pg.Client(database.ownerUrl)
    await owner.connect()
    const log = await startLog()
    const first = message({ messageId: 'sened-5' })
    let logging: Promise<unknown> | undefined
    await whileHeld(owner, [first.exchangeId, 1], async () => {
      logging = log.logRequest(first)
      await until(() => log.state().waitingRecords === 0)
      const fault = await refused(log.logRequest(message({ messageId: 'sened-5' })))
      expect([fault.code, fault.repeatOf]).toEqual(['DUPLICATE_MESSAGE', undefined])
    })
    await logging
    const fault = await refused(log.logRequest(message({ messageId: 'sened-5' })))
    expect(fault.repeatOf).toBe(first.exchangeId)
    await owner.end()
  })
})

describe('whose repeat a message is', () => {
  it('is found out of all that come again together, as after the death of a worker', async () => {
    const messages = Array.from({ length: 128 }, (_, n) => message({ messageId: `gelen-${n}` }))
    const log = await startLog()
    const firsts = await Promise.all(messages.map((each) => log.logRequest(each)))
    const other = await startLog()
    const again = messages.map(({ envelope }) => message({ messageId: envelope.messageId }))
    const faults = await Promise.all(again.map((each) => refused(other.logRequest(each))))
    const ids = firsts.map(({ exchangeId }) => exchangeId)
    expect(faults.map(({ repeatOf }) => repeatOf)).toEqual(ids)
  })

  it('is to be asked again later where the log cannot be asked', async () => {
    const repeats = new Repeats({
      connect: () => new pg.Client(database.busUrl),
      warn: () => undefined,
      ...messageLogLimits,
    })
    const asked = { messageId: 'sened-7' }
    const fault = await repeats.duplicate(message(asked), Buffer.alloc(32))
    expect(fault.code).toBe('AUDIT_UNAVAILABLE')
    const waits = message({ ...asked, pattern: 'request-reply' })
    expect((await repeats.duplicate(waits, Buffer.alloc(32))).code).toBe('DUPLICATE_MESSAGE')
    await repeats.close()
  })
})

describe('a message of which the log did not say that it has it', () => {
  it('is not ended: it is in the outbox, and sent again it is a repeat', async () => {
    const log = await startLog()
    const first = message({ messageId: 'sened-8' })
    const { exchangeId } = await log.logRequest(first)
    // As where the connection broke before the answer to COMMIT.
    const lost = new Fault('AUDIT_UNAVAILABLE')
    expect(await log.logRefusal(lost, first)).toBeUndefined()
    const fault = await refused(log.logRequest(message({ messageId: 'sened-8' })))
    expect(fault.repeatOf).toBe(exchangeId)
    const owner = new pg.Client(database.ownerUrl)
    await owner.connect()
    const { rows } = await owner.query<{ half: number }>(
      'SELECT half FROM sluice.message_log_entry WHERE exchange_id = $1',
      [exchangeId],
    )
    await owner.end()
    expect(rows).toEqual([{ half: 1 }])
  })
})

describe('a message to several recipients', () => {
  it('is one for each of them', async () => {
    const [log, other] = [await startLog(), await startLog()]
    const copies = [0, 1, 2].map((copy) => message({ messageId: 'sened-6', envelope: { copy } }))
    const [, second] = await Promise.all(copies.map((copy) => log.logRequest(copy)))
    const again = message({ messageId: 'sened-6', envelope: { copy: 1 } })
    for (const each of [log, other]) {
      const fault = await refused(each.logRequest(again))
      expect(fault.repeatOf).toBe(second!.exchangeId)
    }
    // The first recipient's has the id of a message that has no other.
    const fault = await refused(log.logRequest(message({ messageId: 'sened-6' })))
    expect(fault.code).toBe('DUPLICATE_MESSAGE')
  })
})
