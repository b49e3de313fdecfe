import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { createServer, type AddressInfo, type Server } from 'node:net'
import { once } from 'node:events'
import { join } from 'node:path'
import { processesOf } from '../support/running-bus-processes.js'
import { expectStartRefused, startMain } from '../support/running-bus-start.js'
import { BusField, killQuietly } from '../support/running-bus.js'
import type { Fields } from '../support/whole-bus-registry.js'

// Long, because processes start slowly on a busy machine; nothing here waits for time to pass.
const timeoutMs = 120_000

// One for all: each start finds what those before have left, the refused ones too.
let field: BusField

beforeAll(async () => {
  field = await BusField.open()
}, timeoutMs)

afterAll(() => field.close(), timeoutMs)

describe('a configuration that cannot be used', () => {
  it('is named with its file, and nothing has been made', async () => {
    await field.writeConfig({ config: { worker: 2 } })
    const directory = field.directoryOf('unused')
    await expectStartRefused(field, /bus\.yaml: .*worker/, { SLUICE_VAR: directory })
    expect(existsSync(directory)).toBe(false)
  })

  it('an environment variable is named', async () => {
    await field.writeConfig()
    await expectStartRefused(field, /SLUICE_PORT must be a whole number/, { SLUICE_PORT: '8080x' })
  })

  const inWorkers: readonly [title: string, adapters: Fields, words: RegExp][] = [
    ['an adapter that is not there', { soup: {} }, /there is no adapter "soup"/],
    ['an unknown setting of an adapter', { rest: { prot: 1 } }, /adapters\.rest: .*prot/],
  ]

  it.each(inWorkers)(
    '%s is said once, by the supervisor',
    async (_title, adapters, words) => {
      await field.writeConfig({ config: { adapters } })
      await expectStartRefused(field, words)
    },
    timeoutMs,
  )

  it('a key file that is missing or too short is named', async () => {
    const payloadKeyFile = join(field.folder, 'payload.key')
    const pseudonymKeyFile = join(field.folder, 'pseudonym.key')
    await field.writeConfig({ config: { keys: { payloadKeyFile, pseudonymKeyFile } } })
    await expectStartRefused(field, /payload\.key: the key cannot be read/)
    writeFileSync(payloadKeyFile, Buffer.alloc(16).toString('base64'))
    await expectStartRefused(field, /payload\.key: must hold 32 bytes in base64/)
  })

  it('an identity that cannot be read is named', async () => {
    const keyFile = join(field.folder, 'bus-key.pem')
    const identity = { keyFile, certificateFile: join(field.folder, 'bus.pem') }
    await field.writeConfig({ config: { identity } })
    await expectStartRefused(field, /bus-key\.pem: cannot be read or is not PEM/)
  })

  it('a folder that cannot be made is named', async () => {
    await field.writeConfig()
    writeFileSync(join(field.folder, 'file'), '')
    const inside = join(field.folder, 'file/inside')
    await expectStartRefused(field, /file\/inside/, { SLUICE_VAR: inside })
  })
})

describe('an address that is taken', () => {
  let other: Server

  beforeEach(async () => {
    other = createServer().listen(0, '127.0.0.1')
    await once(other, 'listening')
    await field.writeConfig()
  })

  afterEach(async () => {
    other.close()
    await once(other, 'close')
  })

  function taken(): string {
    return String((other.address() as AddressInfo).port)
  }

  it('management: said before anything else has begun', async () => {
    const directory = field.directoryOf('unused-too')
    const environment = { SLUICE_MANAGEMENT_PORT: taken(), SLUICE_VAR: directory }
    const words = /^management: 127\.0\.0\.1:\d+ is taken by another program/m
    await expectStartRefused(field, words, environment)
    expect(existsSync(join(directory, 'postgres'))).toBe(false)
  })

  it(
    'exchanges: said once, and workers and database are gone',
    async () => {
      const words = /^adapters\.rest: 127\.0\.0\.1:\d+ is taken by another program/gm
      const said = await expectStartRefused(field, words, { SLUICE_PORT: taken() })
      expect(said.match(words)).toHaveLength(1)
    },
    timeoutMs,
  )
})

describe('a start that is not to be', () => {
  it(
    'a second bus on the same folder is refused in words, and the first carries on',
    async () => {
      const first = await field.startNode({ workers: 1 })
      await field.declare(field.databaseOf())
      const consumer = await field.consumerReady(first.address)

      const { code, said } = await startMain(field.environment()).ended

      expect(said).toMatch(/is in use by process \d+/)
      expect(code).toBe(2)
      expect(await consumer.send()).toMatchObject({ outcome: 'answered' })
      expect(await first.stop()).toBe(0)
      expect(processesOf(field.folder)).toEqual([])
    },
    timeoutMs,
  )

  // Ctrl-C reaches the whole group; the embedded database is in one of its own.
  it.each(['SIGTERM', 'SIGINT'] as const)(
    '%s to the whole group during the start ends it in order',
    async (signal) => {
      await field.writeConfig()
      const bus = startMain(field.environment())
      // Workers are on their way.
      await bus.says('embedded database ready')
      process.kill(-(bus.child.pid ?? 0), signal)
      const { code, said } = await bus.ended
      expect(said).not.toContain('bus ready')
      expect(code).toBe(0)
      expect(processesOf(field.folder)).toEqual([])
    },
    timeoutMs,
  )
})

describe('what a dead bus left behind', () => {
  it(
    'is no obstacle: an orphaned database, stale files',
    async () => {
      const first = await field.startNode({ workers: 1 })
      killQuietly(first.child.pid ?? 0)
      await first.ended
      mkdirSync(join(field.directoryOf(), 'postgres/cluster.draft'), { recursive: true })
      const second = await field.startNode({ workers: 1 })
      await field.declare(field.databaseOf())
      await field.consumerReady(second.address)
      expect(await second.stop()).toBe(0)
      expect(processesOf(field.folder)).toEqual([])
    },
    timeoutMs,
  )
})
