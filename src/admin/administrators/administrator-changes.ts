import { v7 as newId } from 'uuid'
import type { ActKind } from '../../audit-log/act.js'
import { recordAct } from '../../audit-log/audit-log.store.js'
import type { MemberId } from '../../exchange/identifier.js'
import type { AdminDatabase } from '../admin-database.store.js'
import { Problem, unprocessable } from '../problem.js'
import { revokeSessions, type RevocationCause } from '../sessions/session.store.js'
import { auditedAdministrator } from './administrator-view.js'
import {
  countOfMember,
  insertAdministrator,
  isMember,
  lockAdministrator,
  readAdministrator,
  updateAdministrator,
  type AdministratorChange,
} from './administrator.store.js'
import type { Administrator, NewAdministrator } from './administrator.js'
import type { Doer } from './doer.js'
import { beyondReach, mayAdminister } from './granting.js'
import { refuseWithoutOperator } from './last-operator.js'
import { administratorsPerMemberMax } from './limits.js'
import { newOneTimePassword } from './one-time-password.js'
import { HasherBusy, type PasswordHasher } from './password-hasher.js'
import { operatorTerms, rolesHeld, takeTurnAtRoles } from './role-assignment.store.js'
import type { AdminTransaction } from './transaction.store.js'

export interface AdministratorChangesParts {
  readonly database: AdminDatabase
  readonly hasher: PasswordHasher
  readonly clock: () => Date
}

/** Which administrator is changed. */
export interface ChangedAdministrator {
  readonly id: string
  /** That the change was decided on; undefined for a command. */
  readonly revision: number | undefined
}

/** What a change does. */
export interface Change {
  readonly kind: ActKind
  readonly columns: AdministratorChange
  /** Ends all sessions for this cause. */
  readonly revoke?: RevocationCause | undefined
}

/** A password that is told once. */
export interface WithPassword {
  readonly administrator: Administrator
  readonly oneTimePassword: string
}

/** Makes administrators and changes them; each change is an act. */
export class AdministratorChanges {
  readonly #parts: AdministratorChangesParts

  constructor(parts: AdministratorChangesParts) {
    this.#parts = parts
  }

  /** @throws Problem FORBIDDEN, CONFLICT for a login that there is, UNPROCESSABLE for no member, TOO_MANY */
  async add(doer: Doer, wanted: NewAdministrator): Promise<WithPassword> {
    const { database, clock } = this.#parts
    const id = newId()
    if (!mayAdminister(doer.granter, { id, member: wanted.member }, [])) {
      throw new Problem('FORBIDDEN', { detail: beyondReach })
    }
    const { password, hash } = await this.#newPassword()
    return database.transaction(async (client) => {
      const now = clock()
      await checkMember(client, wanted.member)
      await checkRoom(client, wanted.member)
      if (!(await insertAdministrator(client, id, wanted, hash, now))) throw loginTaken()
      const administrator = await present(client, id)
      await recordAct(
        client,
        {
          ...doer.author,
          kind: 'administrator.add',
          subject: `administrator ${id}`,
          after: auditedAdministrator(administrator),
        },
        now,
      )
      return { administrator, oneTimePassword: password }
    })
  }

  /** Sets a one-time password, which has to be changed at the first login, and ends the lock and all sessions. */
  async resetPassword(doer: Doer, which: ChangedAdministrator): Promise<WithPassword> {
    const { password, hash } = await this.#newPassword()
    const administrator = await this.change(doer, which, () => ({
      kind: 'administrator.password',
      columns: {
        ...{ password_hash: hash, must_change_password: true, failures: 0, locked_until: null },
      },
      revoke: 'password',
    }))
    return { administrator, oneTimePassword: password }
  }

  /** Takes the one-time codes away, for whoever lost the device and the recovery codes. */
  resetTotp(doer: Doer, which: ChangedAdministrator): Promise<Administrator> {
    return this.change(doer, which, () => ({
      kind: 'administrator.codes',
      columns: { totp_secret: null, totp_confirmed_at: null, totp_last_step: null },
      revoke: 'credentials',
    }))
  }

  unlock(doer: Doer, which: ChangedAdministrator): Promise<Administrator> {
    return this.change(doer, which, () => ({
      kind: 'administrator.unlock',
      columns: { failures: 0, locked_until: null },
    }))
  }

