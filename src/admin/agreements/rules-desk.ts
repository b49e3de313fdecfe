import {
  acknowledgeRules,
  addRules,
  findRules,
  notAcknowledged,
} from '../../agreement/rules-of-use.store.js'
import type { RulesOfUse, RulesAcknowledgement } from '../../agreement/rules-of-use.js'
import { recordAct } from '../../audit-log/audit-log.store.js'
import { dayText } from '../../country-time.js'
import type { MemberId } from '../../exchange/identifier.js'
import { writeNotices } from '../../notice/notice.store.js'
import type { AdminDatabase } from '../admin-database.store.js'
import type { Caller } from '../caller.js'
import { Problem } from '../problem.js'
import type { NewRules } from './rules-json.js'

/** Publishes rules of use, and takes acknowledgements of them. */
export class RulesDesk {
  readonly #database: AdminDatabase
  readonly #now: () => Date

  constructor(database: AdminDatabase, now: () => Date) {
    this.#database = database
    this.#now = now
  }

  /** The next version; every participant is asked to acknowledge it. @throws Problem UNPROCESSABLE */
  async publish({ title, text, inForceFrom }: NewRules, caller: Caller): Promise<RulesOfUse> {
    const at = this.#now()
    const from = inForceFrom === undefined ? at : new Date(inForceFrom)
    if (from < at) {
      const detail = { az: 'keçmişdə ola bilməz', en: 'must not be in the past' }
      throw new Problem('UNPROCESSABLE', { errors: [{ pointer: '/inForceFrom', detail }] })
    }
    const said = { title, text, inForceFrom: from, publishedBy: caller.name, publishedAt: at }
    return this.#database.transaction(async (client) => {
      const rules = await addRules(client, said)
      const { version } = rules
      await recordAct(client, {
        ...caller.actor(),
        ...{ kind: 'rules.publish', subject: `rules of use ${version}` },
        after: { version, title, inForceFrom: from.toISOString() },
      })
      const members = await notAcknowledged(client, version)
      const data = { from: dayText(from) }
      const subject = String(version)
      await writeNotices(
        client,
        members.map((member) => ({ member, kind: 'rules.published', subject, data })),
      )
      return rules
    })
  }

  /** @throws Problem NOT_FOUND */
  async read(version: number): Promise<RulesOfUse> {
    const found = await findRules(this.#database.pool, version)
    if (found) return found
    throw new Problem('NOT_FOUND')
  }

  /**
   * By an administrator of the participant.
   * @throws Problem NOT_FOUND, FORBIDDEN, CONFLICT where it did so before
   */
  async acknowledge(
    version: number,
    member: MemberId,
    caller: Caller,
  ): Promise<RulesAcknowledgement> {
    if (!caller.members.includes(member)) throw new Problem('FORBIDDEN')
    await this.read(version)
    const acknowledgement = { version, member, by: caller.name, at: this.#now() }
    await this.#database.transaction(async (client) => {
      const isNew = await acknowledgeRules(client, acknowledgement, caller.administratorId)
      if (!isNew) throw new Problem('CONFLICT', { detail: acknowledged })
      await recordAct(client, {
        ...caller.actor(),
        ...{ kind: 'rules.acknowledge', subject: `rules of use ${version}` },
        after: { version, member },
      })
    })
    return acknowledgement
  }
}

const acknowledged = {
  az: 'İştirakçı bu qaydalarla tanış olduğunu artıq təsdiq edib',
  en: 'The participant has acknowledged these rules already',
}
