import type { ClientBase, Pool, PoolClient } from 'pg'

/** Sessions in the role of the admin API. */
export type AdminPool = Pool

/** Any session, within a transaction or not. */
export type Queried = Pick<Pool | ClientBase, 'query'>

/** A session within a transaction. */
export type AdminTransaction = ClientBase

/** Sessions of the database in the role of the admin API. */
export class AdminDatabase {
  readonly pool: Pool

  constructor(pool: Pool) {
    this.pool = pool
  }

  /**
   * Carries out `work` in one transaction: the change and its act are durable together, or neither is.
   * @throws whatever `work` throws, after the rollback
   */
  async transaction<Result>(work: (client: PoolClient) => Promise<Result>): Promise<Result> {
    const client = await this.pool.connect()
    let broken = false
    try {
      await client.query('BEGIN')
      const result = await work(client)
      await client.query('COMMIT')
      return result
    } catch (error) {
      await client.query('ROLLBACK').catch(() => (broken = true))
      throw error
    } finally {
      client.release(broken)
    }
  }
}
