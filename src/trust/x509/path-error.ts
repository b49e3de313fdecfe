/** Why no path is accepted, for machines. */
export type PathReason =
  | 'malformed'
  | 'unknown-issuer'
  | 'bad-signature'
  | 'not-yet-valid'
  | 'expired'
  | 'revoked'
  | 'revocation-unknown'
  | 'algorithm-forbidden'
  | 'not-a-ca'
  | 'path-length'
  | 'key-usage'
  | 'name-constraint'
  | 'policy'
  | 'unknown-critical-extension'
  | 'too-complex'

/** A certificate that no accepted path vouches for. The message is one public English sentence. */
export class PathError extends Error {
  override readonly name = 'PathError'

  constructor(
    readonly reason: PathReason,
    /** Subject of the certificate that the trouble is about. */
    readonly subject: string,
    /** Section of RFC 5280, such as `6.1.3 (a)(2)`; empty where the rule is the bus's own. */
    readonly section: string,
    message: string,
  ) {
    super(message)
  }
}
