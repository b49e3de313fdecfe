import { open, readdir } from 'node:fs/promises'
import { connect } from 'node:net'
import { join } from 'node:path'
import { FolderClaimError } from '../folder-claim/folder-claim-error.js'
import { claimFolder, type ClaimOptions } from '../folder-claim/folder-claim.js'
import { EmbeddedPostgresError } from './postgres-account.js'

/** Earlier builds left a file with process id and start time. */
const earlierClaim: ClaimOptions['earlier'] = {
  name: 'launcher.json',
  holderOf: (text) => {
    try {
      const { pid, startedAt } = JSON.parse(text) as Record<string, unknown>
      const isOfProcess = Number.isSafeInteger(pid) && Number(pid) > 0
      if (!isOfProcess || typeof startedAt !== 'string') return undefined
      return { pid: Number(pid), startedAt }
    } catch {
      return undefined
    }
  },
}

/**
 * Claims the folder of an embedded database for this process: two starts on one folder must not both run
 * PostgreSQL, whose own look at its `postmaster.pid` we take away with an orphan's.
 *
 * A node that ran in another container, or before its machine was started anew, cannot be seen from here, and
 * must come up again by itself all the same. There the server's socket decides, which one kernel shows to all of
 * its containers.
 * @returns gives the claim back
 * @throws EmbeddedPostgresError while another process has it
 */
export async function claimDataFolder(dataDir: string): Promise<() => Promise<void>> {
  const isDeserted = async (): Promise<boolean> => !(await isServed(join(dataDir, 'cluster')))
  try {
    return await claimFolder(dataDir, { earlier: earlierClaim, isDeserted })
  } catch (error) {
    if (!(error instanceof FolderClaimError)) throw error
    const { holder, message } = error
    const what = holder
      ? `The embedded database in ${dataDir} is in use by process ${holder.pid}.`
      : `The embedded database is in use: ${message}.`
    throw new EmbeddedPostgresError(`${what} Stop that one first, or use another folder.`, {
      cause: error,
    })
  }
}

/** Whether a PostgreSQL of this machine, in whatever container, listens in its cluster. */
async function isServed(clusterDir: string): Promise<boolean> {
  const folder = await open(clusterDir, 'r').catch(() => undefined)
  if (!folder) return false
  try {
    const names = (await readdir(clusterDir)).filter((name) => /^\.s\.PGSQL\.\d+$/.test(name))
    // By the open folder where there is such a name: a socket's whole path may be too long.
    const parent = process.platform === 'linux' ? `/proc/self/fd/${folder.fd}` : clusterDir
    const heard = await Promise.all(names.map((name) => isListening(join(parent, name))))
    return heard.includes(true)
  } finally {
    await folder.close()
  }
}

function isListening(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path)
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    // Only these say that nobody is there.
    socket.once('error', ({ code }: NodeJS.ErrnoException) =>
      resolve(code !== 'ECONNREFUSED' && code !== 'ENOENT'),
    )
  })
}
