import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import type { RunningBus } from '../../demo/running-bus.js'
import { postmasterOf } from '../support/running-bus-processes.js'
import {
  healthOf,
  killOneOfTwoNodes,
  killWholeBus,
  killWorkers,
} from '../support/running-bus-trials.js'
import { countLog, judge } from '../support/running-bus-verdict.js'
import { BusField, eventually, killQuietly } from '../support/running-bus.js'

// Long, because processes start slowly on a busy machine; nothing here waits for time to pass.
const timeoutMs = 180_000

/** A hundred kills of each kind: `npm run hammer`. */
const workerKills = 3
const busKills = 2
const messagesOverTwoNodes = 10_000
/** A provider takes its time, so that the processors are for those who start again, and most kills find exchanges under way. */
const providerMs = 100

let field: BusField

beforeEach(async () => {
  field = await BusField.open()
}, timeoutMs)

afterEach(() => field.close(), timeoutMs)

describe('kill -9 under load', () => {
  it(
    'of workers: nothing acknowledged is lost, nothing is executed twice, nobody is left hanging',
    async () => {
      field.provider.delay(providerMs)
      expect(await killWorkers(field, workerKills)).toMatchObject({ wrong: [], hung: 0 })
    },
    timeoutMs,
  )

  it(
    'of the whole bus, with and without its database: what has no outcome is marked unresolved',
    async () => {
      field.provider.delay(providerMs)
      expect(await killWholeBus(field, busKills)).toMatchObject({ wrong: [], hung: 0 })
    },
    timeoutMs,
  )

  it(
    'of one of two nodes over one database, which act as one (R-010): no lost or doubled message',
    async () => {
      const result = await killOneOfTwoNodes(field, messagesOverTwoNodes, actAsOne)
      expect(result).toMatchObject({ wrong: [], hung: 0, sent: messagesOverTwoNodes })
      // The journal verifies: two entries at least for each exchange that was acknowledged.
      expect(result.verified).toBeGreaterThanOrEqual(2 * result.acknowledged)
      // A consumer that sent again learned that the bus has its message.
      expect(Object.keys(result.refused).filter((code) => code !== 'DUPLICATE_MESSAGE')).toEqual([])
    },
    timeoutMs,
  )
})

describe('kill -9 of the embedded PostgreSQL (R-128)', () => {
  it(
    'is refused meanwhile without reaching a provider, and the bus recovers by itself',
    async () => {
      const bus = await field.startNode({ workers: 1 })
      await field.declare(field.databaseOf())
      const consumer = await field.consumerReady(bus.address)
      const load = consumer.load({ parallel: 8, pauseMs: 25 })
      await load.further(40)

      killQuietly(postmasterOf(field.directoryOf()))
      await eventually(() => field.lines.some((line) => line.includes('embedded database is back')))
      await eventually(async () => (await healthOf(bus)).status === 'ready')
      await load.further(40)
      const sent = await load.stop()

      await eventually(async () => (await countLog(field.databaseOf())).open === 0)
      const { executions } = field.provider
      const verdict = await judge(field.databaseOf(), sent, executions)
      expect(verdict.wrong).toEqual([])
      const refused = sent.filter(({ outcome }) => outcome === 'refused')
      expect(sent.filter(({ outcome }) => outcome === 'broken')).toEqual([])
      expect(
        refused.map(({ code }) => code).filter((code) => code !== 'AUDIT_UNAVAILABLE'),
      ).toEqual([])
      const metrics = await (await fetch(`${bus.management}/metrics`)).text()
      expect(metrics).toContain('sluice_database_restarts_total 1')
    },
    timeoutMs,
  )
})

/** Both nodes follow the registry, and a message id is taken on both. */
async function actAsOne(nodes: readonly RunningBus[], databaseUrl: string): Promise<void> {
  const consumers = await Promise.all(nodes.map(({ address }) => field.consumerReady(address)))
  const messageId = 'eyni-nomre'
  const answers = []
  for (const consumer of consumers) answers.push(await consumer.send(messageId))
  expect(answers.map(({ code }) => code)).toEqual([undefined, 'DUPLICATE_MESSAGE'])
  expect(field.provider.executions.get(messageId)).toBe(1)

  const bothSay = (code: string | undefined): Promise<unknown> =>
    Promise.all(
      consumers.map((consumer) => eventually(async () => (await consumer.send()).code === code)),
    )
  await field.declare(databaseUrl, { status: 'suspended' })
  await bothSay('TARGET_SUSPENDED')
  await field.declare(databaseUrl, { status: 'active' })
  await bothSay(undefined)
}
