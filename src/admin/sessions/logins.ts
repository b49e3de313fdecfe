import { hash } from 'node:crypto'
import { recordAct } from '../../audit-log/audit-log.store.js'
import type { AdminDatabase } from '../admin-database.store.js'
import type { Caller } from '../caller.js'
import { Problem } from '../problem.js'
import { beginSession, type BegunSession } from './begin-session.js'
import { lockByCertificate, lockByOpenId } from './identity.store.js'
import { addressText } from './network-address.js'
import type { PasswordCheck } from './password-check.js'
import { liveSessionsOf, revokeSessions, type SessionOverview } from './session.store.js'

/** What somebody says to log in by password. */
export interface PasswordLogin {
  readonly login: string
  readonly password: string
  readonly code: string | undefined
  /** Network address. */
  readonly address: string
}

/** Who somebody is by the word of an OpenID provider. */
export interface OpenIdSubject {
  readonly issuer: string
  readonly subject: string
}

/** Lets administrators in, by whatever they have, and out again. */
export class Logins {
  readonly #database: AdminDatabase
  readonly #passwords: PasswordCheck
  readonly #clock: () => Date

  constructor(database: AdminDatabase, passwords: PasswordCheck, clock: () => Date) {
    this.#database = database
    this.#passwords = passwords
    this.#clock = clock
  }

  /** @throws Problem LOGIN_FAILED, TOO_MANY */
  byPassword({ login, password, code, address }: PasswordLogin): Promise<BegunSession> {
    const from = addressText(address)
    const wanted = {
      by: 'login',
      value: login.toLowerCase(),
      password,
      code,
      address: from,
    } as const
    return this.#passwords.carry(wanted, (client, { id: administrator, name }, now) =>
      beginSession(client, { administrator, name, way: 'password', address: from }, now),
    )
  }

  /**
   * @param certificate - DER, of a connection on which TLS has verified its chain and its key
   * @throws Problem LOGIN_FAILED
   */
  byCertificate(certificate: Uint8Array, address: string): Promise<BegunSession> {
    const thumbprint = hash('sha256', certificate, 'base64url')
    return this.#begin('certificate', address, (client) => lockByCertificate(client, thumbprint))
  }

  /** @throws Problem LOGIN_FAILED for whoever was not bound to an administrator by an act */
  byOpenId({ issuer, subject }: OpenIdSubject, address: string): Promise<BegunSession> {
    return this.#begin('oidc', address, (client) => lockByOpenId(client, issuer, subject))
  }

  #begin(
    way: 'certificate' | 'oidc',
    remoteAddress: string,
    find: (client: Parameters<typeof lockByCertificate>[0]) => ReturnType<typeof lockByCertificate>,
  ): Promise<BegunSession> {
    const address = addressText(remoteAddress)
    return this.#database.transaction(async (client) => {
      const found = await find(client)
      if (!found) throw new Problem('LOGIN_FAILED')
      const { id: administrator, name } = found
      return beginSession(client, { administrator, name, way, address }, this.#clock())
    })
  }

  /** Sessions of the caller that are good now, oldest first. */
  sessionsOf({ administratorId }: Caller): Promise<SessionOverview[]> {
    return liveSessionsOf(this.#database.pool, administratorId, this.#clock())
  }

  /**
   * Ends a session of the caller's own.
   * @returns false where it is none, or has ended already
   */
  end(caller: Caller, id: string): Promise<boolean> {
    const administrator = caller.administratorId
    const now = this.#clock()
    return this.#database.transaction(async (client) => {
      const ended = await revokeSessions(
        client,
        { administrator, ids: [id], because: 'logout' },
        now,
      )
      if (ended === 0) return false
      const subject = `session ${id}`
      await recordAct(client, { ...caller.actor(), kind: 'session.end', subject }, now)
      return true
    })
  }
}
