import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { chmodSync, chownSync, mkdirSync, statSync } from 'node:fs'
import { processesOf } from '../support/running-bus-processes.js'
import { expectStartRefused, ordinaryAccount } from '../support/running-bus-start.js'
import { BusField } from '../support/running-bus.js'

// Long, because processes start slowly on a busy machine; nothing here waits for time to pass.
const timeoutMs = 120_000

let field: BusField

beforeEach(async () => {
  field = await BusField.open()
  // Made for this process's account alone, and the bus has to read its configuration there.
  chmodSync(field.folder, 0o755)
}, timeoutMs)

afterEach(() => field.close(), timeoutMs)

/** The account a process runs under. */
function accountOf(pid: number): number {
  return statSync(`/proc/${pid}`).uid
}

const account = ordinaryAccount()

if (!account || process.platform !== 'linux') {
  it('a bus of an ordinary account is tried on Linux, where that account can reach the project', () => {
    expect(process.platform !== 'linux' || account === undefined).toBe(true)
  })
} else {
  describe('a bus of an ordinary account', () => {
    it(
      'starts, carries exchanges and stops, and so do its workers and its database',
      async () => {
        mkdirSync(field.directoryOf())
        chownSync(field.directoryOf(), account.uid, account.gid)
        const bus = await field.startNode({ account, makesDatabase: true })
        await field.declare(field.databaseOf())
        const consumer = await field.consumerReady(bus.address)

        const own = processesOf(field.folder).map(({ pid }) => accountOf(pid))
        expect(own.length).toBeGreaterThan(3)
        expect(new Set(own)).toEqual(new Set([account.uid]))
        expect(await consumer.send()).toMatchObject({ outcome: 'answered' })
        expect(await bus.stop()).toBe(0)
        expect(processesOf(field.folder)).toEqual([])
      },
      timeoutMs,
    )

    it('is refused in words where it may not write to its folder', async () => {
      await field.writeConfig()
      mkdirSync(field.directoryOf(), { mode: 0o555 })
      await expectStartRefused(field, /\/bus\/.*EACCES: permission denied/, {}, account)
    })
  })
}

if (process.getuid?.() === 0 && process.platform === 'linux') {
  it(
    'a bus of root keeps its database under an account that is not root, and its secrets to itself',
    async () => {
      await field.startNode({ makesDatabase: true, workers: 1 })
      const { uid } = statSync(`${field.directoryOf()}/postgres/cluster`)
      expect(uid).not.toBe(0)
      const servers = processesOf(field.folder)
        .filter(({ command }) => command.includes('postgres'))
        .map(({ pid }) => accountOf(pid))
      expect(new Set(servers)).toEqual(new Set([uid]))
      for (const secret of ['postgres/password', 'database.url']) {
        const { uid: owner, mode } = statSync(`${field.directoryOf()}/${secret}`)
        expect({ owner, mode: mode & 0o777 }).toEqual({ owner: 0, mode: 0o600 })
      }
    },
    timeoutMs,
  )
}
