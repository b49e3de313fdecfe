import type { ClientBase } from 'pg'
import { ArchiveRefusal } from './archive-refusal.js'

// Any number, the same on every machine: who holds it archives or erases, one at a time.
const lockKey = 7_583_142_104

/** Takes the one turn at changing what is kept; it ends with the connection. @throws ArchiveRefusal */
export async function takeTurn(client: ClientBase): Promise<void> {
  const { rows } = await client.query<{ mine: boolean }>(
    'SELECT pg_try_advisory_lock($1) AS mine',
    [lockKey],
  )
  if (rows[0]?.mine === true) return
  throw new ArchiveRefusal('busy', 'another command archives or erases right now')
}

/** All of the work, or nothing. */
export async function inTransaction<Result>(
  client: ClientBase,
  work: () => Promise<Result>,
): Promise<Result> {
  await client.query('BEGIN')
  try {
    const result = await work()
    await client.query('COMMIT')
    return result
  } catch (error) {
    // The first error is the one to tell of.
    await client.query('ROLLBACK').catch(() => undefined)
    throw error
  }
}