  /** @throws Problem CONFLICT where the last operator would be disabled */
  setStatus(
    doer: Doer,
    which: ChangedAdministrator,
    status: Administrator['status'],
  ): Promise<Administrator> {
    return this.change(doer, which, async (client, { id }, now) => {
      if (status === 'disabled') {
        const terms = await operatorTerms(client, now)
        const after = terms.filter(({ administrator }) => administrator !== id)
        refuseWithoutOperator(terms, after, now)
      }
      const kind = 'administrator.change'
      return { kind, columns: { status }, ...(status === 'disabled' && { revoke: 'disabled' }) }
    })
  }

  /** Only an operator moves somebody to another member. */
  describe(
    doer: Doer,
    which: ChangedAdministrator,
    { name, email, member }: Omit<NewAdministrator, 'login'>,
  ): Promise<Administrator> {
    return this.change(doer, which, async (client, present) => {
      if (present.member !== member && !doer.granter.isOperator)
        throw new Problem('FORBIDDEN', { detail: beyondReach })
      await checkMember(client, member)
      const columns = { name, email: email ?? null, member: member ?? null }
      return { kind: 'administrator.change', columns }
    })
  }

  /**
   * Any change of an administrator: checked, done and recorded, or nothing of it. Nobody changes what they log in with
   * themselves here: that takes their password (own account), or somebody else.
   * @throws Problem NOT_FOUND, FORBIDDEN, CHANGED_MEANWHILE
   */
  change(
    doer: Doer,
    { id, revision }: ChangedAdministrator,
    decide: (
      client: AdminTransaction,
      present: Administrator,
      now: Date,
    ) => Change | Promise<Change>,
  ): Promise<Administrator> {
    const { database, clock } = this.#parts
    return database.transaction(async (client) => {
      const now = clock()
      await takeTurnAtRoles(client)
      const before = checkSeen(doer, await lockAdministrator(client, id))
      await checkAuthority(client, doer, before, now)
      if (revision !== undefined && before.revision !== revision) {
        throw new Problem('CHANGED_MEANWHILE')
      }
      const { kind, columns, revoke } = await decide(client, before, now)
      await updateAdministrator(client, id, columns)
      if (revoke) await revokeSessions(client, { administrator: id, because: revoke }, now)
      const after = await present(client, id)
      const views = { before: auditedAdministrator(before), after: auditedAdministrator(after) }
      const subject = `administrator ${id}`
      await recordAct(client, { ...doer.author, kind, subject, ...views }, now)
      return after
    })
  }

  async #newPassword(): Promise<{ readonly password: string; readonly hash: string }> {
    const password = newOneTimePassword()
    try {
      return { password, hash: await this.#parts.hasher.hash(password) }
    } catch (error) {
      if (error instanceof HasherBusy) throw new Problem('TOO_MANY', { cause: error })
      throw error
    }
  }
}

/** Who may not see somebody is not told that there is one. @throws Problem NOT_FOUND */
function checkSeen({ granter }: Doer, target: Administrator | undefined): Administrator {
  const isSeen =
    granter.isOperator || (target?.member !== undefined && granter.members.includes(target.member))
  if (target && isSeen) return target
  throw new Problem('NOT_FOUND')
}

async function checkAuthority(
  client: AdminTransaction,
  { granter }: Doer,
  target: Administrator,
  now: Date,
): Promise<void> {
  if (target.id === granter.administratorId) {
    throw new Problem('FORBIDDEN', {
      detail: {
        az: 'Öz hesabınızı başqa inzibatçı dəyişməlidir',
        en: 'Your own account is changed by another administrator',
      },
    })
  }
  if (!mayAdminister(granter, target, await rolesHeld(client, target.id, now))) {
    throw new Problem('FORBIDDEN', { detail: beyondReach })
  }
}

async function present(client: AdminTransaction, id: string): Promise<Administrator> {
  const found = await readAdministrator(client, 'id', id)
  if (!found) throw new Error('an administrator is never deleted')
  return found
}

async function checkMember(client: AdminTransaction, member: MemberId | undefined): Promise<void> {
  if (member === undefined || (await isMember(client, member))) return
  throw unprocessable('/member', {
    az: 'Reyestrdə belə iştirakçı yoxdur',
    en: 'The registry has no such member',
  })
}

async function checkRoom(client: AdminTransaction, member: MemberId | undefined): Promise<void> {
  if (member === undefined || (await countOfMember(client, member)) < administratorsPerMemberMax)
    return
  throw new Problem('CONFLICT', {
    detail: {
      az: `İştirakçının ən çoxu ${administratorsPerMemberMax} inzibatçısı ola bilər`,
      en: `A member has at most ${administratorsPerMemberMax} administrators`,
    },
  })
}

function loginTaken(): Problem {
  return new Problem('CONFLICT', {
    detail: { az: 'Bu istifadəçi adı artıq var', en: 'There is an administrator of this login' },
  })
}
