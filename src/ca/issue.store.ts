import type { ClientBase, Pool } from 'pg'
import type { Act, Actor } from '../audit-log/act.js'
import { recordAct } from '../audit-log/audit-log.store.js'
import type { SubsystemId } from '../exchange/identifier.js'
import type { Member } from '../registry/member.js'
import type { RegistryContent } from '../registry/registry-content.js'
import type { Subsystem } from '../registry/subsystem.js'
import type { IssuedCertificate } from '../trust/issuing/issue-certificate.js'
import { parseCertificate } from '../trust/x509/certificate.js'
import { CaError } from './ca-error.js'
import { holderTypeOf } from './certificate-profile.js'
import {
  findCertificate,
  keyTroubleOf,
  type CertificateRecord,
} from './certificate-records.store.js'
import type { CertificationRequest } from './certification-request.js'
import { keyInUse } from './key-clash.store.js'
import { keyDigestOf } from './key-digest.js'
import { planCertificate } from './registry-change.js'
import { changeRegistry } from './registry-transaction.store.js'

/** Who issues, on whose request, and why. */
export interface IssueOrder {
  readonly request: CertificationRequest
  readonly subsystem: SubsystemId
  /** Serial number of the certificate that it takes the place of; that one goes on until it ends. */
  readonly renews?: string | undefined
  readonly requester: string
  readonly author: Actor & Pick<Act, 'reason'>
  /** For a system that is registered and not connected yet: it is suspended, and so will its certificate be. */
  readonly beforeConnection?: boolean | undefined
  /** Of the caller's transaction, where issuing is to be a part of one. */
  readonly client?: ClientBase | undefined
  /** What else belongs into the transaction, once the certificate is there. */
  readonly beside?: (client: ClientBase, serial: string) => Promise<void>
}

/** The system that gets a certificate, and whose it is. */
export interface Holder {
  readonly subsystem: Subsystem
  readonly owner: Member
}

/** @throws CaError SUBSYSTEM_UNKNOWN, SUBSYSTEM_INACTIVE: who is out of the exchange gets no certificate */
export function holderIn(
  content: RegistryContent,
  { subsystem: id, beforeConnection = false }: Pick<IssueOrder, 'subsystem' | 'beforeConnection'>,
): Holder {
  const subsystem = content.subsystems.find((each) => each.id === id)
  const owner = content.members.find((each) => each.id === subsystem?.owner)
  if (!subsystem || !owner) {
    throw new CaError('SUBSYSTEM_UNKNOWN', `${id} is no registered information system.`)
  }
  const isWaiting = beforeConnection && subsystem.status === 'suspended'
  const out = [...(isWaiting ? [] : [subsystem]), owner].find(({ status }) => status !== 'active')
  if (out) throw new CaError('SUBSYSTEM_INACTIVE', `${out.id} is ${out.status}.`)
  return { subsystem, owner }
}

/**
 * Puts a signed certificate on record and into the registry, which makes it count at every gate within a second.
 * @throws CaError SUBSYSTEM_UNKNOWN, SUBSYSTEM_INACTIVE, KEY_IN_USE, CERTIFICATE_UNKNOWN, STATUS_REFUSED
 */
export async function recordIssued(
  pool: Pool,
  issuer: string,
  issued: IssuedCertificate,
  order: IssueOrder,
): Promise<CertificateRecord> {
  await changeRegistry(
    pool,
    (content) => {
      holderIn(content, order)
      checkKeyAmongOthers(content, order)
      return planCertificate(content, order.subsystem, { pem: issued.pem })
    },
    (client) => insert(client, issuer, issued, order),
    order.client,
  )
  const record = await findCertificate(order.client ?? pool, issued.serialNumber)
  if (!record) throw new Error('a certificate vanished after it was issued')
  return record
}

/** a key belongs to one system, whoever issued its certificate. @throws CaError KEY_IN_USE */
function checkKeyAmongOthers(content: RegistryContent, { request, subsystem }: IssueOrder): void {
  for (const each of content.certificates) {
    if (
      each.subsystem !== subsystem &&
      Buffer.from(each.der.buffer, each.der.byteOffset, each.der.length).includes(request.spki)
    ) {
      throw keyInUse('another system')
    }
  }
}

async function insert(
  client: ClientBase,
  issuer: string,
  issued: IssuedCertificate,
  order: IssueOrder,
): Promise<void> {
  const { request, subsystem, renews, requester, author, beside } = order
  const keyDigest = keyDigestOf(request.spki)
  const trouble = await keyTroubleOf(client, keyDigest, subsystem)
  if (trouble) throw keyInUse(trouble)
  if (renews !== undefined) await checkRenewed(client, renews, subsystem)
  const { notBefore, notAfter, subject } = parseCertificate(issued.der)
  const { serialNumber: serial, thumbprint } = issued
  const { actId } = await recordAct(client, {
    ...author,
    kind: 'certificate.issue',
    subject: `certificate ${serial}`,
    after: {
      ...{ thumbprint, subsystem, subject: subject.text, requester, keyDigest },
      notAfter: notAfter.toISOString(),
      ...(renews !== undefined && { renews }),
    },
  })
  await client.query(
    `INSERT INTO sluice.ca_certificate
       (serial, issuer, thumbprint, subsystem, holder, key_digest, not_before, not_after, renews, requester, issued_by, act)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
    [
      ...[serial, issuer, thumbprint, subsystem, holderTypeOf(subsystem), keyDigest],
      ...[notBefore, notAfter, renews ?? null, requester, author.actor, actId],
    ],
  )
  await beside?.(client, serial)
}

/** @throws CaError CERTIFICATE_UNKNOWN, STATUS_REFUSED */
async function checkRenewed(client: ClientBase, serial: string, subsystem: string): Promise<void> {
  const renewed = await findCertificate(client, serial)
  if (renewed?.subsystem !== subsystem) {
    throw new CaError('CERTIFICATE_UNKNOWN', `${subsystem} has no certificate ${serial}.`)
  }
  if (renewed.status !== 'active') {
    throw new CaError('STATUS_REFUSED', `The certificate is ${renewed.status}; ask for a new one.`)
  }
}
