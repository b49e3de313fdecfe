import type { Client, Pool } from 'pg'
import { createClient, createPool } from '../../src/database/connection.js'
import { RegistryStore, type RegistryWrite } from '../../src/registry/registry.store.js'
import { emptyRegistry, type RegistryContent } from '../../src/registry/registry-content.js'
import { sampleContent, sampleMember } from './registry-samples.js'

export function ownerPool(url: string, connectionsMax = 4): Pool {
  return createPool({
    url,
    role: 'owner',
    applicationName: 'test',
    connectionTimeoutMs: 5_000,
    statementTimeoutMs: 20_000,
    connectionsMax,
    idleTimeoutMs: 1_000,
  })
}

/** A connection as the running bus has it. */
export function busClient(url: string): Client {
  return createClient({
    url,
    role: 'bus',
    applicationName: 'follower',
    connectionTimeoutMs: 2_000,
    statementTimeoutMs: 5_000,
  })
}

/** What writes these entries, and nothing else. */
export function writeOf(
  content: Partial<RegistryContent>,
  contracts: RegistryWrite['contracts'] = [],
): RegistryWrite {
  const { instance, ...upserts } = { ...emptyRegistry, instance: 'AZ', ...content }
  return { instance, upserts, contracts, entryChanges: [] }
}

/** For tests of the registry alone: nobody's acts. */
export function recordNothing(): Promise<void> {
  return Promise.resolve()
}

/** Registers the sample, and these members beside. */
export async function registerMembers(ownerUrl: string, ids: readonly string[]): Promise<void> {
  const pool = ownerPool(ownerUrl)
  const members = [...sampleContent().members, ...ids.map((id) => sampleMember(id))]
  await new RegistryStore(pool, recordNothing).apply(() => writeOf(sampleContent({ members })))
  await pool.end()
}
