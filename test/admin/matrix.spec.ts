import { Validator } from '@seriousme/openapi-schema-validator'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { roles, type PermittedRole, type Role } from '../../src/admin/permission.js'
import { AdminContract, type ApiOperation } from '../support/admin-contract.js'
import {
  openTestAdminApi,
  type AdminAnswer,
  type TestAdminApi,
  type TestCaller,
} from '../support/admin-api.js'
import { fillAdminRegistry, known } from '../support/admin-registry.js'
import { startTestDatabase, type TestDatabase } from '../support/database.js'

let database: TestDatabase
let api: TestAdminApi
let contract: AdminContract
let document: Record<string, unknown>

beforeAll(async () => {
  database = await startTestDatabase()
  await fillAdminRegistry(database)
  api = await openTestAdminApi(database)
  document = (await api.call('GET', '/v1/openapi.json')).json as Record<string, unknown>
  contract = new AdminContract(document)
})

afterAll(async () => {
  await api.close()
  await database.stop()
})

const day = 86_400_000
const past = { from: new Date(0), until: new Date(day) }
const future = { from: new Date(Date.now() + day) }

/** Everybody who may come, with what they are. */
const callers: readonly (readonly [string, TestCaller])[] = [
  ['nobody at all', undefined],
  ['an administrator without roles', 'nobody'],
  ...(['OPERATOR', 'AGENCY', 'SECURITY'] as const).flatMap((role): [string, TestCaller][] => [
    [role, role],
    [`${role} of the past`, { role, ...past }],
    [`${role} to be`, { role, ...future }],
  ]),
  ...scoped('FOUNDER_ADMIN', known.domain, known.otherDomain),
  ...scoped('MEMBER_ADMIN', known.member, known.otherMember),
]

function scoped(
  role: 'FOUNDER_ADMIN' | 'MEMBER_ADMIN',
  right: string,
  wrong: string,
): (readonly [string, TestCaller])[] {
  return [
    [`${role} of ${right}`, { role, scope: right }],
    [`${role} of ${wrong}`, { role, scope: wrong }],
    [`${role} of ${right} in the past`, { role, scope: right, ...past }],
  ]
}

interface Scoped {
  readonly role: Role
  readonly scope?: string
  readonly from?: Date
  readonly until?: Date
}

/** Whether a route's own declaration lets this caller through, where its path names what is `known`. */
function isPermitted({ permission }: ApiOperation, caller: TestCaller): boolean {
  if (permission === 'public') return true
  if (caller === undefined) return false
  if (permission === 'everyone') return true
  return [caller].flat().some((held) => permission.some((each) => covers(each, held)))
}

function covers(permitted: PermittedRole, held: Exclude<TestCaller, undefined>): boolean {
  if (held === 'nobody' || Array.isArray(held)) return false
  const { role, ...rest } = typeof held === 'string' ? { role: held } : (held as Scoped)
  const { scope, from, until }: Omit<Scoped, 'role'> = rest
  const now = new Date()
  if ((from !== undefined && from > now) || (until !== undefined && until <= now)) return false
  if (typeof permitted === 'string') return permitted === role
  if (permitted.role !== role) return false
  return scope === (role === 'FOUNDER_ADMIN' ? known.domain : known.member)
}

/** The route’s path, naming what the right scope covers. */
function targetOf({ path, permission }: ApiOperation): string {
  const scopes = new Map<string, string>()
  if (Array.isArray(permission)) {
    for (const each of permission as readonly PermittedRole[]) {
      if (typeof each === 'string') continue
      if (each.role === 'FOUNDER_ADMIN') scopes.set(each.domain, known.domain)
      else scopes.set(each.member, known.member)
    }
  }
  return path.replaceAll(/\{([^}]+)\}/g, (_whole, name: string) =>
    encodeURIComponent(scopes.get(name) ?? 'yoxdur'),
  )
}

/** What the guard refuses says why to nobody; what a handler refuses, who narrows a role that may call it, does. */
function isRefused({ status, json }: AdminAnswer): boolean {
  const { type = '', detail } = (json ?? {}) as { type?: string; detail?: string }
  if (status === 401) return type.endsWith('LOGIN_REQUIRED')
  return status === 403 && detail === undefined
}

describe('the description', () => {
  it('is valid OpenAPI 3.1 by the official schema', async () => {
    expect(document['openapi']).toBe('3.1.0')
    expect(await new Validator().validate(structuredClone(document))).toEqual({ valid: true })
  })

  it('has every route, and every route says who may call it', () => {
    expect(contract.operations.map(({ id }) => id).sort()).toEqual([...api.routes].sort())
    for (const { id, permission } of contract.operations) {
      const isNamed = permission === 'public' || permission === 'everyone'
      const named = isNamed
        ? []
        : permission.map((each) => (typeof each === 'string' ? each : each.role))
      expect([id, named.every((role) => roles.includes(role))]).toEqual([id, true])
      expect([id, isNamed || named.length > 0]).toEqual([id, true])
    }
  })

  it('names path parameters that scopes are read from', () => {
    for (const { id, path, permission } of contract.operations) {
      if (!Array.isArray(permission)) continue
      for (const each of permission as readonly PermittedRole[]) {
        if (typeof each === 'string') continue
        const name = each.role === 'FOUNDER_ADMIN' ? each.domain : each.member
        expect([id, path]).toEqual([id, expect.stringContaining(`{${name}}`)])
      }
    }
  })

  it('takes no field that it does not name', () => {
    for (const { id, body } of contract.operations) {
      const schema = body?.['application/json']?.schema
      if (!schema) continue
      expect([
        id,
        resolved(schema)['additionalProperties'] ??
          resolved(schema)['oneOf'] ??
          resolved(schema)['anyOf'],
      ]).not.toEqual([id, undefined])
    }
  })
})

function resolved(schema: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const { $ref } = schema
  if (typeof $ref !== 'string') return schema
  return contract.schemas[$ref.replace('#/components/schemas/', '')] ?? schema
}

describe('every route', () => {
  it.each(callers)('lets %s do what it declares, and nothing else', async (_who, caller) => {
    for (const operation of contract.operations) {
      const { id, method } = operation
      // Without a good body nothing is done; whoever is let through learns that it is missing.
      const answer = await api.call(method, targetOf(operation), {
        as: caller,
        ...(operation.body && { bytes: '{', headers: { 'content-type': 'application/json' } }),
      })
      expect([id, !isRefused(answer)]).toEqual([id, isPermitted(operation, caller)])
    }
    expect(api.errors).toEqual([])
  })
})
