import { Fault } from '../exchange/fault.js'
import type { ContractBook } from './contract-book.js'

export interface ContractWarmUpSettings {
  readonly contracts: Pick<ContractBook, 'get' | 'wants'>
  /** Tells the engineer of a contract that cannot be used: no message of its service passes. */
  readonly warn: (event: string, details: Readonly<Record<string, unknown>>) => void
}

/**
 * Makes contracts ready before the first message that needs them. One at a time, with a turn of the event loop between,
 * so that messages wait for no more than one of them; and no more than there is room for.
 */
export class ContractWarmUp {
  readonly #settings: ContractWarmUpSettings
  #waiting: string[] = []
  #turn: NodeJS.Immediate | undefined

  constructor(settings: ContractWarmUpSettings) {
    this.#settings = settings
  }

  /** Begins with these, in the place of those that are waiting still. */
  begin(digests: Iterable<string>): void {
    this.#waiting = [...digests].reverse()
    this.#turn ??= this.#soon()
  }

  /** A worker that ends does not wait for it. */
  #soon(): NodeJS.Immediate {
    return setImmediate(() => {
      this.#turn = this.#makeNext() ? this.#soon() : undefined
    }).unref()
  }

  /** @returns whether there was one to make */
  #makeNext(): boolean {
    const { contracts } = this.#settings
    for (let digest = this.#waiting.pop(); digest !== undefined; digest = this.#waiting.pop()) {
      if (!contracts.wants(digest)) continue
      this.#make(digest)
      return true
    }
    return false
  }

  #make(digest: string): void {
    try {
      this.#settings.contracts.get(digest)
    } catch (error) {
      const cause = error instanceof Fault ? error.cause : error
      this.#settings.warn('contract-unusable', {
        digest,
        error: cause instanceof Error ? cause.message : String(cause),
      })
    }
  }
}
