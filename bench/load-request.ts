import { createHash, X509Certificate, type KeyObject } from 'node:crypto'

/** Makes the requests to one target, and looks at what is answered. */
export interface RequestMaker {
  /** How every request ends. */
  readonly payload: Buffer
  /** How the next request begins: its HTTP head and all that is its own, a message id among it. */
  head(): Buffer
  /**
   * Looks at the whole reply to a request that began so.
   * @returns whether there was a signature to verify
   * @throws Error when it does not bear the bus's signature or is not the answer
   */
  checkReply(head: Buffer, reply: WholeReply): boolean
}

/** A reply over HTTP, taken apart. */
export interface WholeReply {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly payload: Buffer
}

/** HTTP's head and body of a message. */
export function httpPartsOf(
  message: Buffer,
): Omit<WholeReply, 'status'> & { readonly start: string } {
  const end = message.indexOf('\r\n\r\n')
  const [start = '', ...lines] = message.toString('latin1', 0, end).split('\r\n')
  const fields = lines.map((line) => {
    const colon = line.indexOf(':')
    return [line.slice(0, colon), line.slice(colon + 1).trim()] as const
  })
  return { start, headers: Object.fromEntries(fields), payload: message.subarray(end + 4) }
}

/** The key that a certificate is for, and how signatures name it. */
export function signerKeyOf(certificatePem: string): {
  readonly publicKey: KeyObject
  readonly certificateThumbprint: string
} {
  const { publicKey, raw } = new X509Certificate(certificatePem)
  return { publicKey, certificateThumbprint: createHash('sha256').update(raw).digest('base64url') }
}
