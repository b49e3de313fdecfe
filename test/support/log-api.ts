import { generateKeyPairSync } from 'node:crypto'
import type pg from 'pg'
import { request } from 'undici'
import { createPool } from '../../src/database/connection.js'
import { CosignatureStore } from '../../src/log-api/cosignature.store.js'
import { EntriesToken } from '../../src/log-api/entries-token.js'
import type { LogApiLimits } from '../../src/log-api/gate.js'
import { listenForLogReaders, type LogApiListener } from '../../src/log-api/log-api.module.js'
import { LogApi } from '../../src/log-api/log-api.js'
import { PublishedLogs } from '../../src/log-api/published-logs.js'
import { LogTreeStore } from '../../src/sequencing/log-tree.store.js'
import { originOf } from '../../src/tlog/checkpoint.js'
import { noteSigner, type NoteKey, type NoteSigner } from '../../src/tlog/note-keys.js'
import type { TestDatabase } from './database.js'

export const testToken = 'a'.repeat(40)

/** Pools under the roles that the log API has. */
export function testPools({ auditorUrl, jobsUrl }: TestDatabase): {
  readonly auditor: pg.Pool
  readonly jobs: pg.Pool
} {
  const options = {
    applicationName: 'sluice test log api',
    connectionTimeoutMs: 2_000,
    statementTimeoutMs: 5_000,
    connectionsMax: 4,
    idleTimeoutMs: 5_000,
  }
  return {
    auditor: createPool({ ...options, url: auditorUrl, role: 'auditor' }),
    jobs: createPool({ ...options, url: jobsUrl, role: 'jobs' }),
  }
}

export interface TestLogApi extends LogApiListener {
  readonly warnings: string[]
}

/** The log API over a test database. The caller closes it. */
export async function openTestLogApi(
  { auditor, jobs }: ReturnType<typeof testPools>,
  keys: Readonly<Record<string, NoteSigner>>,
  options: {
    readonly witnesses?: readonly NoteKey[]
    readonly limits?: Partial<LogApiLimits>
    readonly token?: string | undefined
  } = {},
): Promise<TestLogApi> {
  const { witnesses = [], limits, token } = { token: testToken, ...options }
  const written = new CosignatureStore(jobs)
  const logs = new PublishedLogs({
    tree: new LogTreeStore(auditor),
    cosignatures: new CosignatureStore(auditor),
    keep: (cosignature) => written.keep(cosignature),
    witnesses,
  })
  const warnings: string[] = []
  const stranger = noteSigner('stranger', generateKeyPairSync('ed25519').privateKey)
  const api = new LogApi({
    logs,
    token: new EntriesToken(token),
    origin: 'sluice',
    keyOf: (log) => (keys[originOf('sluice', log)] ?? stranger).key,
    witnesses,
    warn: (event) => warnings.push(event),
  })
  const listener = await listenForLogReaders(api, { host: '127.0.0.1', port: 0 }, limits)
  return { ...listener, warnings }
}

export interface AskOptions {
  readonly method?: 'GET' | 'HEAD' | 'POST' | 'PUT'
  readonly headers?: Record<string, string>
  readonly body?: string
}

export interface Got {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: Buffer
}

/** One request over HTTP. */
export async function askAt(address: string, path: string, options: AskOptions = {}): Promise<Got> {
  const answer = await request(`${address}${path}`, options)
  const body = Buffer.from(await answer.body.arrayBuffer())
  return { status: answer.statusCode, headers: answer.headers, body }
}
