import { ContractReaderBusyError, type ContractReader } from '../contract/contract-reader.js'
import type { RegistrationReading } from '../contract/register-contract.js'
import type { BilingualText } from '../exchange/fault.js'
import { contractThreadLimits } from '../limits/contracts.js'
import { runInThread, ThreadLimitError, type ThreadLimits } from './work-thread.js'

/** What a thread is to do with contracts. */
export type ContractTask =
  | { readonly kind: 'read'; readonly archive: Uint8Array }
  | { readonly kind: 'breaks'; readonly before: Uint8Array; readonly after: Uint8Array }

export interface ContractThreadTerms extends ThreadLimits {
  /** Contracts that are being read, one at a time, or wait for it. */
  readonly inLineMax: number
  readonly entry: URL
}

const usual: ContractThreadTerms = {
  ...contractThreadLimits,
  entry: new URL('./contract-thread.js', import.meta.url),
}

/**
 * Reads contracts one after the other, each in a thread that ends with it: reading the largest one takes seconds, in which the
 * admin API and the node's jobs go on.
 */
export class ContractThreads implements ContractReader {
  readonly #terms: ContractThreadTerms
  #inLine = 0
  #last: Promise<unknown> = Promise.resolve()

  constructor(terms: Partial<ContractThreadTerms> = {}) {
    this.#terms = { ...usual, ...terms }
  }

  readonly read = async (archive: Uint8Array): Promise<RegistrationReading> => {
    try {
      return await this.#run<RegistrationReading>({ kind: 'read', archive })
    } catch (error) {
      if (!(error instanceof ThreadLimitError)) throw error
      return { flaws: [{ place: '', problem: tooCostly.en, text: tooCostly }] }
    }
  }

  readonly breaks = async (
    before: Uint8Array,
    after: Uint8Array,
  ): Promise<readonly BilingualText[]> => {
    try {
      return await this.#run<BilingualText[]>({ kind: 'breaks', before, after })
    } catch (error) {
      if (!(error instanceof ThreadLimitError)) throw error
      // What cannot be compared is not taken for compatible.
      return [tooCostly]
    }
  }

  /** @throws ContractReaderBusyError, ThreadLimitError */
  async #run<Result>(task: ContractTask): Promise<Result> {
    const { entry, inLineMax } = this.#terms
    if (this.#inLine >= inLineMax) throw new ContractReaderBusyError('contracts are being read')
    this.#inLine += 1
    const before = this.#last
    const done = before
      .then(() => runInThread<Result>(entry, task, this.#terms))
      .finally(() => (this.#inLine -= 1))
    this.#last = done.catch(() => undefined)
    return done
  }
}

const tooCostly: BilingualText = {
  az: 'Təsvirin oxunması həddindən artıq vaxt və ya yaddaş tələb edir: onu sadələşdirin',
  en: 'To read the contract takes too much time or memory: make it simpler',
}
