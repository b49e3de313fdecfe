import { lookForNotices, takeDue, type Due } from '../../execution/due.store.js'
import type { Execution } from '../../execution/execution.js'
import { executionsPerTurn, stepBatchesPerTurn, stepsPerBatch } from '../../execution/limits.js'
import { carryOutSteps } from '../../execution/steps.store.js'
import type { AdminDatabase, AdminTransaction } from '../admin-database.store.js'
import { tellOfDeadline, tellOfNoNotice } from './tell.js'

type Tell = (client: AdminTransaction, execution: Execution, now: Date) => Promise<void>

/** What is done when something is due. */
const dues: readonly (readonly [Due, Tell])[] = [
  ['notice_due_at', tellOfNoNotice],
  ['remind_at', (client, execution) => tellOfDeadline(client, 'execution.reminder', execution)],
  ['overdue_at', (client, execution) => tellOfDeadline(client, 'execution.overdue', execution)],
]

/**
 * Control of execution: carries out what messages said of cases, takes over the notices of them, reminds of deadlines, and
 * tells of those that have passed and of messages that nobody accepted (SC-07). Several nodes may run it: each thing happens once.
 */
export class ExecutionJob {
  readonly #database: AdminDatabase

  constructor(database: AdminDatabase) {
    this.#database = database
  }

  /**
   * One turn.
   * @returns how many executions were told of
   * @throws Error of the database
   */
  async turn(now: Date): Promise<number> {
    const isUpToDate = await this.#carryOut()
    await this.#database.transaction((client) => lookForNotices(client, now, executionsPerTurn))
    // What has been answered may be among the steps that are left, or with another node: nobody is blamed for that.
    if (!isUpToDate) return 0
    let told = 0
    for (const [due, tell] of dues) told += await this.#tell(due, tell, now)
    return told
  }

  /** @returns whether all that messages have said is carried out */
  async #carryOut(): Promise<boolean> {
    for (let batch = 0; batch < stepBatchesPerTurn; batch += 1) {
      const steps = await this.#database.transaction((client) =>
        carryOutSteps(client, stepsPerBatch),
      )
      if (steps === undefined) return false
      if (steps < stepsPerBatch) return true
    }
    return false
  }

  #tell(due: Due, tell: Tell, now: Date): Promise<number> {
    return this.#database.transaction(async (client) => {
      const executions = await takeDue(client, due, now, executionsPerTurn)
      for (const execution of executions) await tell(client, execution, now)
      return executions.length
    })
  }
}
