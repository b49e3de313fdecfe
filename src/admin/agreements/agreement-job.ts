import { partyOf, type Agreement } from '../../agreement/agreement.js'
import {
  agreementInForce,
  endAgreement,
  endingAgreements,
  overdueAgreements,
} from '../../agreement/agreement.store.js'
import { objectsUnderAgreement } from '../../agreement/annex.store.js'
import { agreementsPerTurn, expiryWarningDays, rulesReminderDays } from '../../agreement/limits.js'
import { notAcknowledged, rulesInForce } from '../../agreement/rules-of-use.store.js'
import { recordAct } from '../../audit-log/audit-log.store.js'
import { followLife } from '../../ca/certificate-life.store.js'
import { writeNotices } from '../../notice/notice.store.js'
import type { SubsystemId } from '../../exchange/identifier.js'
import type { RegistryContent } from '../../registry/registry-content.js'
import type { AdminDatabase, AdminTransaction } from '../admin-database.store.js'
import type { RegistryChanges } from '../registry/registry-changes.js'
import { agreementJson } from './agreement-json.js'
import { lapseOf, type Lapse } from './lapse.js'
import { tellOfAgreement } from './tell.js'
import { texts } from './texts.js'

/** Who acts when a day has come. */
const bus = { actor: () => ({ actor: 'sluice', role: 'bus' }) }
const dayMs = 86_400_000

/** Warns of the end of agreements, and ends them when their time is over. Several nodes may run it: each is ended once. */
export class AgreementJob {
  readonly #database: AdminDatabase
  readonly #changes: RegistryChanges

  constructor(database: AdminDatabase, changes: RegistryChanges) {
    this.#database = database
    this.#changes = changes
  }

  /**
   * One turn.
   * @returns how many agreements were warned of or ended
   * @throws Error of the database
   */
  async turn(now: Date): Promise<number> {
    const { pool } = this.#database
    const wanted = { days: expiryWarningDays, limit: agreementsPerTurn }
    const ending = await endingAgreements(pool, now, wanted)
    for (const agreement of ending) {
      await this.#database.transaction((client) =>
        tellOfAgreement(client, 'agreement.ends', agreement),
      )
    }
    let ended = 0
    for (const agreement of await overdueAgreements(pool, now, agreementsPerTurn)) {
      if (await this.#end(agreement, now)) ended += 1
    }
    await this.#remind(now)
    return ending.length + ended
  }

  /** @returns whether no other node was faster */
  #end(agreement: Agreement, now: Date): Promise<boolean> {
    return this.#database.transaction(async (client) => {
      if (!(await endAgreement(client, agreement.id, now))) return false
      const { id } = agreement
      const member = partyOf(agreement)
      const isRenewed = (await agreementInForce(client, member, now)) !== undefined
      const suspended = isRenewed ? [] : await this.#suspend(client, agreement)
      await recordAct(client, {
        ...bus.actor(),
        ...{ kind: 'agreement.end', subject: `agreement ${id}` },
        ...(!isRenewed && { reason: texts.expired.az }),
        before: agreementJson(agreement),
        after: { state: 'ended', suspended: [...suspended] },
      })
      if (!isRenewed) {
        const objects = suspended.length
        await tellOfAgreement(client, 'agreement.ended', agreement, { objects })
      }
      return true
    })
  }

  /** What is connected under it is out of use, with its certificates. @returns what was in use */
  async #suspend(client: AdminTransaction, agreement: Agreement): Promise<readonly string[]> {
    const objects = await objectsUnderAgreement(client, partyOf(agreement))
    const terms = { caller: bus, reason: texts.expired.az }
    let lapse: Lapse | undefined
    const declare = (content: RegistryContent): object => {
      lapse = lapseOf(content, objects)
      return lapse.document
    }
    await this.#changes.applyIn(client, declare, terms)
    if (!lapse) return []
    const { objects: suspended, systems } = lapse
    await followSystems(client, systems, terms.reason)
    return suspended
  }

  /** Who has not acknowledged the rules in force after some days is asked once more. */
  async #remind(now: Date): Promise<void> {
    const { pool } = this.#database
    const rules = await rulesInForce(pool, now)
    if (!rules || rules.publishedAt.getTime() + rulesReminderDays * dayMs > now.getTime()) return
    const subject = String(rules.version)
    const notices = (await notAcknowledged(pool, rules.version)).map((member) => ({
      ...{ member, kind: 'rules.reminder' as const, subject, data: {} },
      once: `rules.reminder ${subject} ${member}`,
    }))
    if (notices.length > 0) await writeNotices(pool, notices)
  }
}

async function followSystems(
  client: AdminTransaction,
  systems: readonly SubsystemId[],
  reason: string,
): Promise<void> {
  if (systems.length === 0) return
  await followLife(client, systems, 'suspended', { ...bus.actor(), reason })
}
