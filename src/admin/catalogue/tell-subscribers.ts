import type { FoundChange } from '../../catalogue/change.js'
import { writeNotices } from '../../notice/notice.store.js'
import { objectKeys } from '../../registry/object-keys.js'
import type { DataObject } from '../../registry/resource.js'
import type { AdminTransaction } from '../admin-database.store.js'
import { objectsGivenBy } from './history.store.js'
import { subscribersOf } from './subscription.store.js'

/** Tells each recipient once of a change, by however many subscriptions it is meant. */
export async function tellSubscribers(
  client: AdminTransaction,
  position: string,
  change: FoundChange,
): Promise<void> {
  const { kind, noun, object, member, name, successor } = change
  const recipients = await subscribersOf(client, {
    member,
    services: noun === 'service' ? [object, groupOf(object)] : [],
    objects: await objectsIn(client, change),
  })
  const notices = recipients.map((recipient) => ({
    ...{ ...recipient, kind: `catalogue.${kind}` as const, subject: object },
    data: { noun, ...name, ...(successor !== undefined && { successor }) },
    once: `catalogue ${position} ${recipient.member ?? recipient.role ?? ''}`,
  }))
  if (notices.length > 0) await writeNotices(client, notices)
}

/** A service without its version. */
export function groupOf(service: string): string {
  return service.slice(0, service.lastIndexOf('/'))
}

async function objectsIn(
  client: AdminTransaction,
  { noun, object, states }: FoundChange,
): Promise<string[]> {
  if (noun === 'member') return []
  const found =
    noun === 'service'
      ? await objectsGivenBy(client, groupOf(object))
      : states.flatMap((state) => state['data_objects'] as unknown[])
  return [...new Set(found.flatMap((each) => objectKeys(each as DataObject)))]
}
