import { hash, verify } from '@node-rs/argon2'
import {
  PasswordHasher,
  type PasswordFunctions,
} from '../../src/admin/administrators/password-hasher.js'
import { ownerGranter } from '../../src/admin/administrators/granting.js'
import type { Role } from '../../src/admin/permission.js'
import type { Access, AccessTerms } from '../../src/admin/access.js'
import type { AdminTls } from '../../src/admin/server.js'
import type { IssuingCa } from '../../src/ca/issuing-ca.store.js'
import type { ActFields } from '../../src/audit-log/act.js'
import { readActs } from '../../src/audit-log/audit-log.store.js'
import type { MemberId } from '../../src/exchange/identifier.js'
import {
  openTestAdminApi,
  type AdminAnswer,
  type AdminCall,
  type TestAdminApi,
  type TestAdminOptions,
} from './admin-api.js'
import type { TestDatabase } from './database.js'

/** What a test says of an administrator. */
export interface TestPerson {
  readonly login: string
  readonly member?: string
  /** In force for good; `MEMBER_ADMIN AZ/GOV/DIN` with its scope. */
  readonly roles?: readonly (Role | `${Role} ${string}`)[]
}

/** An administrator whose password is known. */
export interface MadePerson {
  readonly id: string
  readonly login: string
  readonly password: string
}

/** The API with real sessions, a clock that tests turn, and passwords that cost little. */
export interface AdminWorld {
  readonly api: TestAdminApi
  readonly access: Access
  /** How often a password was hashed or compared. */
  readonly hashes: { count: number }
  now(): Date
  pass(ms: number): void
  make(person: TestPerson): Promise<MadePerson>
  /** Somebody who is there gets another password. */
  renew(login: string): Promise<MadePerson>
  /** Logs in. @returns the token */
  login(person: MadePerson, totp?: string): Promise<string>
  /** Tries to log in, and tells what is answered. */
  tryLogin(login: string, password: string, totp?: string): Promise<AdminAnswer>
  /** Lets an address try again that was wrong too often; all tests come from one. */
  forgetAddresses(): Promise<void>
  /** Makes an administrator and logs in. */
  enter(person: TestPerson): Promise<MadePerson & { readonly token: string }>
  call(
    token: string | undefined,
    method: string,
    path: string,
    call?: AdminCall,
  ): Promise<AdminAnswer>
  /** Acts of a kind, oldest first. */
  acts(kind: string): Promise<ActFields[]>
  close(): Promise<void>
}

/** How the connection desk and what goes by its clock work, where it matters. */
export type DeskTerms = Pick<TestAdminOptions, 'clock' | 'connectionDesk' | 'documents'>

const cheap = { memoryCost: 64, timeCost: 1, parallelism: 1 }
const doer = { granter: ownerGranter, author: { actor: 'Test' } }

export async function openAdminWorld(
  database: Pick<TestDatabase, 'adminUrl'>,
  {
    tls,
    ca,
    desk,
    ...changed
  }: Partial<AccessTerms> & {
    readonly tls?: AdminTls
    readonly ca?: IssuingCa
    readonly desk?: DeskTerms | undefined
  } = {},
): Promise<AdminWorld> {
  const hashes = { count: 0 }
  const functions: PasswordFunctions = {
    hash: (password) => (hashes.count++, hash(password, cheap)),
    verify: (hashed, password) => (hashes.count++, verify(hashed, password)),
  }
  let passedMs = 0
  const now = (): Date => new Date(Date.now() + passedMs)
  const api = await openTestAdminApi(database, {
    reader: 'real',
    access: { clock: now, hasher: new PasswordHasher(functions), ...changed },
    ...(tls && { tls }),
    ...(ca && { ca }),
    ...desk,
  })
  const world: AdminWorld = {
    ...{ api, access: api.access, hashes, now },
    pass: (ms) => (passedMs += ms),
    make: (person) => makePerson(api, person),
    renew: (login) => renewPerson(api, login),
    async login({ login, password }, totp) {
      const { status, json } = await world.tryLogin(login, password, totp)
      if (status !== 201) throw new Error(`the login of ${login} failed with ${status}`)
      return (json as { token: string }).token
    },
    tryLogin(login, password, totp) {
      const body = { login, password, ...(totp !== undefined && { totp }) }
      return api.call('POST', '/v1/sessions', { body })
    },
    async forgetAddresses() {
      await api.database.pool.query('DELETE FROM sluice.admin_login_address')
    },
    async enter(person) {
      const made = await world.make(person)
      return { ...made, token: await world.login(made) }
    },
    call: (token, method, path, call = {}) =>
      api.call(method, path, {
        ...call,
        headers: {
          ...(token !== undefined && { authorization: `Bearer ${token}` }),
          ...call.headers,
        },
      }),
    async acts(kind) {
      const client = await api.database.pool.connect()
      try {
        const acts = await readActs(client, { limit: 1_000 })
        return acts.flatMap(({ fields }) => (fields?.kind === kind ? [fields] : []))
      } finally {
        client.release()
      }
    },
    close: () => api.close(),
  }
  return world
}

async function makePerson(
  { access, database }: TestAdminApi,
  { login, member, roles = [] }: TestPerson,
): Promise<MadePerson> {
  const wanted = { login, name: `Ad ${login}`, email: undefined, member: member as MemberId }
  const { administrator, oneTimePassword } = await access.changes.add(doer, wanted)
  const { id } = administrator
  await letKeep(database, id)
  for (const each of roles) {
    const [role, scope] = each.split(' ') as [Role, string?]
    const granted = { administrator: id, role, scope, from: undefined, until: undefined }
    await access.roles.grant(doer, granted)
  }
  return { id, login, password: oneTimePassword }
}

async function renewPerson({ access, database }: TestAdminApi, login: string): Promise<MadePerson> {
  const found = await access.list.byLogin(login)
  const which = { id: found?.id ?? '', revision: undefined }
  const { oneTimePassword: password } = await access.changes.resetPassword(doer, which)
  await letKeep(database, which.id)
  return { id: which.id, login, password }
}

/** A password that was told once need not be changed. */
async function letKeep({ pool }: TestAdminApi['database'], id: string): Promise<void> {
  await pool.query('UPDATE sluice.administrator SET must_change_password = false WHERE id = $1', [
    id,
  ])
}
