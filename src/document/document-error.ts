/** A content that no document can be made of. The message is one public English sentence. */
export class DocumentError extends Error {
  override readonly name = 'DocumentError'
}
