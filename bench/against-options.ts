import type { LaneName } from './load-order.js'

export interface AgainstOptions {
  /** Whatever git takes for a commit. */
  readonly revision: string
  readonly lane: LaneName
  readonly rounds: number
  /** One JSON object on standard output. */
  readonly json: boolean
}

export const againstUsage =
  'npm run bench:against -- REVISION [--lane rest|soap] [--rounds N] [--json]'

const roundsDefault = 5
const lanes = ['rest', 'soap'] as const

/** @returns undefined for what is no option of this bench */
export function readAgainstOptions(args: readonly string[]): AgainstOptions | undefined {
  const [revision, ...rest] = args
  if (revision === undefined || revision.startsWith('-')) return undefined
  let json = false
  let lane: LaneName | undefined = 'rest'
  let rounds = roundsDefault
  for (let at = 0; at < rest.length; at += 1) {
    if (rest[at] === '--json') json = true
    else if (rest[at] === '--lane') lane = lanes.find((each) => each === rest[++at])
    else if (rest[at] === '--rounds') rounds = Number(rest[++at])
    else return undefined
  }
  if (lane === undefined || !Number.isInteger(rounds) || rounds < 1) return undefined
  return { revision, lane, rounds, json }
}
