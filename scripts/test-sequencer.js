import { statSync } from 'node:fs'
import Sequencer from '@jest/test-sequencer'

const { default: Base = Sequencer } = Sequencer

/** Counting of V8's blocks looks at every script that the process ever loaded: cheap first, dear last. */
const first = /linear-time\.spec\.ts$/
/** What starts whole nodes takes longest, and all cores. */
const nodes = /\/test\/(?:resilience|docs)\//
/** Others that are begun between two of these. The last of these must begin well before the end: one core would idle. */
const between = 8

/**
 * Puts what takes long before what does not: a fresh clone has no times of earlier runs to go by. What starts nodes
 * is spread among what mostly waits, so that neither fights for the cores nor leaves them idle.
 */
export default class LongestFirst extends Base {
  sort(tests) {
    const sorted = [...tests].sort((a, b) => sizeOf(b) - sizeOf(a))
    const cheap = sorted.filter(({ path }) => first.test(path))
    const dear = sorted.filter(({ path }) => nodes.test(path))
    const others = sorted.filter(({ path }) => !first.test(path) && !nodes.test(path))
    return [...cheap, ...dear.flatMap((test) => [test, ...others.splice(0, between)]), ...others]
  }
}

function sizeOf({ path }) {
  return statSync(path).size
}
