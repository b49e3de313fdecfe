import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { childrenOf, processesOf } from '../support/running-bus-processes.js'
import { healthOf, underLoad, workersOf } from '../support/running-bus-trials.js'
import { judge } from '../support/running-bus-verdict.js'
import { BusField, countedService, eventually, killQuietly } from '../support/running-bus.js'
import type { Sent } from '../support/running-bus-consumer.js'
import { startEmbeddedPostgres } from '../../src/database/embedded-postgres.js'

// Long, because processes start slowly on a busy machine; nothing here waits for time to pass.
const timeoutMs = 120_000

let field: BusField

beforeEach(async () => {
  field = await BusField.open()
}, timeoutMs)

afterEach(() => field.close(), timeoutMs)

function isPostgres(pid: number): boolean {
  return processesOf(field.folder).some(
    (each) => each.pid === pid && each.command.includes('postgres'),
  )
}

/** More than the system's buffers take from the bus before anybody reads. */
const largeBytes = 24 * 1_048_576

/** A connection that was answered once and is kept. */
async function idleConnection(address: string): Promise<Socket> {
  const { hostname, port } = new URL(address)
  const socket = connect(Number(port), hostname)
  socket.write(`GET /r1/${countedService} HTTP/1.1\r\nHost: bus.test\r\n\r\n`)
  await once(socket, 'data')
  return socket
}

function notAnswered(sent: readonly Sent[]): Sent[] {
  return sent.filter(({ outcome }) => outcome !== 'answered')
}

describe('rolling restart (R-156)', () => {
  it(
    'replaces every worker under load, and every request is answered; keeps them when new ones cannot start',
    async () => {
      const bus = await field.startNode()
      await field.declare(field.databaseOf())
      const consumer = await field.consumerReady(bus.address)
      const before = workersOf(field, bus)

      const sent = await underLoad(consumer, async () => {
        bus.child.kill('SIGHUP')
        await eventually(
          () => field.lines.some((line) => line.includes('rolling restart done')),
          timeoutMs,
        )
      })

      const after = workersOf(field, bus)
      expect(after).toHaveLength(2)
      expect(after.filter((pid) => before.includes(pid))).toEqual([])
      expect(notAnswered(sent)).toEqual([])
      const verdict = await judge(field.databaseOf(), sent, field.provider.executions)
      expect(verdict.wrong).toEqual([])

      await field.writeConfig({ config: { adapters: { nosuch: {} } } })
      bus.child.kill('SIGHUP')
      await eventually(
        () => field.lines.some((line) => line.includes('rolling restart given up')),
        timeoutMs,
      )

      expect(field.lines.join('\n')).toContain('there is no adapter \\"nosuch\\"')
      expect(workersOf(field, bus)).toEqual(after)
      expect(await consumer.send()).toMatchObject({ outcome: 'answered' })
      expect(await healthOf(bus)).toMatchObject({ status: 'ready', workers: { ready: 2 } })
    },
    2 * timeoutMs,
  )

  it(
    'a large answer that is still being read when its worker stops arrives whole',
    async () => {
      const bus = await field.startNode({ workers: 1 })
      const limits = { timeLimitMs: 20_000, replyBytesMax: 2 * largeBytes }
      await field.declare(field.databaseOf(), { limits })
      const consumer = await field.consumerReady(bus.address)
      field.provider.pad(largeBytes)
      const answer = await consumer.ask()
      const idle = await idleConnection(bus.address)

      bus.child.kill('SIGHUP')
      // The old worker ends what it takes for idle; now there is time to read.
      await once(idle.resume(), 'close')
      const payload = Buffer.from(await answer.body.arrayBuffer())
      await eventually(
        () => field.lines.some((line) => line.includes('rolling restart done')),
        timeoutMs,
      )

      expect(answer.statusCode).toBe(200)
      expect(payload.length).toBeGreaterThan(largeBytes)
      const digest = createHash('sha256').update(payload).digest('base64')
      expect(answer.headers['content-digest']).toBe(`sha-256=:${digest}:`)
    },
    timeoutMs,
  )
})

describe('orderly stop under load', () => {
  const signals = [
    ['SIGTERM to the supervisor', (supervisor: number) => killQuietly(supervisor, 'SIGTERM')],
    // As a terminal does on Ctrl-C: the embedded database is in a group of its own.
    ['Ctrl-C to the whole group', (supervisor: number) => process.kill(-supervisor, 'SIGINT')],
    [
      'SIGTERM to supervisor and workers at once',
      (supervisor: number) => {
        for (const pid of [supervisor, ...childrenOf(supervisor)]) {
          if (!isPostgres(pid)) killQuietly(pid, 'SIGTERM')
        }
      },
    ],
  ] as const

  it.each(signals)(
    '%s: all that was accepted is answered and logged, nothing stays behind',
    async (_title, stop) => {
      // The log is read afterwards, when an embedded database of the bus would be gone.
      const bus = await field.startNode({ workers: 1 })
      await field.declare(field.databaseOf())
      const consumer = await field.consumerReady(bus.address)
      field.provider.delay(150)
      const load = consumer.load({ parallel: 16 })
      await load.further(40)

      stop(bus.child.pid ?? 0)
      const exitCode = await bus.ended
      const sent = await load.stop()

      expect(exitCode).toBe(0)
      expect(processesOf(field.folder)).toEqual([])
      // Whoever got no answer found no bus any more.
      expect(notAnswered(sent).filter(({ outcome }) => outcome === 'refused')).toEqual([])
      const dataDir = `${field.directoryOf()}/postgres`
      const server = await startEmbeddedPostgres({ dataDir })
      try {
        const verdict = await judge(server.url, sent, field.provider.executions)
        expect(verdict).toMatchObject({ wrong: [], unanswered: 0 })
        expect(verdict.counts).toMatchObject({ unresolved: 0, failed: 0 })
      } finally {
        await server.stop()
      }
    },
    timeoutMs,
  )
})
