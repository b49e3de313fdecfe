import type { Pool } from 'pg'
import { CaError } from '../../ca/ca-error.js'
import type { StatusWish } from '../../ca/change-status.store.js'
import {
  countCertificates,
  findCertificate,
  listCertificates,
  type CertificateCount,
  type CertificateRecord,
  type CertificateSelection,
} from '../../ca/certificate-records.store.js'
import { readCertificationRequest } from '../../ca/certification-request.js'
import type { IssuingCa } from '../../ca/issuing-ca.store.js'
import {
  fileRequest,
  findRequest,
  listRequests,
  noteIssued,
  refuseRequest,
  type FiledRequest,
  type RequestSelection,
} from '../../ca/requests.store.js'
import { parseSubsystemId } from '../../exchange/identifier.js'
import { writeNotices } from '../../notice/notice.store.js'
import type { AdminDatabase } from '../admin-database.store.js'
import type { Caller } from '../caller.js'

/** What somebody wants a certificate by. */
export interface Wish {
  readonly caller: Caller
  readonly subsystem: string
  readonly csr: string
  readonly renews?: string | undefined
  readonly reason?: string | undefined
  readonly note?: string | undefined
}

/** A decision or a change, by the revision that the caller saw. */
export interface Order {
  readonly caller: Caller
  readonly revision: number
  readonly reason: string
}

/** Certificates and requests for them, for administrators. */
export class CertificateDesk {
  readonly #database: AdminDatabase
  readonly #ca: IssuingCa | undefined

  constructor(database: AdminDatabase, ca: IssuingCa | undefined) {
    this.#database = database
    this.#ca = ca
  }

  get #pool(): Pool {
    return this.#database.pool
  }

  /** @throws CaError CA_NOT_READY where this node has none */
  get #issuing(): IssuingCa {
    if (this.#ca) return this.#ca
    throw new CaError('CA_NOT_READY', 'This node has no CA (ca in the configuration).')
  }

  /** The operator's word is enough. @throws CaError */
  async issue({ caller, subsystem, csr, renews, reason }: Wish): Promise<CertificateRecord> {
    const request = readCertificationRequest(Buffer.from(csr))
    const author = { ...caller.actor(), reason }
    const id = parseSubsystemId(subsystem)
    return this.#issuing.issue({ request, subsystem: id, renews, requester: caller.name, author })
  }

  /** A member's administrator asks; the operator decides. @throws CaError */
  async file({ caller, subsystem, csr, renews, note }: Wish): Promise<FiledRequest> {
    const request = readCertificationRequest(Buffer.from(csr))
    await this.#checkSubsystem(subsystem)
    const author = caller.actor()
    return this.#database.transaction(async (client) => {
      const filed = await fileRequest(client, { request, subsystem, renews, note, author })
      const notice = {
        kind: 'certificate.request',
        subject: filed.id,
        data: { subsystem },
      } as const
      await writeNotices(client, [{ ...notice, role: 'OPERATOR' }])
      return filed
    })
  }

  /** @throws CaError */
  async approve(id: string, { caller, revision, reason }: Order): Promise<CertificateRecord> {
    const filed = await this.request(id)
    const author = { ...caller.actor(), reason }
    return this.#issuing.issue({
      request: readCertificationRequest(filed.csr),
      subsystem: parseSubsystemId(filed.subsystem),
      renews: filed.renews,
      requester: filed.requester,
      author,
      beside: async (client, serial) => {
        await noteIssued(client, { id, revision, author }, serial)
      },
    })
  }

  /** @throws CaError */
  async refuse(id: string, { caller, revision, reason }: Order): Promise<FiledRequest> {
    const author = { ...caller.actor(), reason }
    return this.#database.transaction((client) => refuseRequest(client, { id, revision, author }))
  }

  /** @throws CaError */
  async change(serial: string, wish: StatusWish, order: Order): Promise<CertificateRecord> {
    const { caller, revision, reason } = order
    const author = { ...caller.actor(), reason }
    return this.#issuing.change({ serial, wish, revision, author })
  }

  /** @throws CaError REQUEST_UNKNOWN */
  async request(id: string): Promise<FiledRequest> {
    const found = await findRequest(this.#pool, id)
    if (found) return found
    throw new CaError('REQUEST_UNKNOWN', 'There is no such request.')
  }

  /** @throws CaError CERTIFICATE_UNKNOWN */
  async certificate(serial: string): Promise<CertificateRecord> {
    const found = await findCertificate(this.#pool, serial)
    if (found) return found
    throw new CaError('CERTIFICATE_UNKNOWN', `There is no certificate ${serial}.`)
  }

  certificates(selection: CertificateSelection): Promise<CertificateRecord[]> {
    return listCertificates(this.#pool, selection)
  }

  requests(selection: RequestSelection): Promise<FiledRequest[]> {
    return listRequests(this.#pool, selection)
  }

  statistics(from: Date | undefined, until: Date | undefined): Promise<CertificateCount[]> {
    return countCertificates(this.#pool, { from, until })
  }

  /** Whose system it is. @throws CaError SUBSYSTEM_UNKNOWN */
  async ownerOf(subsystem: string): Promise<string> {
    const { rows } = await this.#pool.query<{ owner: string }>(
      'SELECT coalesce(owner, member) AS owner FROM sluice.subsystem WHERE id = $1',
      [subsystem],
    )
    if (rows[0]) return rows[0].owner
    throw new CaError('SUBSYSTEM_UNKNOWN', `${subsystem} is no registered information system.`)
  }

  async #checkSubsystem(id: string): Promise<void> {
    const { rows } = await this.#pool.query<{ status: string }>(
      'SELECT status FROM sluice.subsystem WHERE id = $1',
      [id],
    )
    const [row] = rows
    if (!row) {
      throw new CaError('SUBSYSTEM_UNKNOWN', `${id} is no registered information system.`)
    }
    if (row.status !== 'active') throw new CaError('SUBSYSTEM_INACTIVE', `${id} is ${row.status}.`)
  }
}
