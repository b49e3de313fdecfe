import { hash, verify } from '@node-rs/argon2'
import { argon2Params, hashesInFlightMax, hashesWaitingMax } from './limits.js'

/** Too many hashes are asked for at one time. */
export class HasherBusy extends Error {
  override readonly name = 'HasherBusy'
}

/** What is done to passwords; tests count the calls. */
export interface PasswordFunctions {
  hash(password: string): Promise<string>
  verify(hashed: string, password: string): Promise<boolean>
}

/** Whether a password is the one of a hash; undefined for nobody's. */
export type ComparePassword = (hashed: string | undefined, password: string) => Promise<boolean>

const argon2id: PasswordFunctions = {
  // Argon2id is the library's default, and the column's check would refuse another.
  hash: (password) => hash(password, argon2Params),
  verify: (hashed, password) => verify(hashed, password),
}

// Of a random password that nobody kept, with the parameters of all others: what a login that does not exist costs.
const nobodysHash =
  '$argon2id$v=19$m=19456,t=2,p=1$AbssUDLsMHSDss5O4V77KA$YoBQM3aaEdS6rhK6rDBwNNnBbjkyS8wWT0hdN8n0jfo'

/**
 * Hashes passwords, a few at a time: each takes 19 MiB and a core for a tenth of a second, and a flood of logins must not
 * take the node's.
 */
export class PasswordHasher {
  readonly #functions: PasswordFunctions
  readonly #waiting: (() => void)[] = []
  #inFlight = 0

  constructor(functions: PasswordFunctions = argon2id) {
    this.#functions = functions
  }

  /** @throws HasherBusy */
  hash(password: string): Promise<string> {
    return this.inTurn(() => this.#functions.hash(oneForm(password)))
  }

  /**
   * Does work with one of the places for hashes; who gets none is refused before anything else is done.
   * @throws HasherBusy
   */
  async inTurn<Result>(work: (compare: ComparePassword) => Promise<Result>): Promise<Result> {
    if (this.#inFlight < hashesInFlightMax) this.#inFlight += 1
    else {
      if (this.#waiting.length >= hashesWaitingMax) throw new HasherBusy()
      // Whoever ends hands its place over, so that nobody comes in between.
      await new Promise<void>((resolve) => this.#waiting.push(resolve))
    }
    try {
      return await work((hashed, password) => this.#compare(hashed, password))
    } finally {
      const next = this.#waiting.shift()
      if (next) next()
      else this.#inFlight -= 1
    }
  }

  /** Where there is no hash the same is computed, and the answer is no. */
  async #compare(hashed: string | undefined, password: string): Promise<boolean> {
    const isRight = await this.#functions.verify(hashed ?? nobodysHash, oneForm(password))
    return isRight && hashed !== undefined
  }
}

/** Devices write one letter in different ways, "ş" as one character or as two (NIST SP 800-63B §3.1.1.2). */
function oneForm(password: string): string {
  return password.normalize('NFKC')
}
