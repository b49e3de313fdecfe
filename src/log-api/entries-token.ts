import { hash, timingSafeEqual } from 'node:crypto'

/** Knows the auditor's token without holding it; with none configured it lets nobody pass. */
export class EntriesToken {
  readonly #digest: Buffer | undefined

  constructor(token: string | undefined) {
    this.#digest = token === undefined ? undefined : digestOf(token)
  }

  /** @param header - the field `Authorization` (RFC 6750 §2.1) */
  opens(header: string | undefined): boolean {
    const [, token] = /^Bearer +([^ ]{1,512})$/i.exec(header ?? '') ?? []
    if (token === undefined || !this.#digest) return false
    // Digests have one length, so the time says nothing of the token.
    return timingSafeEqual(digestOf(token), this.#digest)
  }
}

function digestOf(token: string): Buffer {
  return hash('sha256', token, 'buffer')
}
