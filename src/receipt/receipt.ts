/**
 * The bus's signed promise, given with a reply: the entry with this hash is durable and will be in this log
 * (a Signed Certificate Timestamp, RFC 6962 §3.2, of the message log). This is what it states; the bus signs the
 * statements of all outcomes that became durable together with one signature.
 */
export interface Receipt {
  readonly exchangeId: string
  /** Of the exchange: 2 is its outcome. */
  readonly half: 2
  /** `domain/` and an exchange domain, or `unassigned`. */
  readonly log: string
  /** Leaf hash of the outcome's entry, base64url; so the next. */
  readonly leafHash: string
  /** Of the request's entry, where the request came so far that it has one. */
  readonly requestLeafHash?: string | undefined
  readonly recordedAt: Date
}

/** What is signed: the tree (RFC 9162 §2.1) whose leaves are the statements. */
export interface ReceiptBatch {
  /** base64url. */
  readonly root: string
  /** Number of statements. */
  readonly size: number
}

/** `typ` of the protected header (RFC 7515 §4.1.9): a receipt must not be taken for another JWS, nor another for it. */
export const receiptType = 'sluice-receipt+jwt'

/** The protected header; its members in the one order that there is. */
export function headerText(algorithm: string, certificateThumbprint: string): string {
  return JSON.stringify({ alg: algorithm, typ: receiptType, 'x5t#S256': certificateThumbprint })
}

/** The payload, likewise. */
export function payloadText({ root, size }: ReceiptBatch): string {
  return JSON.stringify({ root, size })
}

/** The statement, likewise. */
export function statementText(receipt: Receipt): string {
  return JSON.stringify({
    exchangeId: receipt.exchangeId,
    half: receipt.half,
    log: receipt.log,
    leafHash: receipt.leafHash,
    requestLeafHash: receipt.requestLeafHash,
    recordedAt: receipt.recordedAt.toISOString(),
  })
}
