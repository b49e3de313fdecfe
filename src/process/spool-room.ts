import { statfs } from 'node:fs/promises'
import { spoolFreeBytesMin } from '../incident/limits.js'
import type { HealthCheck } from './messages.js'

/** Whether there is room where large messages wait on disk; a folder that is not there yet has no messages. */
export async function spoolChecks(directory: string): Promise<HealthCheck[]> {
  const failed = (why: string): HealthCheck[] => [{ name: 'disk spool', ok: false, why }]
  try {
    const { bavail, bsize } = await statfs(directory)
    const free = bavail * bsize
    if (free >= spoolFreeBytesMin) return []
    return failed(`${Math.floor(free / 1_048_576)} MiB are free in ${directory}`)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    return code === 'ENOENT' ? [] : failed(`${directory}: ${code ?? 'cannot be looked at'}`)
  }
}
