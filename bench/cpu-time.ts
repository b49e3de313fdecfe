/**
 * CPU time of one call in microseconds: the least of several rounds, for others use the machine too.
 * @param roundMs CPU time that one round takes, about
 */
export function cpuMicroseconds(call: () => void, rounds = 12, roundMs = 150): number {
  let least = Infinity
  for (let round = 0, calls = 1; round < rounds; round++) {
    const before = process.cpuUsage()
    for (let left = calls; left > 0; left--) call()
    const { user, system } = process.cpuUsage(before)
    least = Math.min(least, (user + system) / calls)
    calls = Math.max(1, Math.ceil((roundMs * 1_000) / Math.max(least, 1)))
  }
  return Math.round(least * 10) / 10
}
