import { randomUUID } from 'node:crypto'
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import {
  claimOf,
  isClaim,
  isRunning,
  lifeOf,
  parseClaim,
  thisProcess,
  type ClaimHolder,
} from './claim-holder.js'
import { syncFolder } from '../sync-folder.js'
import { FolderClaimError } from './folder-claim-error.js'

export interface ClaimOptions {
  /** The claim of earlier builds: a file of one process on this machine. */
  readonly earlier: {
    readonly name: string
    /** @returns undefined for what says of no process */
    readonly holderOf: (text: string) => Pick<ClaimHolder, 'pid' | 'startedAt'> | undefined
  }
  /** Asked where it cannot be known whether a holder runs: whether nobody is at work in the folder. By default somebody may be. */
  readonly isDeserted?: () => Promise<boolean>
}

const closed = 'closed'
const attemptsMax = 3

/**
 * Claims a folder for this process.
 *
 * The folder `claim` in it always holds one file, whose *name* says who holds the claim, or that nobody
 * does. A claim changes hands by one rename from the name that was read to one's own. So nothing has to stay
 * true between reading and taking:
 * - the rename finds its source only while the claim still is what was judged, and only one of several finds
 *   it. A name that came again (closed, taken, closed) says the same thing as before;
 * - a process that ended does not run again, so a claim that was judged dead cannot come to life;
 * - the first claim is a folder with its file, renamed as a whole: that fails onto a folder with a file;
 * - a listing that was read while a rename went on may show no name, or two. None leads to the folder's
 *   rename, which fails then; of two neither is taken.
 * Where it cannot be known whether the holder runs, and nothing else tells it, somebody has to remove the file.
 *
 * @returns gives the claim back
 * @throws FolderClaimError while another process has it, or may have it
 */
export async function claimFolder(
  folder: string,
  options: ClaimOptions,
): Promise<() => Promise<void>> {
  const self = await thisProcess()
  const claims = join(folder, 'claim')
  await refuseEarlierClaim(folder, options)
  for (let attempt = 0; attempt < attemptsMax; attempt += 1) {
    const names = await claimsIn(claims)
    const [name] = names
    if (names.length > 1) continue
    if (name !== undefined && name !== closed) {
      await refuseUnlessDead(name, { folder, self, ...options })
    }
    const hasTaken =
      name === undefined
        ? await makeClaim(folder, claimOf(self))
        : await renamed(join(claims, name), join(claims, claimOf(self)))
    if (!hasTaken) continue
    await syncFolder(claims)
    await rm(join(folder, options.earlier.name), { force: true })
    return giveBackOnce(claims, claimOf(self))
  }
  throw new FolderClaimError(`${folder}: another process took it at the same moment`)
}

/** Once, since the same process may have claimed the folder again, under the same name. */
function giveBackOnce(claims: string, claim: string): () => Promise<void> {
  let isMine = true
  return async () => {
    if (!isMine) return
    isMine = false
    if (await renamed(join(claims, claim), join(claims, closed))) await syncFolder(claims)
  }
}

/** @throws FolderClaimError */
async function refuseUnlessDead(
  name: string,
  {
    folder,
    self,
    isDeserted,
  }: ClaimOptions & { readonly folder: string; readonly self: ClaimHolder },
): Promise<void> {
  const holder = parseClaim(name)
  const life = holder ? await lifeOf(holder, self) : 'unknown'
  if (life === 'dead') return
  if (life === 'alive') {
    throw new FolderClaimError(`${folder}: process ${holder?.pid} works with it`, holder)
  }
  if (await isDeserted?.()) return
  const who = holder ? `process ${holder.pid} on ${holder.host}` : 'a process'
  throw new FolderClaimError(
    `${folder}: ${who} claimed it, and whether that still runs cannot be seen from here. ` +
      `Once it surely does not, remove ${join(folder, 'claim', name)}`,
  )
}

async function claimsIn(claims: string): Promise<readonly string[]> {
  try {
    const names = await readdir(claims)
    return names.filter((name) => name === closed || isClaim(name))
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return []
    throw error
  }
}

/** @returns false where there is one already */
async function makeClaim(folder: string, claim: string): Promise<boolean> {
  const draft = join(folder, `claim.${randomUUID()}`)
  await mkdir(draft, { mode: 0o700 })
  try {
    await writeFile(join(draft, claim), '', { mode: 0o600 })
    await rename(draft, join(folder, 'claim'))
    await syncFolder(folder)
    return true
  } catch (error) {
    // Windows calls it something else.
    const isThere = ['ENOTEMPTY', 'EEXIST'].includes(codeOf(error) ?? '')
    if (isThere || (await claimsIn(join(folder, 'claim'))).length > 0) return false
    throw error
  } finally {
    await rm(draft, { recursive: true, force: true })
  }
}

/** @returns false where there is no such file any more */
async function renamed(from: string, to: string): Promise<boolean> {
  try {
    await rename(from, to)
    return true
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return false
    throw error
  }
}

/** @throws FolderClaimError */
async function refuseEarlierClaim(
  folder: string,
  { earlier, isDeserted }: ClaimOptions,
): Promise<void> {
  const file = join(folder, earlier.name)
  let text: string
  try {
    text = await readFile(file, 'utf8')
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return
    throw error
  }
  const holder = earlier.holderOf(text)
  if (holder && !(await isRunning(holder))) return
  if (!holder && (await isDeserted?.())) return
  const who = holder ? `process ${holder.pid}` : 'a process'
  throw new FolderClaimError(
    `${folder}: ${who} works with it, or did. If it surely does not, remove ${file}`,
    holder,
  )
}

function codeOf(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException).code
}
