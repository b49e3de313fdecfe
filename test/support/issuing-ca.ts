import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Pool } from 'pg'
import { caOf, caSchema, type CaConfig } from '../../src/config/ca-config.js'
import { createPool } from '../../src/database/connection.js'
import { parseSubsystemId, type SubsystemId } from '../../src/exchange/identifier.js'
import { RegistryStore } from '../../src/registry/registry.store.js'
import { IssuingCa } from '../../src/ca/issuing-ca.store.js'
import { openCaKey } from '../../src/ca/open-ca-key.js'
import { command } from './command.js'
import type { TestDatabase } from './database.js'
import { recordNothing, writeOf } from './registry-database.js'
import { portalId, sampleMember, sampleSubsystem, taxId } from './registry-samples.js'

export const operator = { actor: 'N. Əliyeva', role: 'OPERATOR', reason: 'Müraciət 12' } as const
export { portalId, taxId }

/** A CA of this bus over a test database, with keys and requests made by OpenSSL outside of it. */
export interface TestCa {
  readonly ca: IssuingCa
  readonly config: CaConfig
  /** In the role of the admin API. */
  readonly pool: Pool
  readonly folder: string
  /** DER of a request over a new key, or over the key of this name that was made before. */
  request(name: string, options?: readonly string[]): Promise<Buffer>
  close(): Promise<void>
}

export function adminPool({ adminUrl }: Pick<TestDatabase, 'adminUrl'>): Pool {
  return createPool({
    ...{ url: adminUrl, role: 'admin', applicationName: 'test' },
    ...{ connectionTimeoutMs: 5_000, statementTimeoutMs: 20_000 },
    ...{ connectionsMax: 4, idleTimeoutMs: 1_000 },
  })
}

/** Two agencies with a system each. */
export async function registerParties(
  pool: Pool,
  subsystems?: readonly SubsystemId[],
): Promise<void> {
  const ids = subsystems ?? [portalId, taxId]
  const members = [...new Set(ids.map((id) => id.split('/').slice(0, 3).join('/')))]
  await new RegistryStore(pool, recordNothing).apply(() =>
    writeOf({
      domains: [{ code: 'PORTAL', name: undefined, status: 'active' }],
      members: members.map((id) => sampleMember(id)),
      subsystems: ids.map((id) => sampleSubsystem(parseSubsystemId(id))),
    }),
  )
}

export async function openTestCa(
  database: Pick<TestDatabase, 'adminUrl'>,
  settings: Readonly<Record<string, unknown>> = {},
): Promise<TestCa> {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-ca-'))
  const config = caOf(caSchema.parse({ name: 'Sınaq CA', ...settings }), folder)!
  const pool = adminPool(database)
  const ca = new IssuingCa({ config, key: await openCaKey(config), pool })
  return {
    ...{ ca, config, pool, folder },
    request: (name, options) => requestIn(folder, name, options),
    async close() {
      await pool.end()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

async function requestIn(
  folder: string,
  name: string,
  options: readonly string[] = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256'],
): Promise<Buffer> {
  const [key, out] = [join(folder, `${name}.key`), join(folder, `${name}.csr`)]
  const making = options.includes('-key') ? [] : ['-keyout', key]
  const form = ['-nodes', '-subj', '/CN=whatever', '-outform', 'DER', '-out', out]
  await command('openssl', ['req', '-new', ...options, ...making, ...form])
  return readFile(out)
}
