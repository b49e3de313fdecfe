import { createHash } from 'node:crypto'
import type { Pool } from 'pg'
import type { CaKey } from '../trust/issuing/ca-key.js'
import { caKeyOf } from '../trust/issuing/ca-key.js'
import { issueOcspResponder } from '../trust/issuing/issue-certificate.js'
import { makeKeyPair } from '../trust/issuing/key-pair.js'
import { parseCertificate } from '../trust/x509/certificate.js'
import { readCertificateIdentity } from '../trust/x509/certificate-identity.js'
import { contentOf, DerError, DerReader, derTag } from '../trust/x509/der.js'
import { octetsOfBitString } from '../trust/x509/der-values.js'
import type { CaAuthority } from './authority.store.js'
import { reasonCodes } from './certificate-records.store.js'
import {
  certificateBackdatedMs,
  ocspAnswerHoldsMs,
  ocspCachedMax,
  ocspCachedMs,
  ocspResponderHoldsMs,
  ocspSigningMax,
} from './limits.js'
import { readOcspRequest, type AskedCertificate, type OcspRequest } from './ocsp-request.js'
import { ocspError, signOcspResponse, type OcspSigner, type OcspStatus } from './ocsp-response.js'

export interface OcspResponderParts {
  readonly pool: Pool
  readonly key: CaKey
  /** @throws CaError while the CA has no certificate */
  readonly authority: () => Promise<CaAuthority>
  readonly warn: (event: string, details: Readonly<Record<string, unknown>>) => void
  readonly now?: () => Date
}

/** An answer, and how long others may keep it (RFC 6960 §A.1, RFC 5019 §6.2); undefined: not at all. */
export interface OcspReply {
  readonly der: Buffer
  readonly holdsUntil: Date | undefined
}

interface Signer extends OcspSigner {
  readonly authority: CaAuthority
  readonly renewAt: number
  readonly names: IssuerHashes
}

const digests: Readonly<Record<string, string>> = {
  '1.3.14.3.2.26': 'sha1',
  '2.16.840.1.101.3.4.2.1': 'sha256',
  '2.16.840.1.101.3.4.2.2': 'sha384',
  '2.16.840.1.101.3.4.2.3': 'sha512',
}

/**
 * Says what has become of certificates of this CA (RFC 6960), with a key of its own that the CA vouches for and that
 * never leaves this process. Answers without a nonce are signed once in a while for everybody.
 */
export class OcspResponder {
  readonly #parts: OcspResponderParts
  readonly #cache = new Map<string, { readonly reply: OcspReply; readonly until: number }>()
  #signer: Promise<Signer> | undefined
  #signing = 0

  constructor(parts: OcspResponderParts) {
    this.#parts = parts
  }

