import { statSync } from 'node:fs'
import Sequencer from '@jest/test-sequencer'

const { default: Base = Sequencer } = Sequencer

/** Counting of V8's blocks looks at every script that the process ever loaded: cheap first, dear last. */
const first = /linear-time\.spec\.ts$/
/** What starts whole nodes, or waits for other processes, takes longest; begun last, it would keep one core idle. */
const early = /\/test\/(?:resilience|docs)\//

/** Puts what takes long before what does not: a fresh clone has no times of earlier runs to go by. */
export default class LongestFirst extends Base {
  sort(tests) {
    const ranks = new Map(tests.map((test) => [test, rankOf(test.path)]))
    return [...tests].sort((a, b) => ranks.get(a) - ranks.get(b) || sizeOf(b) - sizeOf(a))
  }
}

function rankOf(path) {
  if (first.test(path)) return 0
  if (early.test(path)) return 1
  return 2
}

function sizeOf({ path }) {
  return statSync(path).size
}
