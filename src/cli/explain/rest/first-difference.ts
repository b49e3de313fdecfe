/**
 * Where two signature bases part, for an engineer to find the byte.
 * @param theirs - the base that the engineer's own system signed
 */
export function firstDifference(ours: string, theirs: string): string | undefined {
  if (ours === theirs) return undefined
  const least = Math.min(ours.length, theirs.length)
  let at = 0
  while (at < least && ours.charCodeAt(at) === theirs.charCodeAt(at)) at += 1
  const before = ours.slice(0, at)
  const line = before.split('\n').length
  const column = at - before.lastIndexOf('\n')
  return (
    `The bases part at byte ${at} (line ${line}, column ${column}): ` +
    `the bus has ${shown(ours, at)}, yours has ${shown(theirs, at)}.`
  )
}

function shown(base: string, at: number): string {
  return at >= base.length ? 'nothing more' : JSON.stringify(base.slice(at, at + 24))
}
