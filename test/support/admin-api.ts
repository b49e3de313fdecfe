import { randomBytes, randomUUID } from 'node:crypto'
import type { DynamicModule } from '@nestjs/common'
import type { Pool } from 'pg'
import { Pool as HttpPool } from 'undici'
import { createPool } from '../../src/database/connection.js'
import { AdminDatabase } from '../../src/admin/admin-database.store.js'
import { makeAccess, type Access, type AccessTerms } from '../../src/admin/access.js'
import { listenForAdministrators } from '../../src/admin/admin.module.js'
import { adminAreas } from '../../src/admin/areas.module.js'
import { DocumentStore } from '../../src/document/document.store.js'
import type { DocumentWriter } from '../../src/document/document-writer.js'
import type { IssuingCa } from '../../src/ca/issuing-ca.store.js'
import type { OcspResponder } from '../../src/ca/ocsp-responder.store.js'
import { callerOf, type Caller, type RoleAssignment } from '../../src/admin/caller.js'
import type { ConnectionTerms } from '../../src/admin/connection-cases/desk-parts.js'
import type { ConnectionDeskRule } from '../../src/admin/registry/connection-desk.js'
import { IdempotencyKeys } from '../../src/admin/idempotency.store.js'
import type { AdminLimits } from '../../src/admin/limits.js'
import { RegistryOwners } from '../../src/admin/owner-reader.store.js'
import type { Role } from '../../src/admin/permission.js'
import type { AdminTls } from '../../src/admin/server.js'
import type { SessionReader } from '../../src/admin/session-reader.js'
import type { RequestRateLimits } from '../../src/request-rate.js'
import { AdminContract } from './admin-contract.js'
import type { TestDatabase } from './database.js'
import { makeDocumentSigner } from './documents.js'

/** A role that a test calls with, in force now; with a scope where it has one. */
export type TestRole =
  | Exclude<Role, 'FOUNDER_ADMIN' | 'MEMBER_ADMIN'>
  | { readonly role: Role; readonly scope?: string; readonly from?: Date; readonly until?: Date }

/** Who calls: with these roles; `nobody` has logged in to no role; undefined has not logged in. */
export type TestCaller = TestRole | readonly TestRole[] | 'nobody' | undefined

/** Sessions in memory, one for each set of roles that a test calls with. */
export class TestSessions implements SessionReader {
  readonly #byToken = new Map<string, { id: string; name: string; roles: RoleAssignment[] }>()
  readonly #tokens = new Map<string, string>()

  /** A token under which calls are made in these roles: the same for the same roles. */
  tokenOf(caller: Exclude<TestCaller, undefined>): string {
    const key = JSON.stringify(caller)
    const known = this.#tokens.get(key)
    if (known !== undefined) return known
    const token = randomBytes(32).toString('base64url')
    const name = `Test ${this.#tokens.size + 1}`
    this.#byToken.set(token, { id: randomUUID(), name, roles: assignmentsOf(caller) })
    this.#tokens.set(key, token)
    return token
  }

  callerOf(token: string, address: string): Promise<Caller | undefined> {
    const session = this.#byToken.get(token)
    if (!session) return Promise.resolve(undefined)
    const { id, name, roles: assignments } = session
    const fields = { administratorId: id, name, sessionId: id, address, assignments }
    return Promise.resolve(callerOf(fields, new Date()))
  }
}

function assignmentsOf(caller: Exclude<TestCaller, undefined>): RoleAssignment[] {
  if (caller === 'nobody') return []
  return [caller].flat().map((each) => {
    const { role, scope, from, until } =
      typeof each === 'string'
        ? { role: each, scope: undefined, from: undefined, until: undefined }
        : { scope: undefined, from: undefined, until: undefined, ...each }
    return { role, scope, from: from ?? new Date(0), until }
  })
}

export interface AdminCall {
  readonly as?: TestCaller
  readonly headers?: Readonly<Record<string, string>>
  /** Becomes `If-Match`. */
  readonly ifMatch?: string
  /** Sent as JSON. */
  readonly body?: unknown
  /** Sent as it is, instead of `body`. */
  readonly bytes?: Uint8Array | string
}

export interface AdminAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly bytes: Buffer
  /** The body where it is JSON. */
  readonly json: unknown
}

export interface TestAdminApi {
  readonly address: string
  /** Every route, as the description calls it. */
  readonly routes: readonly string[]
  readonly sessions: TestSessions
  /** In the role of the API. */
  readonly database: AdminDatabase
  readonly access: Access
  /** What puts decisions into writing. */
  readonly documents: DocumentWriter
  /** What went wrong that nobody foresaw. */
  readonly errors: unknown[]
  /**
   * One request; an answer that the description does not declare for its route is an error.
   * @param path - with its query, as they are sent, such as `/v1/members/AZ%2FGOV%2FDIN`
   */
  call(method: string, path: string, call?: AdminCall): Promise<AdminAnswer>
  close(): Promise<void>
}

