import { PackagingError } from '../../src/http/packaging-error.js'

/** The value of a Content-Type field (RFC 2045 §5.1, RFC 9110 §8.3.1). */
export interface MediaType {
  /** `type/subtype` in lower case. */
  readonly type: string
  /** By name in lower case; values without their quotes. */
  readonly parameters: ReadonlyMap<string, string>
}

const essence = /[ \t]*([!#$%&'*+.^_`|~0-9A-Za-z-]+\/[!#$%&'*+.^_`|~0-9A-Za-z-]+)[ \t]*/y
// Old stacks write `type=text/xml` and `start=<id>` without the quotes that such values need; where the
// value ends is clear all the same.
const parameter =
  /;[ \t]*(?:([!#$%&'*+.^_`|~0-9A-Za-z-]+)=(?:"((?:[^"\\\x00-\x08\x0a-\x1f\x7f]|\\[ -~])*)"|([!#-'*+\-./0-9:<-[\]-~]+)))?[ \t]*/y

/**
 * Reads a media type with its parameters, each of which may be there once.
 * @param field - the public name of what is read
 * @throws PackagingError
 */
export function parseMediaType(value: string, field: string): MediaType {
  essence.lastIndex = 0
  const type = essence.exec(value)?.[1]
  if (type === undefined) throw new PackagingError(field, 'The media type is missing or is none.')
  const parameters = new Map<string, string>()
  let at = essence.lastIndex
  while (at < value.length) {
    parameter.lastIndex = at
    const found = parameter.exec(value)
    if (!found) throw new PackagingError(field, 'A parameter of the media type is not well-formed.')
    at = parameter.lastIndex
    const name = found[1]?.toLowerCase()
    if (name === undefined) continue
    if (parameters.has(name)) {
      throw new PackagingError(field, 'A parameter of the media type is repeated.')
    }
    parameters.set(name, found[2]?.replace(/\\(.)/g, '$1') ?? found[3] ?? '')
  }
  return { type: type.toLowerCase(), parameters }
}

const token = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/

/** Writes a media type; values that are no token are quoted (RFC 9110 §5.6.6). */
export function formatMediaType({ type, parameters }: MediaType): string {
  let text = type
  for (const [name, value] of parameters) {
    text += `; ${name}=${token.test(value) ? value : `"${value.replace(/["\\]/g, '\\$&')}"`}`
  }
  return text
}
