import { describe, expect, it } from '@jest/globals'
import type { OpenLog } from '../src/cli/log-show.js'
import type { SampleAgency } from './agency-server.js'
import type { CallOutcome } from './consumer.js'
import { play } from './play.js'
import type { Scene } from './scenes.js'

type Asked = Readonly<Record<'client' | 'service', string>>

const call: Asked = { client: 'AZ/GOV/QKDK/GIROV', service: 'AZ/GOV/DIN/GCQ/finAxtaris/v1' }
const answered: CallOutcome = {
  ...{ status: 200, exchangeId: 'e', fault: undefined, body: '<ad>Əli</ad>' },
  ...{ sentSha256: 'aa', milliseconds: 1 },
}
const texts = { az: 'a', en: 'e' }
const refused: CallOutcome = {
  ...answered,
  ...{
    status: 500,
    fault: 'ACCESS_DENIED',
    body: { side: 'consumer', text: texts, remedy: texts },
  },
}

/** A log that holds so many entries of every exchange. */
function logOf(entries: number): OpenLog {
  const entry = { rowId: 1, leafHash: Buffer.alloc(32), fields: {} }
  const readEntries = (): Promise<unknown[]> => Promise.resolve(Array<unknown>(entries).fill(entry))
  return { readEntries } as unknown as OpenLog
}

async function wordsOf(scene: Partial<Scene<Asked>>, outcome: CallOutcome, entries = 2) {
  const words: string[] = []
  const whole = { title: 't', call, expected: { status: 200 }, ...scene }
  const consumer = { call: () => Promise.resolve(outcome) }
  const failures = await play([whole], consumer, logOf(entries), (text) => words.push(text))
  return { failures, last: words.at(-1) }
}

describe('a scene of the demo', () => {
  it('goes as it should', async () => {
    expect(await wordsOf({}, answered)).toMatchObject({ failures: 0 })
    const expected = { status: 500, fault: 'ACCESS_DENIED' }
    expect(await wordsOf({ expected }, refused, 1)).toMatchObject({ failures: 0 })
  })

  it.each([
    ['was to be refused', { expected: { status: 200, fault: 'ACCESS_DENIED' } }, answered, 2],
    ['was to be answered', {}, refused, 1],
    ['has another status', { expected: { status: 500 } }, answered, 2],
    ['is not in the log whole', {}, answered, 1],
    ['brought another answer', { check: () => 'the answer lacks 1466.25' }, answered, 2],
    [
      'reached the provider with other bytes than were signed',
      { deliveredTo: { latestSha256: 'bb' } as SampleAgency },
      answered,
      2,
    ],
    [
      'was refused without words for a person',
      { expected: { status: 500, fault: 'ACCESS_DENIED' } },
      { ...refused, body: '' },
      1,
    ],
  ])('that %s counts as a failure, and says so', async (_what, scene, outcome, entries) => {
    const { failures, last } = await wordsOf(scene, outcome, entries)
    expect(failures).toBe(1)
    expect(last).toMatch(/^ +WRONG: ./)
  })
})
