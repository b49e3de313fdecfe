import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { startTestDatabase, type TestDatabase } from '../../test/support/database.js'
import { migrate } from './migrate.js'

let database: TestDatabase

beforeAll(async () => {
  database = await startTestDatabase()
})

afterAll(() => database.stop())

describe('migrate', () => {
  it('runs nothing the second time', async () => {
    expect(await migrate(database.ownerUrl)).toEqual([])
  })
})
