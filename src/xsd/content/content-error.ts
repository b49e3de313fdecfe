/** More than one particle may take the same element (Unique Particle Attribution, part 1 §3.8.6), or none consistently. */
export class AmbiguousContent extends Error {
  override readonly name = 'AmbiguousContent'
}

/** A content model that would take more room than it may. */
export class ContentTooLarge extends Error {
  override readonly name = 'ContentTooLarge'
}
