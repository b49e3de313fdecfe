/** The clock by which executions are overdue; another one in tests. */
export class ExecutionClock {
  readonly now: () => Date

  constructor(now: () => Date = () => new Date()) {
    this.now = now
  }
}
