import { deadQueue, unroutableQueue } from '../broker/names.js'
import type { Topology } from '../broker/topology.js'
import type { SystemLog } from '../monitoring/system-log.js'

/** How many messages lie where the operator has to look. */
export class LetterCounts {
  readonly #log: SystemLog
  readonly #counts = new Map<string, number>()

  constructor(log: SystemLog) {
    this.#log = log
  }

  /** By queue, as they were found last. */
  get counts(): ReadonlyMap<string, number> {
    return this.#counts
  }

  /** Says so where there are more than before. Never rejects: health tells of a broker that is away. */
  async look(topology: Topology): Promise<void> {
    for (const queue of [deadQueue, unroutableQueue]) {
      const messages = await topology.messagesIn(queue).catch(() => undefined)
      if (messages === undefined) continue
      const before = this.#counts.get(queue) ?? 0
      this.#counts.set(queue, messages)
      if (messages > before) this.#log.warn({ queue, messages }, 'messages were put aside')
    }
  }
}
