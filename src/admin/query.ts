import { Problem } from './problem.js'

/**
 * A query string, each name once, and in no form but that of HTML forms.
 * @throws Problem INVALID
 */
export function readQuery(target: string): Readonly<Record<string, string>> {
  const at = target.indexOf('?')
  if (at === -1) return {}
  const text = target.slice(at + 1)
  if (!isDecodable(text)) throw invalid('?', 'faiz kodlaşdırması səhvdir', 'is not encoded well')
  const query = Object.create(null) as Record<string, string>
  for (const [name, value] of new URLSearchParams(text)) {
    if (name in query) throw invalid(name, 'iki dəfə verilib', 'is there twice')
    query[name] = value
  }
  return query
}

/** @throws Problem INVALID for a name that is not of these */
export function refuseUnknown(
  query: Readonly<Record<string, string>>,
  known: ReadonlySet<string>,
): void {
  for (const name of Object.keys(query)) {
    if (!known.has(name)) throw invalid(name, 'belə parametr yoxdur', 'is no parameter of this')
  }
}

const nameCharsMax = 100

function invalid(name: string, az: string, en: string): Problem {
  return new Problem('INVALID', {
    errors: [{ pointer: name.slice(0, nameCharsMax), detail: { az, en } }],
  })
}

function isDecodable(text: string): boolean {
  try {
    decodeURIComponent(text.replaceAll('+', ' '))
    return true
  } catch {
    return false
  }
}
