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
