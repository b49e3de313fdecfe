/** A segment that stands for any member or item. */
export const anySegment = '*'

/**
 * The segments of a JSON Pointer (RFC 6901 §3, §4), of which `*` stands for any member or item.
 * @returns undefined for what is none, and for the empty one, which is the whole message
 */
export function segmentsOf(pointer: string): readonly string[] | undefined {
  if (!pointer.startsWith('/') || /~(?![01])/.test(pointer)) return undefined
  return pointer
    .slice(1)
    .split('/')
    .map((segment) => segment.replaceAll('~1', '/').replaceAll('~0', '~'))
}
