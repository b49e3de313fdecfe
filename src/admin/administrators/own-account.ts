import { recordAct } from '../../audit-log/audit-log.store.js'
import type { AdminDatabase } from '../admin-database.store.js'
import type { Caller } from '../caller.js'
import { Problem } from '../problem.js'
import { replaceRecoveryCodes } from '../sessions/login-try.store.js'
import { totpPurpose, type PasswordCheck } from '../sessions/password-check.js'
import { revokeSessions } from '../sessions/session.store.js'
import { lockPendingTotp, readAdministrator, updateAdministrator } from './administrator.store.js'
import type { Administrator } from './administrator.js'
import { HasherBusy, type PasswordHasher } from './password-hasher.js'
import { passwordFlaw, passwordFlawTexts } from './password-rules.js'
import { seal, unseal } from './sealed.js'
import { newRecoveryCodes, newTotpSecret, recoveryCodeHash, totpStepOf } from './totp.js'
import type { AdminTransaction } from './transaction.store.js'

export interface OwnAccountParts {
  readonly database: AdminDatabase
  readonly passwords: PasswordCheck
  readonly hasher: PasswordHasher
  /** What the secrets of codes are sealed by. */
  readonly key: Buffer
  readonly clock: () => Date
}

/** What somebody proves again that it is them: a session that was left open, or stolen, is not enough. */
export interface Proof {
  readonly password: string
  readonly code: string | undefined
}

/** The secret of an enrolment, told this once. */
export interface BegunTotp {
  /** Base32. */
  readonly secret: string
  /** `otpauth://totp/…` */
  readonly url: string
}

const issuer = 'Sluice'

/** What administrators change of their own account. */
export class OwnAccount {
  readonly #parts: OwnAccountParts

  constructor(parts: OwnAccountParts) {
    this.#parts = parts
  }

  /**
   * Sets another password, and ends all sessions.
   * @throws Problem UNPROCESSABLE for one that may not be used, LOGIN_FAILED, TOO_MANY
   */
  async changePassword(caller: Caller, proof: Proof, password: string): Promise<void> {
    const { login } = await this.read(caller)
    checkPassword(password, login, proof.password)
    const hash = await this.#hash(password)
    await this.#proved(caller, proof, async (client, now) => {
      const administrator = caller.administratorId
      const columns = { password_hash: hash, must_change_password: false }
      await updateAdministrator(client, administrator, columns)
      await revokeSessions(client, { administrator, because: 'password' }, now)
      await recordOwnAct(client, caller, 'administrator.password', now)
    })
  }

  /**
   * Begins to enrol a device for one-time codes; whatever was enrolled before counts until it is confirmed.
   * @throws Problem LOGIN_FAILED, TOO_MANY
   */
  async beginTotp(caller: Caller, proof: Proof): Promise<BegunTotp> {
    const { login } = await this.read(caller)
    const { bytes, text, url } = newTotpSecret(login, issuer)
    await this.#proved(caller, proof, async (client) => {
      const id = caller.administratorId
      const sealed = seal(this.#parts.key, totpPurpose(id), bytes)
      await updateAdministrator(client, id, { totp_pending: sealed })
    })
    return { secret: text, url }
  }

  /**
   * The device shows the right code: from now on each login by password asks for one.
   * @returns recovery codes, told this once
   * @throws Problem UNPROCESSABLE for a wrong code, CONFLICT where nothing was begun
   */
  confirmTotp(caller: Caller, code: string): Promise<string[]> {
    const { database, key, clock } = this.#parts
    const id = caller.administratorId
    return database.transaction(async (client) => {
      const now = clock()
      const pending = await lockPendingTotp(client, id)
      if (!pending) throw nothingBegun()
      const step = totpStepOf(unseal(key, totpPurpose(id), pending), code, now)
      if (step === undefined) throw wrongCode()
      await updateAdministrator(client, id, {
        totp_secret: pending,
        totp_confirmed_at: now,
        // This code was shown, and is no good for a login.
        totp_last_step: step,
        totp_pending: null,
      })
      const codes = newRecoveryCodes()
      const hashes = codes.flatMap((each) => recoveryCodeHash(id, each) ?? [])
      await replaceRecoveryCodes(client, id, hashes, now)
      await recordOwnAct(client, caller, 'administrator.codes', now)
      return codes
    })
  }

  /** @throws Problem NOT_FOUND for whoever is no administrator */
  async read({ administratorId }: Caller): Promise<Administrator> {
    const own = await this.#parts.database.transaction((client) =>
      readAdministrator(client, 'id', administratorId),
    )
    if (!own) throw new Problem('NOT_FOUND')
    return own
  }

  #proved<Result>(
    { administratorId, address }: Caller,
    { password, code }: Proof,
    work: (client: AdminTransaction, now: Date) => Promise<Result>,
  ): Promise<Result> {
    const wanted = { by: 'id', value: administratorId, password, code, address } as const
    return this.#parts.passwords.carry(wanted, (client, _record, now) => work(client, now))
  }

  async #hash(password: string): Promise<string> {
    try {
      return await this.#parts.hasher.hash(password)
    } catch (error) {
      if (error instanceof HasherBusy) throw new Problem('TOO_MANY', { cause: error })
      throw error
    }
  }
}

function recordOwnAct(
  client: AdminTransaction,
  caller: Caller,
  kind: 'administrator.password' | 'administrator.codes',
  now: Date,
) {
  const subject = `administrator ${caller.administratorId}`
  return recordAct(client, { ...caller.actor(), kind, subject }, now)
}

/** @throws Problem UNPROCESSABLE */
function checkPassword(password: string, login: string, former: string): void {
  const flaw = passwordFlaw(password, login)
  const detail = flaw
    ? passwordFlawTexts[flaw]
    : { az: 'Yeni parol əvvəlkindən fərqlənməlidir', en: 'The new password is another one' }
  if (flaw === undefined && password !== former) return
  throw new Problem('UNPROCESSABLE', {
    detail,
    errors: [{ pointer: '/newPassword', detail }],
  })
}

function wrongCode(): Problem {
  return new Problem('UNPROCESSABLE', {
    detail: { az: 'Kod düzgün deyil', en: 'The code is wrong' },
    errors: [{ pointer: '/code', detail: { az: 'Kod düzgün deyil', en: 'The code is wrong' } }],
  })
}

function nothingBegun(): Problem {
  return new Problem('CONFLICT', {
    detail: {
      az: 'Cihazın qeydiyyatı başlanmayıb',
      en: 'No enrolment was begun',
    },
  })
}
