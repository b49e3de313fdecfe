// `*` for `application/*+json`, as .NET's descriptions have it.
const json = /^(?:application\/json|text\/json|application\/[a-z0-9!#$&^_.*+-]+\+json)$/

/** Whether content of a media type, lower case and without parameters, is JSON (RFC 6839 §3.1). */
export function isJson(mediaType: string): boolean {
  return json.test(mediaType)
}

/** Content of which a contract can say something. */
export function isSupported(mediaType: string): boolean {
  return (
    isJson(mediaType) ||
    mediaType === 'multipart/form-data' ||
    mediaType === 'application/octet-stream'
  )
}

/** A Content-Type in lower case and without its parameters. */
export function essenceOf(contentType: string): string {
  const end = contentType.indexOf(';')
  return (end < 0 ? contentType : contentType.slice(0, end)).trim().toLowerCase()
}

/**
 * Whether a Content-Type names no other charset than the one JSON is read in here. Whoever believes another reads other
 * texts than were checked: JSON has no such parameter (RFC 8259 §11), and many stacks heed it.
 */
export function isReadAsUtf8(contentType: string): boolean {
  for (const [, charset = ''] of contentType.matchAll(/;\s*charset\*?\s*=\s*"?([^";\s]*)/gi)) {
    if (!/^utf-?8$/i.test(charset)) return false
  }
  return true
}

/** What is told of a Content-Type for which that does not hold. */
export const utf8Charset = 'charset=utf-8'
