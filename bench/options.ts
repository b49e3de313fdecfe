import type { LaneName } from './load-order.js'

export interface BenchOptions {
  /** Fewer seconds a figure. */
  readonly quick: boolean
  /** One JSON object on standard output. */
  readonly json: boolean
  readonly lanes: readonly LaneName[]
}

const lanes = ['rest', 'soap'] as const

export const usage = 'npm run bench -- [--quick] [--json] [--lane rest|soap]'

/** @returns undefined for what is no option of the bench */
export function readOptions(args: readonly string[]): BenchOptions | undefined {
  let quick = false
  let json = false
  let only: LaneName | undefined
  for (let at = 0; at < args.length; at += 1) {
    if (args[at] === '--quick') quick = true
    else if (args[at] === '--json') json = true
    else if (args[at] === '--lane') {
      at += 1
      only = lanes.find((lane) => lane === args[at])
      if (only === undefined) return undefined
    } else return undefined
  }
  return { quick, json, lanes: only === undefined ? lanes : [only] }
}
