import type { EarlierActs, StoredAct } from '../../audit-log/audit-log.store.js'
import { actsReadAtOnce, actsSeenForPageMax } from './limits.js'

export interface ActsWanted extends Omit<EarlierActs, 'limit'> {
  readonly actor?: string | undefined
  readonly object?: string | undefined
  readonly limit: number
}

/** Where acts come from, and who may see which of them. */
export interface ActSource {
  readonly read: (selection: EarlierActs) => Promise<readonly StoredAct[]>
  readonly mayBeSeen: (acts: readonly StoredAct[]) => Promise<readonly StoredAct[]>
}

export interface ActsFound {
  readonly acts: readonly StoredAct[]
  /** Before which act to go on; undefined where there are no more. */
  readonly next: string | undefined
}

/**
 * A page of acts, newest first. Where few of many fit, it has fewer than it might, and says where to go on: one request looks at
 * so many acts and no more.
 */
export async function findActs(
  { actor, object, limit, ...where }: ActsWanted,
  { read, mayBeSeen }: ActSource,
): Promise<ActsFound> {
  const acts: StoredAct[] = []
  let before = where.before
  for (let seen = 0; seen < actsSeenForPageMax; seen += actsReadAtOnce) {
    const batch = await read({ ...where, before, limit: actsReadAtOnce })
    acts.push(...(await mayBeSeen(batch)).filter((act) => isWanted(act, actor, object)))
    if (acts.length > limit) break
    const last = batch.at(-1)
    if (last === undefined || batch.length < actsReadAtOnce) return { acts, next: undefined }
    before = last.actId
  }
  const page = acts.slice(0, limit)
  return { acts: page, next: acts.length > limit ? page.at(-1)?.actId : before }
}

function isWanted(
  { fields }: StoredAct,
  actor: string | undefined,
  object: string | undefined,
): boolean {
  const { subject = '' } = fields ?? {}
  const isOfActor = actor === undefined || fields?.actor === actor || fields?.account === actor
  return isOfActor && (object === undefined || subject === object || subject.endsWith(` ${object}`))
}
