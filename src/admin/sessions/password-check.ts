import type { AdminDatabase } from '../admin-database.store.js'
import {
  HasherBusy,
  type ComparePassword,
  type PasswordHasher,
} from '../administrators/password-hasher.js'
import { unseal } from '../administrators/sealed.js'
import { recoveryCodeHash, totpStepOf } from '../administrators/totp.js'
import { Problem } from '../problem.js'
import { raiseAlert } from './alert.store.js'
import {
  acceptPasswordTry,
  countAddressTry,
  countPasswordTry,
  forgetAddresses,
  forgiveAddressTry,
  type LoginRecord,
  type RightTry,
} from './login-try.store.js'
import { countedAddress } from './network-address.js'
import type { AdminTransaction } from '../administrators/transaction.store.js'

/** What somebody says to be let in. */
export interface PasswordTry {
  readonly by: 'login' | 'id'
  /** The login, or the id of whoever is logged in already. */
  readonly value: string
  readonly password: string
  /** Of the device, or a recovery code. */
  readonly code: string | undefined
  /** Network address that it comes from. */
  readonly address: string
}

/** What the codes of an administrator are sealed for. */
export function totpPurpose(administrator: string): string {
  return `totp ${administrator}`
}

export interface PasswordCheckParts {
  readonly database: AdminDatabase
  readonly hasher: PasswordHasher
  /** What the secrets of codes are sealed by. */
  readonly key: Buffer
  readonly clock: () => Date
}

/**
 * Compares passwords and codes. Whatever is wrong, and whether there is such an administrator at all, is one answer, and
 * costs one hash.
 */
export class PasswordCheck {
  readonly #parts: PasswordCheckParts

  constructor(parts: PasswordCheckParts) {
    this.#parts = parts
  }

  /**
   * @param then - what follows, in the transaction that takes the code for used; it holds the administrator's row
   * @throws Problem LOGIN_FAILED; TOO_MANY where the address has to wait, or too many log in at once
   */
  async carry<Result>(
    wanted: PasswordTry,
    then: (client: AdminTransaction, record: LoginRecord, now: Date) => Promise<Result>,
  ): Promise<Result> {
    try {
      // A try that finds no place is not counted, for it was not looked at.
      return await this.#parts.hasher.inTurn((compare) => this.#carry(wanted, compare, then))
    } catch (error) {
      if (error instanceof HasherBusy) throw new Problem('TOO_MANY', { cause: error })
      throw error
    }
  }

  async #carry<Result>(
    wanted: PasswordTry,
    compare: ComparePassword,
    then: (client: AdminTransaction, record: LoginRecord, now: Date) => Promise<Result>,
  ): Promise<Result> {
    const { database, clock } = this.#parts
    const now = clock()
    const address = countedAddress(wanted.address)
    // One transaction, so that a login that there is costs no further flush of the disk, which could be measured.
    const record = await database.transaction(async (client) => {
      if (await countAddressTry(client, address, now)) throw new Problem('TOO_MANY')
      return countPasswordTry(client, wanted.by, wanted.value, now)
    })
    const isRight = await compare(record?.passwordHash, wanted.password)
    const right = record && isRight ? this.#withCode(record, wanted.code, now) : undefined
    if (record && right) {
      const done = await this.#accept(record, right, address, then)
      if (done) return done.result
    }
    if (record?.isLast) await this.#tellOfLock(record, wanted.address, now)
    await forgetAddresses(database.pool, now)
    throw new Problem('LOGIN_FAILED')
  }

  /** @returns undefined for a code that is wrong, or missing */
  #withCode(
    { id, passwordHash, totpSecret }: LoginRecord,
    code: string | undefined,
    now: Date,
  ): RightTry | undefined {
    if (!totpSecret) return { id, passwordHash }
    if (code === undefined) return undefined
    const totpStep = totpStepOf(unseal(this.#parts.key, totpPurpose(id), totpSecret), code, now)
    if (totpStep !== undefined) return { id, passwordHash, totpStep }
    const recoveryHash = recoveryCodeHash(id, code)
    return recoveryHash && { id, passwordHash, recoveryHash }
  }

  /** @returns undefined where the code was used before */
  async #accept<Result>(
    record: LoginRecord,
    right: RightTry,
    address: string,
    then: (client: AdminTransaction, record: LoginRecord, now: Date) => Promise<Result>,
  ): Promise<{ readonly result: Result } | undefined> {
    const now = this.#parts.clock()
    try {
      return await this.#parts.database.transaction(async (client) => {
        // The address first, as where tries are counted: two that wait for each other would wait for ever.
        await forgiveAddressTry(client, address)
        if (!(await acceptPasswordTry(client, right, now))) throw new NotAccepted()
        return { result: await then(client, record, now) }
      })
    } catch (error) {
      if (error instanceof NotAccepted) return undefined
      throw error
    }
  }

  async #tellOfLock({ id, name }: LoginRecord, address: string, now: Date): Promise<void> {
    await this.#parts.database.transaction(async (client) => {
      const subject = `administrator ${id}`
      // Whoever tried has shown that they are nobody.
      const act = { actor: 'unknown', kind: 'administrator.lock', subject } as const
      await raiseAlert(client, { ...act, after: { name, address } }, id, now)
    })
  }
}

/** Nothing of the transaction shall stay. */
class NotAccepted extends Error {
  override readonly name = 'NotAccepted'
}
