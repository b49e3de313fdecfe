interface Reference {
  readonly scheme: string | undefined
  readonly authority: string | undefined
  readonly path: string
  readonly query: string | undefined
}

// RFC 3986 appendix B; the fragment is not looked at.
const parts = /^(?:([^:/?#]+):)?(?:\/\/([^/?#]*))?([^?#]*)(?:\?([^#]*))?/

function parse(reference: string): Reference {
  const [, scheme, authority, path = '', query] = parts.exec(reference) ?? []
  return { scheme, authority, path, query }
}

/**
 * join-URI-References of C14N 1.1 (§2.4): RFC 3986 §5.2 with a base that may be relative itself.
 */
export function joinReferences(base: string, reference: string): string {
  const r = parse(reference)
  const b = parse(base)
  if (r.scheme !== undefined) return compose({ ...r, path: withoutDots(r.path) })
  if (r.authority !== undefined) {
    return compose({ ...r, scheme: b.scheme, path: withoutDots(r.path) })
  }
  const { scheme, authority } = b
  if (r.path === '') {
    return compose({ scheme, authority, path: withoutDots(b.path), query: r.query ?? b.query })
  }
  const path = r.path.startsWith('/') ? r.path : mergedPath(b, r.path)
  return compose({ scheme, authority, path: withoutDots(path), query: r.query })
}

/** RFC 3986 §5.2.3. */
function mergedPath(base: Reference, path: string): string {
  if (base.authority !== undefined && base.path === '') return `/${path}`
  // Two dots at the end of a base name a directory.
  const directory = /(^|\/)\.\.$/.test(base.path) ? `${base.path}/` : base.path
  return directory.slice(0, directory.lastIndexOf('/') + 1) + path
}

/**
 * Remove Dot Segments as C14N 1.1 changes it: leading `..` segments of a relative path stay, several
 * slashes become one, and a `..` at the end gets a slash.
 */
export function withoutDots(path: string): string {
  const isAbsolute = path.startsWith('/')
  const segments = path.split('/').filter((segment) => segment !== '')
  const kept: string[] = []
  for (const segment of segments) {
    if (segment === '.') continue
    if (segment !== '..') kept.push(segment)
    else if (kept.length > 0 && kept.at(-1) !== '..') kept.pop()
    else if (!isAbsolute) kept.push('..')
  }
  const last = path.slice(path.lastIndexOf('/') + 1)
  const isDirectory = last === '' || last === '.' || last === '..'
  const joined = kept.join('/')
  return (isAbsolute ? '/' : '') + joined + (isDirectory && joined !== '' ? '/' : '')
}

/** RFC 3986 §5.3. */
function compose({ scheme, authority, path, query }: Reference): string {
  return (
    (scheme === undefined ? '' : `${scheme}:`) +
    (authority === undefined ? '' : `//${authority}`) +
    path +
    (query === undefined ? '' : `?${query}`)
  )
}
