/** Why the CA does not do what it is asked to. */
export const caErrorCodes = [
  'CA_NOT_READY',
  'CA_KEY_UNAVAILABLE',
  'REQUEST_MALFORMED',
  'PRIVATE_KEY_SENT',
  'PROOF_OF_POSSESSION',
  'KEY_REFUSED',
  'KEY_IN_USE',
  'EXTENSION_REFUSED',
  'SUBJECT_REFUSED',
  'SUBSYSTEM_UNKNOWN',
  'SUBSYSTEM_INACTIVE',
  'CERTIFICATE_UNKNOWN',
  'STATUS_REFUSED',
  'CHANGED_MEANWHILE',
  'REQUEST_UNKNOWN',
  'REQUEST_DECIDED',
] as const
export type CaErrorCode = (typeof caErrorCodes)[number]

/** What the CA refuses. The message is one public English sentence, without anything secret. */
export class CaError extends Error {
  override readonly name = 'CaError'

  constructor(
    readonly code: CaErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options)
  }
}
