import { v7 as newId } from 'uuid'
import { partyOf, type Agreement } from '../../agreement/agreement.js'
import { passAgreements, withdrawDraftsOf } from '../../agreement/agreement.store.js'
import type { Act, Actor } from '../../audit-log/act.js'
import { recordActs } from '../../audit-log/audit-log.store.js'
import { addNote } from '../../connection/case-note.store.js'
import { passCases, responsibleOf, type Merger } from '../../connection/case-succession.store.js'
import { writeNotices } from '../../notice/notice.store.js'
import { followObjects } from '../../recheck/recheck.store.js'
import type { EntryChange } from '../../registry/plan/plan.js'
import type { AdminTransaction } from '../admin-database.store.js'
import { passSubscriptions } from '../catalogue/subscription.store.js'
import { addEvent, passFilings } from '../filings/filings.store.js'
import { handedOver, mergersIn } from './owner-changes.js'

/** Who changed the registry, and why. */
type Author = Actor & Pick<Act, 'reason'>

/**
 * What goes with owners, in the transaction that gives it others: rechecks that are open with their objects, and of a member that
 * merges into another all that is open. What has ended stays whose it was.
 */
export async function followOwners(
  client: AdminTransaction,
  changes: readonly EntryChange[],
  author: Author,
  now: Date,
): Promise<void> {
  const followed = await followObjects(client, handedOver(changes))
  await recordActs(
    client,
    followed.map(({ id, from, into }) => passing(author, `recheck ${id}`, { from, into })),
    now,
  )
  for (const merger of mergersIn(changes)) {
    const rechecks = followed.filter(({ into }) => into === merger.into).length
    await pass(client, merger, { author, now, rechecks })
  }
}

async function pass(
  client: AdminTransaction,
  merger: Merger,
  { author, now, rechecks }: { readonly author: Author; readonly now: Date; rechecks: number },
): Promise<void> {
  const { from, into } = merger
  const cases = await passOpenCases(client, merger, author, now)
  const drafts = await withdrawDraftsOf(client, from, author.actor)
  const agreements = await passAgreements(client, from, into)
  const filings = await passFilings(client, from, into)
  for (const filing of filings) {
    await addEvent(client, filing, { at: now, actor: author.actor, note: `${from} → ${into}` })
  }
  await passSubscriptions(client, from, into)
  const acts = [
    ...cases.map((id) => passing(author, `connection case ${id}`, merger)),
    ...agreements.map(({ id }) => passing(author, `agreement ${id}`, merger)),
    ...filings.map(({ kind, number }) => passing(author, `${kind} ${number}`, merger)),
    ...drafts.map((draft) => withdrawal(author, draft)),
  ]
  await recordActs(client, acts, now)
  const counts = { cases: cases.length, agreements: agreements.length, filings: filings.length }
  const kind = 'connection-case.succeeded' as const
  const told = { kind, subject: from, data: { into, ...counts, rechecks } }
  await writeNotices(client, [
    { member: into, ...told },
    { role: 'OPERATOR', ...told },
  ])
}

/** With a word of it in the history of each. */
async function passOpenCases(
  client: AdminTransaction,
  merger: Merger,
  { actor, account, role }: Author,
  at: Date,
): Promise<string[]> {
  const responsible = await responsibleOf(client, merger.into, at)
  const cases = await passCases(client, merger, responsible)
  const by = {
    actor,
    ...(account !== undefined && { account }),
    ...(role !== undefined && { role }),
  }
  for (const id of cases) {
    const content = { kind: 'succession' as const, ...merger }
    await addNote(client, id, { id: newId(), at, by, content, document: undefined })
  }
  return cases
}

function passing(author: Author, subject: string, { from, into }: Merger): Act {
  return {
    ...{ ...author, kind: 'owner.succeed', subject },
    ...{ before: { member: from }, after: { member: into } },
  }
}

function withdrawal(author: Author, draft: Agreement): Act {
  const after = { member: partyOf(draft), state: draft.state }
  return { ...author, kind: 'agreement.withdraw', subject: `agreement ${draft.id}`, after }
}
