/** Why a CMS SignedData is not accepted, for machines. */
export type CmsReason =
  | 'malformed'
  | 'too-large'
  | 'content-type'
  | 'content'
  | 'algorithm-forbidden'
  | 'attributes'
  | 'message-digest'
  | 'signing-certificate'
  | 'signer-unknown'
  | 'bad-signature'

/** A SignedData that does not prove what it should. The message is one public English sentence. */
export class CmsError extends Error {
  override readonly name = 'CmsError'

  constructor(
    readonly reason: CmsReason,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options)
  }
}
