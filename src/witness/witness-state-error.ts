/** What the witness remembers cannot be trusted, or belongs to another process. */
export class WitnessStateError extends Error {
  override readonly name = 'WitnessStateError'
}
