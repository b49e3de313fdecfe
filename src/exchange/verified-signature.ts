/** What is known of a signature that proved right, of any format. */
export interface VerifiedSignature {
  readonly label: string
  readonly keyId: string
  /** Signed creation time. */
  readonly created: Date
  readonly value: Uint8Array
}
