/**
 * What search costs: CPU for each exchange that is added to the search tables soon after it was written, of
 * the server's process that does it and of this one, and how long each filter takes, alone and combined, among a million exchanges. Prints one
 * JSON object; ends with 1 where a search took longer than 2 s.
 *
 * Environment of the run: an embedded PostgreSQL of its own in a temporary folder, fsync on.
 * Arguments: [exchanges in all]
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { createPool } from '../src/database/connection.js'
import { startEmbeddedPostgres } from '../src/database/embedded-postgres.js'
import { migrate } from '../src/database/migrate.js'
import { parseMemberId } from '../src/exchange/identifier.js'
import { searchExchanges } from '../src/log-search/log-search.store.js'
import { SearchFilling } from '../src/log-search/search-filling.store.js'
import type { SearchCriteria, SearchScope } from '../src/log-search/search-query.js'
import { plantExchanges, plantedId, subjectOf } from './log-search-load.js'
import { cpuOf, sampleCpu } from './process-cpu.js'

const exchanges = Number(process.argv[2] ?? 1_000_000)
const searchMsMax = 2_000
const rounds = 3
/** What a busy bus ends between two turns of the job. */
const perFilling = 5_000
const everything: SearchScope = { everything: true }

const folder = await mkdtemp(join(tmpdir(), 'sluice-bench-search-'))
const server = await startEmbeddedPostgres({ dataDir: join(folder, 'postgres') })
let exitCode = 1
try {
  await migrate(server.url)
  const owner = new pg.Client(server.url)
  await owner.connect()
  const beganMs = Date.now()
  const filling = await plantAndFill(owner, beganMs)
  await owner.query('ANALYZE')
  const searches = await searchAll(owner, beganMs)
  const slowest = Math.max(...searches.map(({ ms }) => ms))
  console.log(JSON.stringify({ exchanges, filling, searches, slowestMs: slowest }, undefined, 2))
  exitCode = slowest <= searchMsMax ? 0 : 1
  await owner.end()
} finally {
  await server.stop()
  await rm(folder, { recursive: true, force: true })
}
process.exitCode = exitCode

/** Fills while what was written is still in the server's memory, as in operation; only that is measured. */
async function plantAndFill(owner: pg.Client, fromMs: number): Promise<object> {
  const pool = createPool({
    url: server.url,
    role: 'jobs',
    applicationName: 'sluice bench',
    connectionTimeoutMs: 5_000,
    statementTimeoutMs: 60_000,
    connectionsMax: 1,
    idleTimeoutMs: 600_000,
  })
  const { rows } = await pool.query<{ pid: number }>('SELECT pg_backend_pid() AS pid')
  const search = new SearchFilling({ pool })
  let [filled, serverUs, ownUs] = [0, 0, 0]
  for (let start = 0; start < exchanges; start += perFilling) {
    const end = Math.min(start + perFilling, exchanges)
    await plantExchanges(owner, { exchanges, fromMs }, [start, end])
    const [before, own] = [sampleCpu(), process.cpuUsage()]
    for (
      let turn = await search.turn();
      turn;
      turn = turn.isBehind ? await search.turn() : undefined
    ) {
      filled += turn.filled
    }
    const [after, { user, system }] = [sampleCpu(), process.cpuUsage(own)]
    if (before && after) serverUs += cpuOf(rows[0]?.pid ?? 0, before, after)
    ownUs += user + system
  }
  await pool.end()
  const perExchange = (us: number): number => Math.round((10 * us) / filled) / 10
  // The server's is 0 where there is no /proc. What its writers in the background do is not counted.
  return { filled, serverCpuUs: perExchange(serverUs), ownCpuUs: perExchange(ownUs) }
}

/** Each filter alone, and some together; each names what hardly any, some and very many have. */
function queries(beganMs: number): [string, SearchCriteria, SearchScope?][] {
  const [from, until] = [new Date(beganMs), new Date(beganMs + 60_000)]
  // Of this number are those that have a subject and a correlation id.
  const some = 4 * Math.floor(exchanges / 12) + 3
  const consumer = 'AZ/GOV/M7/SYS'
  const service = 'AZ/GOV/P3/REG/svc1'
  const subjectPseudonym = subjectOf(some)
  return [
    ['nothing', {}],
    ['from and until', { from, until }],
    ['until, which none is before', { until: new Date(beganMs - 86_400_000) }],
    ['participant', { participant: 'AZ/GOV/P3' }],
    ['consumer', { consumer }],
    ['rare consumer', { consumer: 'AZ/GOV/RARE' }],
    ['provider', { provider: 'AZ/GOV/P3/REG' }],
    ['service', { service }],
    ['outcome answered', { outcome: 'answered' }],
    ['outcome refused', { outcome: 'refused' }],
    ['fault', { fault: 'PROVIDER_TIMEOUT' }],
    ['rare fault', { fault: 'AUDIT_UNAVAILABLE' }],
    ['message id', { messageId: `m-${some}` }],
    ['message id that is not there', { messageId: 'none' }],
    ['correlation id', { correlationId: `c-${Math.floor(some / 4)}` }],
    ['subject', { subjectPseudonym }],
    ['subject and outcome', { subjectPseudonym, outcome: 'answered' }],
    [
      'consumer, service, outcome and time',
      { consumer, service, outcome: 'answered', from, until },
    ],
    ['consumer and rare fault', { consumer, fault: 'AUDIT_UNAVAILABLE' }],
    ['consumer and message id of another', { consumer, messageId: `m-${some}` }],
    ['all together', { ...everyFilter(some), from: new Date(0), until: new Date(beganMs * 2) }],
    ['nothing, by a participant', {}, { participant: parseMemberId('AZ/GOV/RARE') }],
    [
      'subject, by a participant',
      { subjectPseudonym },
      { participant: parseMemberId('AZ/GOV/P3') },
    ],
  ]
}

function everyFilter(n: number): SearchCriteria {
  const { consumer, provider, service } = plantedId(n)
  return {
    ...{ participant: consumer, consumer, provider, service, outcome: 'answered' },
    ...{ messageId: `m-${n}`, correlationId: `c-${Math.floor(n / 4)}` },
    subjectPseudonym: subjectOf(n),
  }
}

async function searchAll(
  owner: pg.Client,
  beganMs: number,
): Promise<{ what: string; ms: number }[]> {
  await owner.query('SET ROLE sluice_auditor')
  const searches = []
  for (const [what, criteria, scope = everything] of queries(beganMs)) {
    let [ms, found] = [0, 0]
    // The slowest, which is the first as a rule: what it read is in memory then.
    for (let round = 0; round < rounds; round += 1) {
      const start = performance.now()
      const page = await searchExchanges(owner, scope, criteria, { limit: 50 })
      ms = Math.max(ms, performance.now() - start)
      found = page.exchanges.length
    }
    searches.push({ what, ms: Math.round(10 * ms) / 10, found })
  }
  await owner.query('RESET ROLE')
  return searches
}
