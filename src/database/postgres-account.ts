import { readFile, stat } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'

/** The operating system account that PostgreSQL runs as; it refuses to run as root. */
export interface PostgresAccount {
  readonly uid: number
  readonly gid: number
}

/** Trouble with the embedded database, in words for the person who started the bus. */
export class EmbeddedPostgresError extends Error {
  override readonly name = 'EmbeddedPostgresError'
}

const fallback: PostgresAccount = { uid: 65534, gid: 65534 }

async function fromPasswd(name: string): Promise<PostgresAccount | undefined> {
  const text = await readFile('/etc/passwd', 'utf8').catch(() => '')
  const fields = text
    .split('\n')
    .map((line) => line.split(':'))
    .find((line) => line[0] === name)
  const [uid, gid] = [Number(fields?.[2] ?? NaN), Number(fields?.[3] ?? NaN)]
  return uid > 0 && gid > 0 ? { uid, gid } : undefined
}

/**
 * Whose account PostgreSQL gets: nothing special for an ordinary user; for root the owner of the
 * existing cluster, else the account `postgres`, else `nobody`.
 * @returns undefined where the child simply runs as this process does
 */
export async function chooseAccount(clusterDir: string): Promise<PostgresAccount | undefined> {
  if (process.getuid?.() !== 0) return undefined
  const owner = await stat(clusterDir).catch(() => undefined)
  if (owner && owner.uid !== 0) return { uid: owner.uid, gid: owner.gid }
  return (await fromPasswd('postgres')) ?? (await fromPasswd('nobody')) ?? fallback
}

/** Whether `account` may walk down to `path`: every folder above it lets it pass. */
export async function isReachable(path: string, account: PostgresAccount): Promise<boolean> {
  for (let folder = dirname(resolve(path)); ; folder = dirname(folder)) {
    const { mode, uid, gid } = await stat(folder)
    const search = uid === account.uid ? 0o100 : gid === account.gid ? 0o010 : 0o001
    if ((mode & search) === 0) return false
    if (folder === dirname(folder)) return true
  }
}
