import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/**
 * Where a running bus says how its embedded database is reached, so that the command line on the
 * same machine finds it. It holds the password, so only the bus's own user may read it.
 */
function addressFile(directory: string): string {
  return join(directory, 'database.url')
}

export function announceAddress(directory: string, url: string): void {
  mkdirSync(directory, { recursive: true })
  rmSync(addressFile(directory), { force: true })
  writeFileSync(addressFile(directory), url, { mode: 0o600 })
}

export function withdrawAddress(directory: string): void {
  rmSync(addressFile(directory), { force: true })
}

/** The address a bus announced; undefined where none did. It may be gone since. */
export function announcedAddress(directory: string): string | undefined {
  try {
    return readFileSync(addressFile(directory), 'utf8')
  } catch {
    return undefined
  }
}
