import type { Pool } from 'pg'
import type { Act, Actor } from '../audit-log/act.js'
import type { CaConfig } from '../config/ca-config.js'
import type { CaKey } from '../trust/issuing/ca-key.js'
import { issueEndEntity, issueRoot } from '../trust/issuing/issue-certificate.js'
import { findAuthority, installAuthority, type CaAuthority } from './authority.store.js'
import { CaError } from './ca-error.js'
import { changeStatus, type StatusOrder } from './change-status.store.js'
import { certificateTerms } from './certificate-profile.js'
import type { CertificateRecord } from './certificate-records.store.js'
import { makeList, newestList, type PublishedList } from './crl.store.js'
import { holderIn, recordIssued, type IssueOrder } from './issue.store.js'
import { authorityHoldsMs, certificateBackdatedMs } from './limits.js'
import { readRegistryNow } from './registry-transaction.store.js'

export interface IssuingCaParts {
  readonly config: CaConfig
  readonly key: CaKey
  /** In a role that may change the registry, or only make lists. */
  readonly pool: Pool
}

const hourMs = 3_600_000

/** The CA of this bus: its key, its certificate, and all that it signs in their name. */
export class IssuingCa {
  readonly #config: CaConfig
  readonly #key: CaKey
  readonly #pool: Pool
  #authority: CaAuthority | undefined

  constructor({ config, key, pool }: IssuingCaParts) {
    this.#config = config
    this.#key = key
    this.#pool = pool
  }

  get key(): CaKey {
    return this.#key
  }

  /**
   * The CA's certificate. One that was found is believed for good: a node that is to use another starts anew.
   * @throws CaError CA_NOT_READY while there is none
   */
  async authority(): Promise<CaAuthority> {
    this.#authority ??= await findAuthority(this.#pool, this.#key)
    if (this.#authority) return this.#authority
    throw new CaError('CA_NOT_READY', 'The CA has no certificate of its own yet (sluice ca init).')
  }

  /**
   * Gives the CA a certificate that it signs itself, where it has none yet.
   * @returns whether one was made
   */
  async init(author: Actor & Pick<Act, 'reason'>, now = new Date()): Promise<boolean> {
    if (await findAuthority(this.#pool, this.#key)) return false
    const { name, organisation } = this.#config
    const terms = {
      subject: [
        ['C', 'AZ'],
        ['O', organisation],
        ['CN', name],
      ],
      notBefore: new Date(now.getTime() - certificateBackdatedMs),
      notAfter: new Date(now.getTime() + authorityHoldsMs),
    } as const
    const { der } = await issueRoot(terms, this.#key)
    await this.install(der, 'anchor', author)
    return true
  }

  /** Makes a certificate over the CA's key its own. @throws CaError STATUS_REFUSED */
  async install(
    der: Buffer,
    role: 'anchor' | 'intermediate',
    author: Actor & Pick<Act, 'reason'>,
  ): Promise<void> {
    const { name, publicUrl } = this.#config
    const key = this.#key
    this.#authority = await installAuthority(this.#pool, {
      der,
      name,
      key,
      role,
      publicUrl,
      author,
    })
  }

  /**
   * Issues a certificate; a second later every gate takes what its key signs.
   * @throws CaError
   */
  async issue(order: IssueOrder, now = new Date()): Promise<CertificateRecord> {
    const authority = await this.authority()
    const { validityDays, publicUrl } = this.#config
    const holder = holderIn(await readRegistryNow(this.#pool, order.client), order)
    const authorityEnds = authority.notAfter
    const terms = certificateTerms({ ...holder, validityDays, authorityEnds, publicUrl, now })
    const signer = { certificate: authority, key: this.#key }
    const issued = await issueEndEntity(terms, order.request.publicKey, signer)
    return recordIssued(this.#pool, authority.thumbprint, issued, order)
  }

  /** Holds, releases or revokes; the list follows at once. @throws CaError */
  async change(order: StatusOrder): Promise<CertificateRecord> {
    const changed = await changeStatus(this.#pool, order)
    await this.list()
    return changed
  }

  /** The revocation list that says what the registry says now. @throws CaError CA_NOT_READY, CA_KEY_UNAVAILABLE */
  async list(now = new Date()): Promise<PublishedList> {
    const authority = await this.authority()
    const holdsMs = this.#config.crlHours * hourMs
    return makeList({ pool: this.#pool, key: this.#key, authority, holdsMs }, now)
  }

  /** The newest list as it is, or the first one. */
  async published(): Promise<PublishedList> {
    const { thumbprint } = await this.authority()
    return (await newestList(this.#pool, thumbprint)) ?? this.list()
  }
}
