/**
 * URIs after RFC 3986 appendix A, as far as the characters of each part go. A colon without a port
 * number is allowed there, refused by libxml2, and so refused here.
 */
const inName = "[A-Za-z0-9._~!$&'()*+,;=-]|%[0-9A-Fa-f]{2}"
const inPath = `${inName}|[:@/]`
const authority = `//(?:(?:${inName}|:)*@)?(?:\\[[0-9A-Za-z:.]+\\]|(?:${inName})*)(?::[0-9]+)?(?=[/?#]|$)`
const after = `(?:${inPath}|\\?)*`
const uri = new RegExp(
  `^[A-Za-z][A-Za-z0-9+.-]*:(?:${authority}|(?!//))(?:${inPath})*(?:\\?${after})?(?:#${after})?$`,
)

/** Whether the text is a URI: absolute, with or without a fragment. */
export function isUri(text: string): boolean {
  return uri.test(text)
}
