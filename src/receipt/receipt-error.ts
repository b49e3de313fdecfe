/**
 * What is wrong with a receipt: `form`, it is no compact JWS with a statement and its place behind it; `header` and
 * `payload` (the statement, too), they are not a receipt's; `algorithm`, it is not the key's; `signature`, the key did
 * not make it; `inclusion`, the statement is not among those that were signed.
 */
export type ReceiptTrouble = 'form' | 'header' | 'algorithm' | 'signature' | 'inclusion' | 'payload'

/** Not a receipt, or not a true one. The message is one English sentence. */
export class ReceiptError extends Error {
  override readonly name = 'ReceiptError'
  readonly trouble: ReceiptTrouble

  constructor(trouble: ReceiptTrouble, message: string) {
    super(message)
    this.trouble = trouble
  }
}
