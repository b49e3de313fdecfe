import { hash } from 'node:crypto'
import { hostname } from 'node:os'
import { makeAccess, type Access, type AccessTerms } from '../admin/access.js'
import { AdminDatabase } from '../admin/admin-database.store.js'
import { listenForAdministrators, type AdminListener } from '../admin/admin.module.js'
import { adminAreas } from '../admin/areas.module.js'
import { CheckJob } from '../admin/connection-cases/check-job.js'
import { IdempotencyKeys } from '../admin/idempotency.store.js'
import { adminLimits } from '../admin/limits.js'
import { RegistryOwners } from '../admin/owner-reader.store.js'
import type { AdminConfig } from '../config/admin-config.js'
import type { Config } from '../config/config.js'
import { loadIdentityWithChain, type IdentityWithChain } from '../config/identity.js'
import { loadAdminKey } from '../config/log-keys.js'
import type { Secret } from '../config/secrets.js'
import { keptSets } from '../connection/requirement-sets.js'
import { createPool } from '../database/connection.js'
import { documentSignerOf } from '../document/document-signer.js'
import { DocumentStore } from '../document/document.store.js'
import type { ReplicationLag } from '../incident/replication-lag.js'
import type { SystemLog } from '../monitoring/system-log.js'
import { ContractThreads } from './contract-threads.js'
import { ConformityChecks } from './conformity-checks.js'
import { deskCheck, type DeskCheckConfig } from './desk-check.js'
import type { NodeCa } from './node-ca.js'
import { PlannedEvents } from './planned-events.js'
import { listenTrouble } from './start-trouble.js'

export interface NodeAdminInput {
  readonly config: DeskCheckConfig & Pick<Config, 'directory' | 'identity' | 'keys' | 'rsaIdentity'>
  /** Address of a login that may take on the role of the admin API. */
  readonly adminUrl: Secret<string>
  /** What issues certificates, where this node does. */
  readonly ca?: NodeCa | undefined
  /** What this node remembers of its database's positions. */
  readonly replication?: ReplicationLag | undefined
  readonly log: SystemLog
}

const connectionTimeoutMs = 5_000
const idleTimeoutMs = 60_000

/**
 * Opens the admin API of a node, with connections of its own: administrators take none from exchanges. All it knows is in the
 * database, so that any node serves any administrator.
 * @returns undefined where none is configured
 * @throws ConfigError when the address cannot be listened on
 */
export async function openNodeAdmin(input: NodeAdminInput): Promise<AdminListener | undefined> {
  const { admin } = input.config
  if (!admin) return undefined
  const { log } = input
  const openAccess = accessOf(input, admin)
  const identity = await loadIdentityWithChain(input.config)
  const documents = new DocumentStore(documentSignerOf(identity))
  const pool = openPool(input)
  const database = new AdminDatabase(pool)
  const access = openAccess(database)
  const tls = admin.tls && { ...admin.tls, key: admin.tls.key.reveal() }
  const parts = {
    sessions: access.sessions,
    owners: new RegistryOwners(pool),
    keys: new IdempotencyKeys(database),
    areas: adminAreas({ ...partsOf(input, admin), database, access, documents }),
    warn: (err: unknown, instance: string) => log.error({ err, instance }, 'admin API failed'),
  }
  try {
    const listener = await listenForAdministrators(parts, { ...admin, tls })
    if (listener.undeclared.length > 0) {
      log.error({ routes: listener.undeclared }, 'routes of the admin API have no permission')
    }
    const planned = new PlannedEvents(database, log)
    const checks = new ConformityChecks(checkJob(database, input.config, identity), log)
    const close = async (): Promise<void> => {
      await Promise.all([listener.close(), planned.close(), checks.close()]).finally(() =>
        pool.end(),
      )
    }
    return { ...listener, close }
  } catch (error) {
    await pool.end()
    throw listenTrouble(setting, error)
  }
}

/** What the areas have of this node and its configuration. */
function partsOf({ ca, replication }: NodeAdminInput, admin: AdminConfig) {
  const { separationOfDuties, maintenanceNoticeHours, connectionDesk } = admin
  return {
    ...{ ca: ca?.ca, ocsp: ca?.ocsp, replication },
    ...{ connection: { separationOfDuties }, maintenanceNoticeHours, connectionDesk },
    contractReader: new ContractThreads(),
  }
}

/** Reads the key at once: a wrong one stops the start. @throws ConfigError */
function accessOf(
  { config, log }: NodeAdminInput,
  { totp, openId }: AdminConfig,
): (database: AdminDatabase) => Access {
  const key = loadAdminKey(config).reveal()
  const warn: AccessTerms['warn'] = (event, details) => log.warn(details, event)
  return (database) => makeAccess({ database, totp, openId, key, warn })
}

/** Checks of the desk on this node, as the bus. */
function checkJob(
  database: AdminDatabase,
  config: DeskCheckConfig,
  { privateKey, certificate }: IdentityWithChain,
): CheckJob {
  const certificateThumbprint = hash('sha256', certificate, 'base64url')
  const identity = { privateKey, certificate, certificateThumbprint }
  return new CheckJob({
    ...{ database, requirementSets: keptSets, now: () => new Date() },
    ...{ node: `${hostname()} ${process.pid}` },
    run: deskCheck({ pool: database.pool, config, identity }),
  })
}

const setting = 'admin'

function openPool({ adminUrl, log }: NodeAdminInput) {
  return createPool(
    {
      url: adminUrl.reveal(),
      role: 'admin',
      applicationName: 'sluice admin api',
      connectionTimeoutMs,
      statementTimeoutMs: adminLimits.statementMsMax,
      connectionsMax: adminLimits.databaseConnectionsMax,
      idleTimeoutMs,
    },
    (error) => log.warn({ err: error }, 'an idle database connection broke'),
  )
}
