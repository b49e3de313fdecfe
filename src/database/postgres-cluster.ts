import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { chown, mkdir, open, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { EmbeddedPostgresError } from './postgres-account.js'
import { programOptions, type ClusterPlace } from './postgres-process.js'

/** Name of the cluster's only login, and owner of the bus's schema. */
export const clusterUser = 'sluice'

const passwordBytes = 24

/**
 * Makes the cluster if there is none yet, or gives the password of the one there is.
 * @param major - version the programs have; another one cannot read the files
 * @throws EmbeddedPostgresError
 */
export async function ensureCluster(
  dataDir: string,
  place: ClusterPlace,
  major: string,
): Promise<string> {
  const passwordFile = join(dataDir, 'password')
  const version = await readFile(join(place.clusterDir, 'PG_VERSION'), 'utf8').catch(
    () => undefined,
  )
  if (version === undefined) {
    const password = randomBytes(passwordBytes).toString('base64url')
    await writeFile(passwordFile, password, { mode: 0o600 })
    await createCluster(dataDir, place, password)
    return password
  }
  if (version.trim() !== major) {
    throw new EmbeddedPostgresError(
      `${place.clusterDir} was made by PostgreSQL ${version.trim()}, and this is ${major}. Dump it with the old version and load it into the new, or use another folder.`,
    )
  }
  return readFile(passwordFile, 'utf8').catch(() => {
    throw new EmbeddedPostgresError(
      `The password of the embedded database is not readable: ${passwordFile}`,
    )
  })
}

/** Made under another name first, so that a crash in the middle leaves nothing half done. */
async function createCluster(
  dataDir: string,
  place: ClusterPlace,
  password: string,
): Promise<void> {
  const draft = `${place.clusterDir}.draft`
  await rm(draft, { recursive: true, force: true })
  await mkdir(draft, { mode: 0o700 })
  if (place.account) await chown(draft, place.account.uid, place.account.gid)
  await runInitdb({ ...place, clusterDir: draft }, join(dataDir, 'password.draft'), password)
  // An empty folder in the cluster's place is one that somebody made ready for us.
  if (await stat(place.clusterDir).catch(() => undefined))
    await rm(place.clusterDir, { recursive: true })
  await rename(draft, place.clusterDir)
}

async function runInitdb(
  place: ClusterPlace,
  passwordFile: string,
  password: string,
): Promise<void> {
  const { options, folder } = await programOptions(place)
  await writeFile(passwordFile, password, { mode: 0o600 })
  if (place.account) await chown(passwordFile, place.account.uid, place.account.gid)
  // Handed over as standard input: the account may be unable to walk down to the file.
  const handle = await open(passwordFile, 'r')
  const given = process.platform === 'win32' ? passwordFile : '/dev/stdin'
  try {
    const child = spawn(
      join(place.home, 'bin', 'initdb'),
      [
        ...['-D', folder, '-U', clusterUser, '-A', 'scram-sha-256', `--pwfile=${given}`],
        ...[
          '--encoding=UTF8',
          '--locale-provider=builtin',
          '--locale=C',
          '--builtin-locale=C.UTF-8',
        ],
        ...['--no-instructions'],
      ],
      { ...options, stdio: [handle.fd, 'ignore', 'pipe'] },
    )
    let said = ''
    child.stderr?.on('data', (chunk: Buffer) => (said += chunk.toString()))
    const [code] = (await once(child, 'close')) as [number | null]
    if (code !== 0) throw new EmbeddedPostgresError(`initdb failed: ${said.trim().slice(-1000)}`)
  } finally {
    await handle.close()
    await rm(passwordFile, { force: true })
  }
}
