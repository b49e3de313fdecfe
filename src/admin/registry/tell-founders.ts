import type { JsonValue } from '../../canonical-json.js'
import { writeNotices, type NewNotice } from '../../notice/notice.store.js'
import type { StandingNoticeKind } from '../../notice/standing-text.js'
import type { EntryChange } from '../../registry/plan/plan.js'
import type { AdminTransaction } from '../admin-database.store.js'
import { domainsOfMembers } from './domains-of-members.store.js'

interface Standing {
  readonly status?: string
  readonly domain?: string
}

/**
 * Tells the founder-administrators of a domain that it, a system of it, or a member with systems in it was stopped, goes on or
 * has ended, whoever did so.
 * @param client - in the transaction of the changes
 */
export async function tellFounders(
  client: AdminTransaction,
  changes: readonly EntryChange[],
): Promise<void> {
  const turned = changes.flatMap((change) => {
    const kind = turnOf(change)
    return kind ? [{ ...change, kind }] : []
  })
  if (turned.length === 0) return
  const members = turned.flatMap(({ noun, id }) => (noun === 'members' ? [id] : []))
  const domainsOf = await domainsOfMembers(client, members)
  const notices = turned.flatMap(({ noun, id, after, kind }) => {
    const domains = noun === 'members' ? domainsOf.get(id) : [domainOf(noun, id, after)]
    return (domains ?? []).map((domain): NewNotice => ({
      ...{ domain, kind, subject: id, data: { noun, domain } },
    }))
  })
  if (notices.length > 0) await writeNotices(client, notices)
}

function domainOf(noun: string, id: string, entry: JsonValue): string {
  return noun === 'domains' ? id : ((entry as Standing).domain ?? '')
}

/** What is new was never otherwise. */
function turnOf({ noun, before, after }: EntryChange): StandingNoticeKind | undefined {
  if (noun !== 'domains' && noun !== 'members' && noun !== 'subsystems') return undefined
  const [was, is] = [before, after].map((entry) => (entry as Standing | undefined)?.status)
  if (was === undefined || was === is) return undefined
  if (is === 'suspended') return 'standing.suspended'
  return is === 'liquidated' ? 'standing.ended' : 'standing.resumed'
}
