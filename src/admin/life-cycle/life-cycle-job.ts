import type { AdminDatabase } from '../admin-database.store.js'
import { Problem } from '../problem.js'
import type { LifeCycle } from './life-cycle.js'
import { dueEvents, noteTrouble } from './life-cycle.store.js'
import { dueEventsPerTurn } from '../limits.js'

/** Who acts when a day has come. */
const bus = { actor: () => ({ actor: 'sluice', role: 'bus' }) }

/** Lets happen what was planned for a day that has come. Several nodes may run it: each event happens once. */
export class LifeCycleJob {
  readonly #database: AdminDatabase
  readonly #lifeCycle: LifeCycle

  constructor(database: AdminDatabase, lifeCycle: LifeCycle) {
    this.#database = database
    this.#lifeCycle = lifeCycle
  }

  /**
   * One turn. What the registry has something against by now is noted with the event, and tried again.
   * @returns how many events happened
   * @throws Error of the database
   */
  async turn(now: Date): Promise<number> {
    let happened = 0
    for (const event of await dueEvents(this.#database.pool, now, dueEventsPerTurn)) {
      try {
        await this.#lifeCycle.happen(event, bus)
        happened += 1
      } catch (error) {
        if (!(error instanceof Problem)) throw error
        // Another node was faster, or it was called off.
        if (error.code === 'CONFLICT') continue
        const why = error.errors.map(({ pointer, detail }) => `${pointer}: ${said(detail)}`)
        await noteTrouble(this.#database.pool, event.id, why.join('; ').slice(0, 1_000))
      }
    }
    return happened
  }
}

function said(detail: string | { readonly en: string }): string {
  return typeof detail === 'string' ? detail : detail.en
}
