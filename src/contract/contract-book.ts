import { Fault } from '../exchange/fault.js'
import { contractLimits } from '../limits/contracts.js'
import type { ReadyContract } from './ready-contract.js'

export interface ContractBookSettings {
  /** Packed files of a contract that the registry has; undefined where it has none. */
  readonly filesOf: (digest: string) => Uint8Array | undefined
  /** Makes a contract ready. @throws Error of any kind where it cannot be */
  readonly makeReady: (digest: string, files: Uint8Array) => ReadyContract
  readonly readyMax?: number
}

/** The contracts that messages are held to, each made ready once in a worker. */
export class ContractBook {
  readonly #settings: ContractBookSettings
  readonly #readyMax: number
  /** Those used last at the end; one that cannot be made ready stands here with the reason. */
  readonly #ready = new Map<string, ReadyContract | Failure>()

  constructor(settings: ContractBookSettings) {
    this.#settings = settings
    this.#readyMax = settings.readyMax ?? contractLimits.readyMax
  }

  /**
   * A contract by its digest.
   * @throws Fault INTERNAL_ERROR where it is not there or cannot be made ready: what cannot be checked does not
   *   pass (fail closed)
   */
  get(digest: string): ReadyContract {
    const known = this.#ready.get(digest)
    const found = known ?? this.#make(digest)
    if (known && this.#ready.size >= this.#readyMax) this.#usedNow(digest, known)
    if (found instanceof Failure) {
      throw new Fault('INTERNAL_ERROR', {
        detail: 'The contract of the service cannot be used.',
        cause: found.cause,
      })
    }
    return found
  }

  /**
   * The same for whom nobody knows: a contract that is ready, or that is to be made ready in any case. What is made
   * takes no other's place, so nobody can have the same one made again and again.
   * @throws Fault THROTTLED where it would, INTERNAL_ERROR as `get`
   */
  atHand(digest: string): ReadyContract {
    const known = this.#ready.get(digest)
    if (known instanceof Failure || (!known && this.wants(digest))) return this.get(digest)
    if (known) return known
    throw new Fault('THROTTLED', { detail: 'The contract of the service is not ready.' })
  }

  /** Whether a contract is not ready and has room without taking that of another. */
  wants(digest: string): boolean {
    if (this.#ready.has(digest)) return false
    return this.#ready.size < this.#readyMax || this.#replaced() !== undefined
  }

  /** One that the registry does not have any more: exchanges that began under it may still ask for it, and no others. */
  #replaced(): string | undefined {
    for (const digest of this.#ready.keys()) {
      if (!this.#settings.filesOf(digest)) return digest
    }
    return undefined
  }

  /** Where there is no room for all, those in use stay. */
  #usedNow(digest: string, known: ReadyContract | Failure): void {
    this.#ready.delete(digest)
    this.#ready.set(digest, known)
  }

  #make(digest: string): ReadyContract | Failure {
    const files = this.#settings.filesOf(digest)
    // Not kept: it may come with the next snapshot.
    if (!files) return new Failure(new Error(`the contract ${digest} is not in the registry`))
    const made = this.#tryToMake(digest, files)
    if (this.#ready.size >= this.#readyMax) {
      const [oldest] = this.#ready.keys()
      const goes = this.#replaced() ?? oldest
      if (goes !== undefined) this.#ready.delete(goes)
    }
    this.#ready.set(digest, made)
    return made
  }

  #tryToMake(digest: string, files: Uint8Array): ReadyContract | Failure {
    try {
      return this.#settings.makeReady(digest, files)
    } catch (error) {
      return new Failure(error)
    }
  }
}

class Failure {
  constructor(readonly cause: unknown) {}
}
