import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { startTestDatabase, type TestDatabase } from '../../test/support/database.js'
import { until } from '../../test/support/message-log.js'
import { message, Recipients, startWorker } from '../../test/support/outbox.js'

let database: TestDatabase

beforeAll(async () => {
  database = await startTestDatabase()
})

afterAll(() => database.stop())

it.each([
  ['took it', 202],
  ['refused it', 422],
  ['could not', 503],
])('the room of an answer is given back whatever it was: its recipient %s', async (_, status) => {
  const recipients = new Recipients()
  recipients.answer = () => status
  const worker = await startWorker(database, { recipients })
  try {
    const { exchangeId } = await worker.accept(message())
    await until(() => Promise.resolve(worker.released.length > 0))
    expect(worker.released).toContain(exchangeId)
  } finally {
    await worker.close()
  }
})