/** One address asks for all callers. */
const inTests = { requestsPerSecondMax: 1_000_000, requestsPerAddressSecondMax: 1_000_000 }

export interface TestAdminOptions {
  /** Other sessions than those in memory; `real`: those of the API itself. */
  readonly reader?: SessionReader | 'real'
  /** How administrators get in, where it matters. */
  readonly access?: Partial<AccessTerms>
  readonly tls?: AdminTls
  /** Where certificates are issued. */
  readonly ca?: IssuingCa
  /** What puts decisions into writing in place of the usual. */
  readonly documents?: (usual: DocumentWriter) => DocumentWriter
  /** How the connection desk works, where it matters. */
  readonly connection?: ConnectionTerms
  readonly ocsp?: OcspResponder
  /** Optional, where a test does not say: most make their registry by the API. */
  readonly connectionDesk?: ConnectionDeskRule
  /** Of the open catalogue, where it matters. */
  readonly visitorRate?: RequestRateLimits
  /** Beside those of the API. */
  readonly areas?: readonly DynamicModule[]
  readonly limits?: Partial<AdminLimits>
  /** Of the areas that go by one. */
  readonly clock?: () => Date
  /** Whether a route may have no permission, as it may in production, where it is refused to everybody. */
  readonly undeclared?: 'fail' | 'refuse'
}

/** The admin API over a test database. The caller closes it before the database is stopped. */
export async function openTestAdminApi(
  { adminUrl }: Pick<TestDatabase, 'adminUrl'>,
  options: TestAdminOptions = {},
): Promise<TestAdminApi> {
  const { reader, access: changed, ca, ocsp, connection, areas = [], limits, tls } = options
  const { undeclared = 'fail', connectionDesk = 'optional', clock } = options
  const pool = adminPool(adminUrl)
  const database = new AdminDatabase(pool)
  const sessions = new TestSessions()
  const errors: unknown[] = []
  const access = makeAccess({
    ...{ database, key: randomBytes(32), totp: 'optional', openId: undefined },
    warn: () => undefined,
    ...changed,
  })
  const { signer } = await makeDocumentSigner()
  const usual = new DocumentStore(signer)
  const documents = options.documents?.(usual) ?? usual
  const parts = {
    sessions: reader === 'real' ? access.sessions : (reader ?? sessions),
    owners: new RegistryOwners(pool),
    keys: new IdempotencyKeys(database),
    areas: [
      ...adminAreas({
        ...{ database, access, documents, connection, connectionDesk, clock, ca, ocsp },
        visitorRate: options.visitorRate ?? inTests,
      }),
      ...areas,
    ],
    warn: (error: unknown) => errors.push(error),
  }
  const listen = { host: '127.0.0.1', port: 0, tls }
  const listener = await listenForAdministrators(parts, listen, { ...inTests, ...limits })
  if (undeclared === 'fail' && listener.undeclared.length > 0) {
    await listener.close().finally(() => pool.end())
    throw new Error(`no permission is declared for ${listener.undeclared.join(', ')}`)
  }
  const http = new HttpPool(listener.address)
  let contract: AdminContract | undefined
  const call = async (method: string, path: string, options: AdminCall = {}) => {
    const answer = await send(http, method, path, options, sessions)
    contract ??= new AdminContract((await send(http, 'GET', '/v1/openapi.json', {}, sessions)).json)
    contract.check(method, path, answer)
    return answer
  }
  return {
    ...{
      address: listener.address,
      routes: listener.routes,
      sessions,
      database,
      access,
      documents,
      errors,
      call,
    },
    async close() {
      await http.destroy()
      await listener.close().finally(() => pool.end())
    },
  }
}

async function send(
  pool: HttpPool,
  method: string,
  path: string,
  { as, headers, ifMatch, body, bytes }: AdminCall,
  sessions: TestSessions,
): Promise<AdminAnswer> {
  const answer = await pool.request({
    ...{ method: method, path },
    headers: {
      ...(as !== undefined && { authorization: `Bearer ${sessions.tokenOf(as)}` }),
      ...(ifMatch !== undefined && { 'if-match': ifMatch }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...headers,
    },
    body: bytes ?? (body === undefined ? null : JSON.stringify(body)),
  })
  const got = Buffer.from(await answer.body.arrayBuffer())
  const isJson = /^application\/([a-z.]+\+)?json/.test(String(answer.headers['content-type']))
  const json: unknown = isJson && got.length > 0 ? JSON.parse(got.toString('utf8')) : undefined
  return { status: answer.statusCode, headers: answer.headers, bytes: got, json }
}

function adminPool(url: string): Pool {
  return createPool({
    ...{ url, role: 'admin', applicationName: 'test admin api' },
    ...{ connectionTimeoutMs: 5_000, statementTimeoutMs: 20_000 },
    ...{ connectionsMax: 4, idleTimeoutMs: 1_000 },
  })
}
