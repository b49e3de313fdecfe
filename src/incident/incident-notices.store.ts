import type { ClientBase } from 'pg'
import { writeNotices } from '../notice/notice.store.js'
import { causes, type Incident, type SaidText } from './incident.js'
import { noticesPerStatement } from './limits.js'

export type IncidentNoticeKind =
  'incident.opened' | 'incident.closed' | 'incident.decision' | 'incident.decided'

const overseers = ['OPERATOR', 'AGENCY', 'SECURITY'] as const
const deciders = ['OPERATOR', 'AGENCY'] as const
const textCharsMax = 300

/**
 * Tells of an incident in the transaction of what is told: all participants and founders of domains, or those alone who run and oversee the bus.
 * Of a decision that is waited for, those who make it.
 */
export async function tellOfIncident(
  client: ClientBase,
  kind: IncidentNoticeKind,
  incident: Incident,
): Promise<void> {
  const { id: subject } = incident
  const data = incidentData(incident)
  const roles = kind === 'incident.decision' ? deciders : overseers
  const once = (whom: string): string => `${kind} ${subject} ${whom}`
  await writeNotices(
    client,
    roles.map((role) => ({ role, kind, subject, data, once: once(role) })),
  )
  if (!isForEveryone(kind, incident)) return
  const founded = await domains(client)
  await writeNotices(
    client,
    founded.map((domain) => ({ domain, kind, subject, data, once: once(`domain ${domain}`) })),
  )
  const members = await participants(client)
  for (let at = 0; at < members.length; at += noticesPerStatement) {
    const some = members.slice(at, at + noticesPerStatement)
    await writeNotices(
      client,
      some.map((member) => ({ member, kind, subject, data, once: once(member) })),
    )
  }
}

/** That the reserve centre does not take over changes nothing for anybody. */
function isForEveryone(kind: IncidentNoticeKind, { cause, decision }: Incident): boolean {
  if (!causes[cause].isForEveryone || kind === 'incident.decision') return false
  return kind !== 'incident.decided' || decision === 'take-over'
}

async function participants(client: ClientBase): Promise<string[]> {
  const { rows } = await client.query<{ id: string }>(
    `SELECT id FROM sluice.member WHERE status <> 'liquidated' ORDER BY id`,
  )
  return rows.map(({ id }) => id)
}

/** Whose founder-administrators answer to their own: what fails for all fails in each. */
async function domains(client: ClientBase): Promise<string[]> {
  const { rows } = await client.query<{ code: string }>(
    `SELECT code FROM sluice.domain WHERE status <> 'liquidated' ORDER BY code`,
  )
  return rows.map(({ code }) => code)
}

/** What a notice of it is worded from. */
export function incidentData(
  incident: Pick<
    Incident,
    'cause' | 'description' | 'startedAt' | 'endedAt' | 'closing' | 'decision'
  >,
): Record<string, string> {
  const { cause, description, startedAt, endedAt, closing, decision } = incident
  const { text } = causes[cause]
  const what = description ?? text
  return {
    ...{ cause, startedAt: startedAt.toISOString() },
    ...named('what', what),
    ...named('closing', closing),
    ...(endedAt && { endedAt: endedAt.toISOString() }),
    ...(decision && { decision }),
  }
}

/** In both languages, though it was said in one: whoever reads the other one reads it at least. */
function named(name: 'what' | 'closing', text: SaidText | undefined): Record<string, string> {
  const az = text?.az ?? text?.en
  const en = text?.en ?? text?.az
  if (az === undefined || en === undefined) return {}
  return { [`${name}Az`]: az.slice(0, textCharsMax), [`${name}En`]: en.slice(0, textCharsMax) }
}
