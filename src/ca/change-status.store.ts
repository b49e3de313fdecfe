import type { ClientBase, Pool } from 'pg'
import type { Act, Actor } from '../audit-log/act.js'
import { recordAct } from '../audit-log/audit-log.store.js'
import type { SubsystemId } from '../exchange/identifier.js'
import type { RegistryContent } from '../registry/registry-content.js'
import { CaError } from './ca-error.js'
import {
  findCertificate,
  reasonCodes,
  type CertificateRecord,
  type RevocationReason,
} from './certificate-records.store.js'
import { planCertificate } from './registry-change.js'
import { changeRegistry } from './registry-transaction.store.js'

/** What is to become of a certificate. */
export type StatusWish =
  | { readonly act: 'hold' }
  | { readonly act: 'release' }
  | { readonly act: 'revoke'; readonly reason: RevocationReason }

export interface StatusOrder {
  readonly serial: string
  readonly wish: StatusWish
  /** The revision that whoever asks has seen. */
  readonly revision?: number | undefined
  readonly author: Actor & Pick<Act, 'reason'>
}

const kinds = {
  hold: 'certificate.hold',
  release: 'certificate.release',
  revoke: 'certificate.revoke',
} as const
const statuses = { hold: 'held', release: 'active', revoke: 'revoked' } as const

/**
 * Holds, releases or revokes a certificate: on record and in the registry, which every gate has within a second.
 * @throws CaError CERTIFICATE_UNKNOWN, STATUS_REFUSED, CHANGED_MEANWHILE, SUBSYSTEM_INACTIVE
 */
export async function changeStatus(pool: Pool, order: StatusOrder): Promise<CertificateRecord> {
  const { serial, wish } = order
  const seen = await findCertificate(pool, serial)
  if (!seen) throw new CaError('CERTIFICATE_UNKNOWN', `There is no certificate ${serial}.`)
  await changeRegistry(
    pool,
    (content) => {
      checkWish(content, seen, wish)
      const status = statuses[wish.act]
      const subsystem = seen.subsystem as SubsystemId
      return planCertificate(content, subsystem, { thumbprint: seen.thumbprint, status })
    },
    async (client) => {
      await finish(client, seen, order)
    },
  )
  const changed = await findCertificate(pool, serial)
  if (!changed) throw new Error('a certificate vanished when its status changed')
  return changed
}

/** By what the registry says under lock. @throws CaError */
function checkWish(content: RegistryContent, record: CertificateRecord, { act }: StatusWish): void {
  const certificate = content.certificates.find((each) => each.thumbprint === record.thumbprint)
  const status = certificate?.status
  const isRefused =
    act === 'release'
      ? status !== 'held'
      : act === 'hold'
        ? status !== 'active' && !(status === 'held' && record.heldBySuspension)
        : status === 'revoked'
  if (isRefused) {
    throw new CaError('STATUS_REFUSED', `The certificate is ${status ?? 'not registered'}.`)
  }
  const subsystem = content.subsystems.find(({ id }) => id === record.subsystem)
  if (act === 'release' && subsystem?.status !== 'active') {
    throw new CaError(
      'SUBSYSTEM_INACTIVE',
      `${record.subsystem} is ${subsystem?.status ?? 'not registered'}: its certificates stay on hold.`,
    )
  }
}

async function finish(
  client: ClientBase,
  seen: CertificateRecord,
  { wish, revision, author }: StatusOrder,
): Promise<void> {
  const { serial } = seen
  // The trigger of the registry's table has raised the revision, unless the status stays and the ground alone changes.
  const raised = seen.status === statuses[wish.act] ? 0 : 1
  const { rows } = await client.query<{ revision: number }>(
    'SELECT revision FROM sluice.ca_certificate WHERE serial = $1 FOR UPDATE',
    [serial],
  )
  if (revision !== undefined && rows[0]?.revision !== revision + raised) {
    throw new CaError('CHANGED_MEANWHILE', 'The certificate was changed meanwhile.')
  }
  await noteGround(client, seen, wish)
  await recordAct(client, {
    ...author,
    kind: kinds[wish.act],
    subject: `certificate ${serial}`,
    before: { status: seen.status },
    after: {
      status: statuses[wish.act],
      ...(wish.act === 'revoke' && { reason: wish.reason }),
    },
  })
}

async function noteGround(
  client: ClientBase,
  { serial, thumbprint, status }: CertificateRecord,
  wish: StatusWish,
): Promise<void> {
  if (wish.act === 'revoke') {
    await client.query('UPDATE sluice.ca_certificate SET reason = $2 WHERE serial = $1', [
      serial,
      reasonCodes[wish.reason],
    ])
  }
  if (wish.act !== 'hold' || status !== 'held') return
  // From now on it stays held when its system is resumed.
  await client.query('DELETE FROM sluice.certificate_suspension WHERE thumbprint = $1', [
    thumbprint,
  ])
  await client.query('UPDATE sluice.ca_certificate SET revision = revision + 1 WHERE serial = $1', [
    serial,
  ])
}
