import { Session, type Profiler } from 'node:inspector'

/**
 * Counts how often the blocks of the program's own code are run: a measure of cost that is the same on
 * every machine and on every run. It sees only files that are loaded after it was made.
 */
export class WorkCounter {
  readonly #session = new Session()
  readonly #files: RegExp

  constructor(files: RegExp) {
    this.#files = files
    this.#session.connect()
    this.#post('Profiler.enable')
    this.#post('Profiler.startPreciseCoverage', { callCount: true, detailed: true })
  }

  /** Blocks run by `work`, all together. */
  count(work: () => void): number {
    this.#take()
    work()
    return this.#take()
  }

  stop(): void {
    this.#post('Profiler.stopPreciseCoverage')
    this.#session.disconnect()
  }

  /** Reads the counts and sets them back to zero. */
  #take(): number {
    const coverage = this.#post('Profiler.takePreciseCoverage')
    const { result } = coverage as Profiler.TakePreciseCoverageReturnType
    return result
      .filter(({ url }) => this.#files.test(url))
      .flatMap(({ functions }) => functions.flatMap(({ ranges }) => ranges))
      .reduce((sum, { count }) => sum + count, 0)
  }

  #post(method: string, parameters: object = {}): unknown {
    let result: unknown
    this.#session.post(method, parameters, (error, value) => {
      if (error) throw error
      result = value
    })
    return result
  }
}
