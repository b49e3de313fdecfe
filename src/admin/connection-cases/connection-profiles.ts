import { recordAct } from '../../audit-log/audit-log.store.js'
import type { DomainProfile } from '../../connection/domain-profile.js'
import { isDomain, profileOf, setProfile } from '../../connection/domain-profile.store.js'
import { writeNotices } from '../../notice/notice.store.js'
import type { Caller } from '../caller.js'
import { Problem } from '../problem.js'
import type { DeskParts } from './desk-parts.js'
import { profileJson } from './case-json.js'

/** What domains have of their own in the procedure. */
export class ConnectionProfiles {
  readonly #parts: DeskParts

  constructor(parts: DeskParts) {
    this.#parts = parts
  }

  /** @throws Problem NOT_FOUND for what is no domain */
  async read(domain: string): Promise<DomainProfile> {
    const { pool } = this.#parts.database
    if (!(await isDomain(pool, domain))) throw new Problem('NOT_FOUND')
    return profileOf(pool, domain)
  }

  /**
   * Cases under way go on by the new terms; who loses a say learns of it.
   * @throws Problem NOT_FOUND, CHANGED_MEANWHILE
   */
  set(wanted: DomainProfile, reason: string, caller: Caller): Promise<DomainProfile> {
    const { domain, revision } = wanted
    return this.#parts.database.transaction(async (client) => {
      if (!(await isDomain(client, domain))) throw new Problem('NOT_FOUND')
      const before = await profileOf(client, domain)
      const after = await setProfile(client, wanted, revision)
      if (!after) throw new Problem('CHANGED_MEANWHILE')
      const subject = `connection profile ${domain}`
      await recordAct(
        client,
        {
          ...{ ...caller.actor(), kind: 'connection-profile.set', subject, reason },
          ...{ before: profileJson(before), after: profileJson(after) },
        },
        this.#parts.now(),
      )
      const kind = 'connection-profile.changed'
      const roles = ['SECURITY', 'AGENCY', 'OPERATOR']
      const data = { approver: after.approver, securityOpinion: after.securityOpinion }
      const told = { kind, subject: domain, data } as const
      await writeNotices(client, [{ domain, ...told }, ...roles.map((role) => ({ role, ...told }))])
      return after
    })
  }
}
