import { v7 as newId } from 'uuid'
import { recordAct } from '../../audit-log/audit-log.store.js'
import type { AdminTransaction } from '../administrators/transaction.store.js'
import { sessionMsMax, sessionsPerAdministratorMax } from '../administrators/limits.js'
import { raiseAlert } from './alert.store.js'
import { newToken, tokenHash } from './session-token.js'
import { insertSession, liveSessionsOf, revokeSessions, type LoginWay } from './session.store.js'

/** Who has shown that they are who they say. */
export interface LoggedIn {
  readonly administrator: string
  readonly name: string
  readonly way: LoginWay
  /** Network address. */
  readonly address: string
}

/** A session and its token, which is told this once. */
export interface BegunSession {
  readonly id: string
  readonly token: string
  readonly expiresAt: Date
}

/**
 * Begins a session under a new token, whatever the caller brought along. One beside another from another address is told
 * to the security officers.
 * @param client - in a transaction that holds the administrator's row, so that two that begin at once see each other
 */
export async function beginSession(
  client: AdminTransaction,
  { administrator, name, way, address }: LoggedIn,
  now: Date,
): Promise<BegunSession> {
  const id = newId()
  const token = newToken()
  const hash = tokenHash(token)
  if (!hash) throw new Error('a new token is one')
  const expiresAt = new Date(now.getTime() + sessionMsMax)
  const others = await liveSessionsOf(client, administrator, now)
  await insertSession(client, { id, hash, administrator, address, way, endsAt: expiresAt }, now)
  const actor = { actor: name, account: administrator }
  const subject = `session ${id}`
  await recordAct(
    client,
    { ...actor, kind: 'session.begin', subject, after: { way, address } },
    now,
  )
  const elsewhere = others.filter(({ addresses }) => !addresses.includes(address))
  if (elsewhere.length > 0) {
    const addresses = [...new Set([address, ...elsewhere.flatMap((each) => each.addresses)])]
    const sessions = [id, ...elsewhere.map((each) => each.id)]
    const act = {
      ...actor,
      kind: 'session.parallel',
      subject,
      after: { addresses, sessions },
    } as const
    await raiseAlert(client, act, administrator, now)
  }
  const tooMany = others.length + 1 - sessionsPerAdministratorMax
  if (tooMany > 0) {
    const ids = others.slice(0, tooMany).map((each) => each.id)
    await revokeSessions(client, { administrator, ids, because: 'replaced' }, now)
  }
  return { id, token, expiresAt }
}
