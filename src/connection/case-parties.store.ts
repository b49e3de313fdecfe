import type { CaseReader, CaseTransaction } from './case.store.js'
import type { BilingualText } from '../exchange/fault.js'
import type { MemberId, SubsystemId } from '../exchange/identifier.js'

/** A body, as documents name it. */
export interface NamedBody {
  readonly member: MemberId | undefined
  readonly name: BilingualText
}

interface Row {
  readonly id: MemberId
  readonly name_az: string
  readonly name_en: string
}

const unnamed: NamedBody = {
  member: undefined,
  name: { az: 'Portalın operatoru', en: 'Operator of the portal' },
}

/** Who operates the bus at that moment: whom it was handed over to last, or else whose officer has the role longest. */
export async function operatorAt(client: CaseReader, at: Date): Promise<NamedBody> {
  const { rows } = await client.query<Row>(
    `SELECT id, name_az, name_en FROM sluice.member WHERE id = coalesce(
       (SELECT operator FROM sluice.operator_handover WHERE from_time <= $1
         ORDER BY from_time DESC, made_at DESC LIMIT 1),
       (SELECT a.member FROM sluice.role_assignment r JOIN sluice.administrator a ON a.id = r.administrator
         WHERE r.role = 'OPERATOR' AND a.member IS NOT NULL AND r.valid_from <= $1
           AND (r.valid_until IS NULL OR r.valid_until > $1)
         ORDER BY r.valid_from LIMIT 1))`,
    [at],
  )
  return rows[0] ? bodyOf(rows[0]) : unnamed
}

/** A member under its name; it is there, since a case refers to it. */
export async function namedMember(client: CaseReader, id: MemberId): Promise<NamedBody> {
  const { rows } = await client.query<Row>(
    'SELECT id, name_az, name_en FROM sluice.member WHERE id = $1',
    [id],
  )
  if (!rows[0]) throw new Error(`${id} was a member`)
  return bodyOf(rows[0])
}

/** Whether an information system is registered and connected. */
export async function isConnected(client: CaseReader, system: SubsystemId): Promise<boolean> {
  const { rowCount } = await client.query(
    `SELECT FROM sluice.subsystem WHERE id = $1 AND status = 'active'`,
    [system],
  )
  return rowCount === 1
}

/** Whose a registered system is, and in which domain; undefined for one that is not registered. */
export async function placeOf(
  client: CaseReader,
  system: string,
): Promise<{ readonly owner: MemberId; readonly domain: string } | undefined> {
  const { rows } = await client.query<{ owner: MemberId; domain: string }>(
    'SELECT coalesce(owner, member) AS owner, domain FROM sluice.subsystem WHERE id = $1',
    [system],
  )
  return rows[0]
}

/** Whether there are such a member and such a domain, neither of them out of the exchange; both stay as they are until the transaction ends. */
export async function areActive(
  client: CaseTransaction,
  member: MemberId,
  domain: string,
): Promise<boolean> {
  const { rowCount } = await client.query(
    `SELECT FROM sluice.member m, sluice.domain d
      WHERE m.id = $1 AND m.status = 'active' AND d.code = $2 AND d.status = 'active' FOR SHARE`,
    [member, domain],
  )
  return rowCount === 1
}

function bodyOf({ id, name_az, name_en }: Row): NamedBody {
  return { member: id, name: { az: name_az, en: name_en } }
}
