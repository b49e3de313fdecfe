/** A certificate is needed that was not given; nothing is wrong with the message. */
export class NoCertificate extends Error {
  override readonly name = 'NoCertificate'
}
