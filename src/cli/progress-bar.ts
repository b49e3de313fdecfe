const barChars = 30
const everyMs = 100

/**
 * Draws how far something has come, on a line of its own that is drawn over and is gone in the end.
 * @param write - to a terminal
 */
export function progressBar(
  write: (text: string) => void,
  now: () => number = () => performance.now(),
): (done: number, total: number) => void {
  const startedAt = now()
  let drawnAt = -Infinity
  return (done, total) => {
    const time = now()
    if (done >= total) {
      write('\r\u001b[K')
      return
    }
    if (time - drawnAt < everyMs) return
    drawnAt = time
    const filled = Math.floor((barChars * done) / Math.max(1, total))
    const perSecond = Math.round((1_000 * done) / Math.max(1, time - startedAt))
    const bar = `${'#'.repeat(filled)}${'.'.repeat(barChars - filled)}`
    write(`\r\u001b[K[${bar}] ${done}/${total}, ${perSecond}/s`)
  }
}
