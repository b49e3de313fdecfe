import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { openTestAdminApi, type TestAdminApi } from '../support/admin-api.js'
import { AdminContract } from '../support/admin-contract.js'
import { requestsTo } from '../support/admin-fuzz.js'
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

const requestsPerRoute = 40

describe('random requests', () => {
  it('are answered as the description says, and never with an error of ours', async () => {
    const contract = new AdminContract((await api.call('GET', '/v1/openapi.json')).json)
    const statuses = new Map<string, Set<number>>()
    for (const operation of contract.operations) {
      const seen = new Set<number>()
      statuses.set(operation.id, seen)
      await fc.assert(
        fc.asyncProperty(requestsTo(operation, contract), async ({ method, target, call }) => {
          // Whatever is not declared for the route is an error of the call itself.
          const { status } = await api.call(method, target, call)
          seen.add(status)
          expect(api.errors).toEqual([])
          expect(status).not.toBe(500)
        }),
        { numRuns: requestsPerRoute },
      )
    }
    // Requests after the description get through, and those against it do not.
    expect([...statuses.values()].some((seen) => seen.has(200))).toBe(true)
    expect([...statuses.values()].every((seen) => seen.has(400) || seen.has(401))).toBe(true)
  }, 120_000)
})
