/**
 * The content id of a `cid:` URI (RFC 2392), which is percent-encoded in it.
 * @returns undefined for any other URI
 */
export function contentIdIn(uri: string): string | undefined {
  if (!/^cid:./i.test(uri)) return undefined
  try {
    return decodeURIComponent(uri.slice(4))
  } catch {
    return undefined
  }
}
