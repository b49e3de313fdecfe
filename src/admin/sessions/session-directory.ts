import type { AdminDatabase } from '../admin-database.store.js'
import { callerOf, type Caller } from '../caller.js'
import type { Role } from '../permission.js'
import { Problem } from '../problem.js'
import type { SessionReader } from '../session-reader.js'
import { raiseAlert } from './alert.store.js'
import { addressText } from './network-address.js'
import { tokenHash } from './session-token.js'
import { addSessionAddress, findLiveSession, type LiveSession } from './session.store.js'

/** Whether administrators in the gravest roles have to have one-time codes. */
export type TotpRule = 'required' | 'optional'

/** What somebody has to do before any role counts. */
export type Duty = 'changePassword' | 'enrolTotp'

const rolesWithTotp: readonly Role[] = ['OPERATOR', 'SECURITY', 'FOUNDER_ADMIN']

/** Sessions as the database has them at this moment: nothing is kept here from one request to the next. */
export class SessionDirectory implements SessionReader {
  readonly #database: AdminDatabase
  readonly #rule: TotpRule
  readonly #clock: () => Date

  constructor(database: AdminDatabase, rule: TotpRule, clock: () => Date) {
    this.#database = database
    this.#rule = rule
    this.#clock = clock
  }

  /** Whoever has duties left has no role yet, and so may do nothing but what everybody may. */
  async callerOf(token: string, remoteAddress: string): Promise<Caller | undefined> {
    const now = this.#clock()
    const hash = tokenHash(token)
    const session = hash && (await findLiveSession(this.#database.pool, 'token_hash', hash, now))
    if (!session) return undefined
    const address = addressText(remoteAddress)
    if (!session.addresses.includes(address)) await this.#tellOfMove(session, address, now)
    const { administratorId, name, id: sessionId } = session
    const assignments = this.dutiesOf(session).length > 0 ? [] : session.assignments
    return callerOf({ administratorId, name, sessionId, address, assignments }, now)
  }

  /** A caller's session as it is now. @throws Problem NOT_FOUND where it has ended meanwhile */
  async sessionOf({ sessionId }: Caller): Promise<LiveSession> {
    const session = await findLiveSession(this.#database.pool, 'id', sessionId, this.#clock())
    if (!session) throw new Problem('NOT_FOUND')
    return session
  }

  /** What the session of a password leaves to do; other ways of logging in are as strong by themselves. */
  dutiesOf({ way, mustChangePassword, hasTotp, assignments }: LiveSession): readonly Duty[] {
    if (way !== 'password') return []
    const duties: Duty[] = []
    if (mustChangePassword) duties.push('changePassword')
    const isGrave = assignments.some(({ role }) => rolesWithTotp.includes(role))
    if (this.#rule === 'required' && isGrave && !hasTotp) duties.push('enrolTotp')
    return duties
  }

  /** A token that comes from elsewhere may be a stolen one. Told once for each address. */
  async #tellOfMove(
    { id, administratorId, name, addresses }: LiveSession,
    address: string,
    now: Date,
  ): Promise<void> {
    await this.#database.transaction(async (client) => {
      if (!(await addSessionAddress(client, id, address))) return
      const after = { addresses: [...addresses, address], sessions: [id] }
      const actor = { actor: name, account: administratorId }
      const act = { ...actor, kind: 'session.parallel', subject: `session ${id}`, after } as const
      await raiseAlert(client, act, administratorId, now)
    })
  }
}
