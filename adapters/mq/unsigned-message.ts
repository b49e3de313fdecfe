import type { MqSignatureType } from '../../src/exchange/signers.js'

/** What goes back to a consumer before it is signed. */
export interface UnsignedMessage {
  readonly type: string
  readonly signatureType: MqSignatureType
  readonly contentType: string | undefined
  readonly body: Uint8Array
  readonly status: number | undefined
  /** Members of the signed envelope beside those that every reply has. */
  readonly envelope: Readonly<Record<string, string | undefined>>
  /** Of a provider, beside the bus's. */
  readonly providerSignature?: string | undefined
}
