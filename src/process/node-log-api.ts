import type { KeyObject } from 'node:crypto'
import type { Config } from '../config/config.js'
import type { Secret } from '../config/secrets.js'
import { createPool, type PoolOptions } from '../database/connection.js'
import { searchStatementTimeoutMs } from '../limits/log-search.js'
import { logApiLimits } from '../limits/transparency.js'
import { CosignatureStore } from '../log-api/cosignature.store.js'
import { EntriesToken } from '../log-api/entries-token.js'
import { listenForLogReaders, type LogApiListener } from '../log-api/log-api.module.js'
import { LogApi } from '../log-api/log-api.js'
import { PublishedLogs } from '../log-api/published-logs.js'
import { LogSearchModule } from '../log-search/log-search.module.js'
import { SearchPool } from '../log-search/search-pool.store.js'
import type { SystemLog } from '../monitoring/system-log.js'
import { LogSigners } from '../sequencing/log-signers.js'
import type { Queryable } from '../sequencing/log-tiles.store.js'
import { LogTreeStore } from '../sequencing/log-tree.store.js'
import { listenTrouble } from './start-trouble.js'

export interface NodeLogApiInput {
  readonly config: Pick<Config, 'evidence' | 'logApi' | 'witnesses'>
  /** Address of a login that may take on the role of the auditors. */
  readonly auditorUrl: Secret<string>
  /** Address of a login that may take on the role of the jobs, which keeps what witnesses sign. */
  readonly jobsUrl: Secret<string>
  readonly logSigningKey: Secret<KeyObject>
  readonly log: SystemLog
}

const connectionTimeoutMs = 5_000
const idleTimeoutMs = 60_000

/**
 * Opens the log API of a node, with connections of its own: whoever reads the logs takes none from exchanges.
 * @returns undefined where none is configured
 * @throws ConfigError when the address cannot be listened on
 */
export async function openNodeLogApi(input: NodeLogApiInput): Promise<LogApiListener | undefined> {
  const { logApi } = input.config
  if (!logApi) return undefined
  const pools = {
    auditor: openPool(input, 'auditor', logApiLimits.databaseConnectionsMax),
    jobs: openPool(input, 'jobs', 1),
    search: openPool(input, 'auditor', logApiLimits.searchConnectionsMax, searchStatementTimeoutMs),
  }
  const close = async (): Promise<void> => {
    await Promise.all(Object.values(pools).map((pool) => pool.end()))
  }
  const token = new EntriesToken(logApi.entriesToken?.reveal())
  const search = new SearchPool({
    pool: pools.search,
    // Whoever may read every entry may look for any.
    scopeOf: (bearer) => (token.opens(bearer) ? { everything: true } : undefined),
  })
  try {
    const api = makeApi(input, token, pools)
    const listener = await listenForLogReaders(api, logApi, {}, [LogSearchModule.forRoot(search)])
    return { address: listener.address, close: () => listener.close().finally(close) }
  } catch (error) {
    await close()
    throw listenTrouble('evidence.api', error)
  }
}

function makeApi(
  { config, logSigningKey, log }: NodeLogApiInput,
  token: EntriesToken,
  { auditor, jobs }: Readonly<Record<'auditor' | 'jobs', Queryable>>,
): LogApi {
  const { origin } = config.evidence
  const signers = new LogSigners(logSigningKey.reveal(), origin)
  const witnesses = config.witnesses.map(({ key }) => key)
  const kept = new CosignatureStore(jobs)
  return new LogApi({
    logs: new PublishedLogs({
      tree: new LogTreeStore(auditor),
      cosignatures: new CosignatureStore(auditor),
      keep: (cosignature) => kept.keep(cosignature),
      witnesses,
    }),
    token,
    origin,
    keyOf: (name) => signers.of(name).key,
    witnesses,
    warn: (event, details) => log.warn(details, event),
  })
}

/** The role of the jobs is for what witnesses sign, and for nothing else. */
function openPool(
  { auditorUrl, jobsUrl, log }: NodeLogApiInput,
  role: 'auditor' | 'jobs',
  connectionsMax: number,
  statementTimeoutMs = logApiLimits.statementMsMax,
) {
  const options: PoolOptions = {
    url: (role === 'auditor' ? auditorUrl : jobsUrl).reveal(),
    role,
    applicationName: 'sluice log api',
    connectionTimeoutMs,
    statementTimeoutMs,
    connectionsMax,
    idleTimeoutMs,
  }
  return createPool(options, (error) =>
    log.warn({ err: error }, 'an idle database connection broke'),
  )
}
