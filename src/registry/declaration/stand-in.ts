import { fieldPlace, type YamlPlace } from './yaml-place.js'

// No text of a declaration may hold it, so no stand-in can be taken for what somebody wrote.
const mark = '\u0000'

/**
 * Stands for a part of an identifier that is missing or wrong, so that what is declared below it is
 * looked at all the same and every mistake is told at once. No two of them are equal.
 */
export function standIn(at: YamlPlace, key: string): string {
  // The file's name may hold a slash, which would divide the identifier.
  const file = Buffer.from(at.source.file).toString('base64url')
  return `${mark}${file} ${fieldPlace(at, key).field}`
}

/** Stands for a whole identifier of which nothing is known. */
export const anyId = mark

/** Whether a part of an identifier, or the whole, is a stand-in. */
export function holdsStandIn(id: string): boolean {
  return id.includes(mark)
}

/** Whether two identifiers are the same if stand-ins in them stand for what is right. */
export function mayBeSame(one: string, other: string): boolean {
  if (one === other || one === anyId || other === anyId) return true
  if (!holdsStandIn(one) && !holdsStandIn(other)) return false
  const [parts, others] = [one.split('/'), other.split('/')]
  return (
    parts.length === others.length &&
    parts.every((part, index) => {
      const against = others[index] ?? ''
      return part === against || holdsStandIn(part) || holdsStandIn(against)
    })
  )
}
