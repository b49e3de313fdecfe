import { isIPv6 } from 'node:net'

/** A network address in one form: one of IPv4 that came by a socket of IPv6 is one of IPv4. */
export function addressText(remote: string): string {
  const lower = remote.toLowerCase()
  const mapped = /^::ffff:(\d{1,3}(?:\.\d{1,3}){3})$/.exec(lower)?.[1]
  return mapped ?? (lower === '' ? 'unknown' : lower)
}

/** What counts as one address where tries are counted: of IPv6 whoever has one has the whole /64. */
export function countedAddress(address: string): string {
  if (!isIPv6(address)) return address
  const [plain = ''] = address.split('%')
  const [head = '', tail] = plain.split('::', 2)
  const before = head === '' ? [] : head.split(':')
  const after = tail === undefined || tail === '' ? [] : tail.split(':')
  const zeros = Array<string>(Math.max(0, 8 - before.length - after.length)).fill('0')
  const groups = tail === undefined ? before : [...before, ...zeros, ...after]
  return `${groups
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':')}::/64`
}
