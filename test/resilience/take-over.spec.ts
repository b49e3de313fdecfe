import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { cp, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { RunningBus } from '../../demo/running-bus.js'
import type { EmbeddedPostgres } from '../../src/database/embedded-postgres.js'
import { ReplicationLag, replicationChecks } from '../../src/incident/replication-lag.js'
import { readReplicas } from '../../src/incident/replication.store.js'
import { publishedFolderOf } from '../../src/sequencing/published-checkpoints.js'
import { ownerPool } from '../support/registry-database.js'
import { sluice } from '../support/running-bus-start.js'
import { startSharedDatabase } from '../support/running-bus-trials.js'
import { countLog, judge } from '../support/running-bus-verdict.js'
import { BusField, eventually } from '../support/running-bus.js'
import { ask, standbyName, startStandby } from '../support/standby.js'
import type { Fields } from '../support/whole-bus-registry.js'

// Long, because processes start slowly on a busy machine; nothing here waits for time to pass.
const timeoutMs = 180_000

let field: BusField
let primary: EmbeddedPostgres
let standby: EmbeddedPostgres
let config: Fields

beforeAll(async () => {
  field = await BusField.open()
  config = { ...(await field.sharedKeys()), reserve: { standbys: 1 } }
  primary = await startSharedDatabase(field)
  const folder = field.directoryOf('shared-database')
  standby = await startStandby(primary, folder, field.directoryOf('reserve-database'))
}, timeoutMs)

afterAll(async () => {
  await field.close()
  await standby.stop()
  await primary.stop()
}, timeoutMs)

const metricsOf = async ({ management }: RunningBus): Promise<string> =>
  (await fetch(`${management}/metrics`)).text()

/** Copies of what the bus has published, as others keep them. */
async function keepCheckpoints(name: string): Promise<string[]> {
  const kept = join(field.folder, 'kept')
  await cp(publishedFolderOf(field.directoryOf(name)), kept, { recursive: true })
  const names = (await readdir(kept)).filter((each) => each.endsWith('.checkpoint'))
  return names.map((each) => join(kept, each))
}

describe('a reserve centre with a streaming copy', () => {
  it('is measured in time: a standby that stands still is further behind with each look (R-146)', async () => {
    const pool = ownerPool(primary.url)
    const lag = new ReplicationLag()
    const terms = { standbys: 1, lagMsMax: 60_000 }
    const startMs = Date.now()
    const measure = async (afterMs: number) =>
      lag.measure(await readReplicas(pool), new Date(startMs + afterMs))
    const positions = async (): Promise<boolean> =>
      (await measure(0)).replicas.every(({ replayLagMs }) => replayLagMs === 0)
    await eventually(async () => (await measure(0)).replicas.length === 1 && (await positions()))
    expect(await measure(0)).toMatchObject({
      trouble: undefined,
      replicas: [{ name: standbyName, state: 'streaming', isSynchronous: true, lagMs: 0 }],
    })

    await ask(standby.url, 'SELECT pg_wal_replay_pause()')
    await ask(primary.url, 'CREATE TABLE public.later ()', 'DROP TABLE public.later')
    const late = await measure(61_000)
    expect(late.replicas).toMatchObject([{ lagMs: 0, replayLagMs: 61_000 }])
    expect(replicationChecks(late, terms)).toEqual([
      { name: 'replication', why: `${standbyName} is 61 s behind` },
    ])
    await ask(standby.url, 'SELECT pg_wal_replay_resume()')
    await eventually(async () => replicationChecks(await measure(62_000), terms).length === 0)
    const two = { ...terms, standbys: 2 }
    expect(replicationChecks(await measure(63_000), two)).toEqual([
      { name: 'replication', why: '1 of 2 standbys are connected' },
    ])
    await pool.end()
  })

  it(
    'takes over when the primary is gone: nothing that was acknowledged is lost, and the logs go on (R-145)',
    async () => {
      const main = await field.startNode({
        ...{ name: 'main', databaseUrl: primary.url, workers: 1, config },
      })
      await field.declare(primary.url)
      const consumer = await field.consumerReady(main.address)
      const load = consumer.load({ parallel: 4 })
      await load.further(40)
      await eventually(async () => /^sluice_log_size\{.*\} [1-9]/m.test(await metricsOf(main)))
      const metrics = await metricsOf(main)
      expect(metrics).toMatch(/^sluice_replicas 1$/m)
      expect(metrics).toMatch(
        /^sluice_replication_lag_seconds\{standby="ehtiyat",kind="replay"\} /m,
      )
      const kept = await keepCheckpoints('main')
      expect(kept.length).toBeGreaterThan(0)

      process.kill(primary.pid, 'SIGKILL')
      await primary.ended
      const refused = (): boolean => load.sent.some(({ code }) => code === 'AUDIT_UNAVAILABLE')
      await eventually(refused)
      const sent = await load.stop()
      await field.killNode(main)

      await ask(standby.url, 'SELECT pg_promote()')
      const reserve = await field.startNode({
        ...{ name: 'reserve', databaseUrl: standby.url, workers: 1, config },
      })
      const after = await field.consumerReady(reserve.address)
      expect(await after.send()).toMatchObject({ outcome: 'answered' })

      await eventually(async () => (await countLog(standby.url)).open === 0)
      const { wrong, acknowledged } = await judge(standby.url, sent, field.provider.executions)
      expect(wrong).toEqual([])
      expect(acknowledged).toBeGreaterThanOrEqual(40)
      // Now it is the reserve that has none, and says so within 30 s.
      const open = "SELECT FROM sluice.incident WHERE cause = 'replication' AND state = 'open'"
      await eventually(async () => (await ask(standby.url, open)).length === 1, 30_000)
      // Stopped in order, so that whatever is there has its place.
      expect(await reserve.stop()).toBe(0)
      await field.writeConfig({ config })
      const environment = field.environment({
        ...{ DATABASE_URL: standby.url, SLUICE_VAR: field.directoryOf('reserve') },
      })
      const key = join(field.folder, 'log.keys')
      await writeFile(key, (await sluice(['log', 'key'], environment)).out)
      const since = kept.flatMap((file) => ['--since', file])
      const verified = await sluice(['log', 'verify', '--key', key, ...since], environment)
      expect(verified).toMatchObject({ code: 0, err: '' })
    },
    timeoutMs,
  )
})