  /** Never rejects: whatever is wrong is an answer, too. */
  async answer(request: Uint8Array): Promise<OcspReply> {
    let asked: OcspRequest
    try {
      asked = readOcspRequest(request)
    } catch (error) {
      if (error instanceof DerError) return errorReply('malformedRequest')
      throw error
    }
    try {
      return await this.#answer(asked)
    } catch (error) {
      this.#parts.warn('ocsp-failed', {
        error: error instanceof Error ? error.message : String(error),
      })
      return errorReply('internalError')
    }
  }

  #now(): Date {
    return this.#parts.now?.() ?? new Date()
  }

  async #answer(request: OcspRequest): Promise<OcspReply> {
    const key = request.asked.map(({ der }) => der.toString('base64')).join(' ')
    const now = this.#now()
    const cached = request.nonce ? undefined : this.#cache.get(key)
    if (cached && cached.until > now.getTime()) return cached.reply
    if (this.#signing >= ocspSigningMax) return errorReply('tryLater')
    this.#signing += 1
    try {
      const reply = await this.#sign(request, now)
      if (!request.nonce && reply.holdsUntil) this.#keep(key, reply, now)
      return reply
    } finally {
      this.#signing -= 1
    }
  }

  #keep(key: string, reply: OcspReply, now: Date): void {
    if (this.#cache.size >= ocspCachedMax) this.#cache.clear()
    this.#cache.set(key, { reply, until: now.getTime() + ocspCachedMs })
  }

  async #sign({ asked, nonce }: OcspRequest, now: Date): Promise<OcspReply> {
    const signer = await this.#current(now)
    // Of certificates of others nobody here can say anything (§2.3).
    if (!asked.some((each) => signer.names.are(each))) return errorReply('unauthorized')
    const statuses = await this.#statuses(signer, asked)
    const nextUpdate = new Date(now.getTime() + ocspAnswerHoldsMs)
    const answers = asked.map((each, index) => ({
      certId: each.der,
      status: statuses[index] ?? { status: 'unknown' as const },
    }))
    const der = await signOcspResponse({ answers, nonce, thisUpdate: now, nextUpdate }, signer)
    return { der, holdsUntil: nonce ? undefined : new Date(now.getTime() + ocspCachedMs) }
  }

  async #statuses(signer: Signer, asked: readonly AskedCertificate[]): Promise<OcspStatus[]> {
    const { rows } = await this.#parts.pool.query<{
      serial: string
      status: string
      status_at: Date
      reason: number | null
    }>(
      `SELECT serial, status, status_at, reason FROM sluice.ca_certificate
        WHERE issuer = $1 AND serial = ANY ($2)`,
      [signer.authority.thumbprint, asked.map(({ serial }) => serial)],
    )
    const known = new Map(rows.map((row) => [row.serial, row]))
    return asked.map((each) => {
      const row = signer.names.are(each) ? known.get(each.serial) : undefined
      if (!row) return { status: 'unknown' }
      if (row.status === 'active') return { status: 'good' }
      const reason = row.reason ?? (row.status === 'held' ? reasonCodes.certificateHold : undefined)
      return { status: 'revoked', at: row.status_at, reason }
    })
  }

  /** The signer with a certificate that holds for some time yet; the first one who needs it makes it for all. */
  async #current(now: Date): Promise<Signer> {
    const known = await this.#signer?.catch(() => undefined)
    if (known && now.getTime() < known.renewAt) return known
    const making = this.#makeSigner(now)
    this.#signer = making
    making.catch(() => {
      if (this.#signer === making) this.#signer = undefined
    })
    return making
  }

  async #makeSigner(now: Date): Promise<Signer> {
    const { pool, key } = this.#parts
    const authority = await this.#parts.authority()
    const own = await makeKeyPair('p256')
    const end = Math.min(now.getTime() + ocspResponderHoldsMs, authority.notAfter.getTime())
    const terms = {
      subject: [
        ['C', 'AZ'],
        ['CN', 'OCSP'],
      ],
      notBefore: new Date(now.getTime() - certificateBackdatedMs),
      notAfter: new Date(end),
    } as const
    const signer = { certificate: authority, key }
    const { der, serialNumber } = await issueOcspResponder(terms, own.publicKey, signer)
    await pool.query(
      'INSERT INTO sluice.ca_responder (serial, issuer, der, not_after) VALUES ($1, $2, $3, $4)',
      [serialNumber, authority.thumbprint, der, terms.notAfter],
    )
    return {
      key: caKeyOf(own.privateKey, own.publicKey),
      certificate: der,
      keyHash: createHash('sha1')
        .update(keyBitsOf(parseCertificate(der).spki))
        .digest(),
      authority,
      renewAt: now.getTime() + (end - now.getTime()) / 2,
      names: new IssuerHashes(readCertificateIdentity(der).issuer, authority.der),
    }
  }
}

function errorReply(status: Parameters<typeof ocspError>[0]): OcspReply {
  return { der: ocspError(status), holdsUntil: undefined }
}

/** How requests name the CA: digests of its name and of its key (RFC 6960 §4.1.1). */
class IssuerHashes {
  readonly #name: Buffer
  readonly #keyBits: Buffer
  readonly #known = new Map<string, { readonly name: Buffer; readonly key: Buffer }>()

  /** @param name DER of the CA's name, as it stands in what it issues */
  constructor(name: Buffer, authorityDer: Buffer) {
    this.#name = name
    this.#keyBits = keyBitsOf(parseCertificate(authorityDer).spki)
  }

  /** Whether the certificate that is asked for would be one of this CA. */
  are({ hash, issuerNameHash, issuerKeyHash }: AskedCertificate): boolean {
    const digest = digests[hash]
    if (digest === undefined) return false
    let own = this.#known.get(digest)
    if (!own) {
      const of = (bytes: Buffer): Buffer => createHash(digest).update(bytes).digest()
      own = { name: of(this.#name), key: of(this.#keyBits) }
      this.#known.set(digest, own)
    }
    return own.name.equals(issuerNameHash) && own.key.equals(issuerKeyHash)
  }
}

/** The content of the key's BIT STRING, without its count of unused bits. */
function keyBitsOf(spki: Buffer): Buffer {
  const inside = new DerReader(contentOf(new DerReader(spki).next(derTag.sequence)))
  inside.next(derTag.sequence)
  return octetsOfBitString(inside.next(derTag.bitString))
}
