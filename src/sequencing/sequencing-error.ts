/** The logs must not grow as things are; the message says why, to the engineer on call. */
export class SequencingRefused extends Error {
  override readonly name = 'SequencingRefused'
}
