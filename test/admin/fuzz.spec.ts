import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { openTestAdminApi, type AdminCall, type TestAdminApi } from '../support/admin-api.js'
import { AdminContract } from '../support/admin-contract.js'
import { everyRole, requestsTo } from '../support/admin-fuzz.js'
import { fillAdminRegistry } from '../support/admin-registry.js'
import { startTestDatabase, type TestDatabase } from '../support/database.js'

let database: TestDatabase
let api: TestAdminApi

beforeAll(async () => {
  database = await startTestDatabase()
  await fillAdminRegistry(database)
  api = await openTestAdminApi(database, {
    limits: { requestsPerAddressSecondMax: 100_000, requestsPerSecondMax: 100_000 },
  })
})

afterAll(async () => {
  await api.close()
  await database.stop()
})

/** Every other time, what is said to have been seen is what is there: the tag of the entry that the path begins with. */
async function withTag(call: AdminCall, target: string): Promise<AdminCall> {
  const said = call.headers?.['If-Match']
  if (said === undefined || said.length % 2 === 0) return call
  const [path = ''] = target.split('?', 1)
  for (const entry of [path, path.slice(0, path.lastIndexOf('/'))]) {
    const { headers } = await api.call('GET', entry, { as: everyRole })
    const tag = headers['etag']
    if (typeof tag === 'string') return { ...call, headers: { ...call.headers, 'If-Match': tag } }
  }
  return call
}

const requestsPerRoute = 8

describe('random requests', () => {
  it('do not get to the database with a NUL character', async () => {
    const { status } = await api.call('GET', '/v1/authorities/%00', { as: everyRole })
    expect([status, api.errors]).toEqual([400, []])
  })

  it('are answered as the description says, and never with an error of ours', async () => {
    const contract = new AdminContract((await api.call('GET', '/v1/openapi.json')).json)
    const statuses = new Map<string, Set<number>>()
    for (const operation of contract.operations) {
      const answered = new Set<number>()
      statuses.set(operation.id, answered)
      await fc.assert(
        fc.asyncProperty(requestsTo(operation, contract), async ({ method, target, call }) => {
          // Whatever is not declared for the route is an error of the call itself.
          const { status } = await api.call(method, target, await withTag(call, target))
          answered.add(status)
          expect(api.errors).toEqual([])
          expect(status).not.toBe(500)
        }),
        { numRuns: requestsPerRoute },
      )
    }
    // Requests after the description get through, and those against it do not.
    expect([...statuses.values()].some((seen) => seen.has(200))).toBe(true)
    const refusing = [...statuses.values()].filter((seen) => seen.has(400) || seen.has(401))
    expect(refusing.length).toBeGreaterThan(statuses.size / 2)
  }, 300_000)
})
