import { parseArgs } from 'node:util'
import {
  killOneOfTwoNodes,
  killWholeBus,
  killWorkers,
  type TrialResult,
} from '../support/running-bus-trials.js'
import { BusField } from '../support/running-bus.js'

/**
 * `npm run hammer -- --kills 100`: kills workers, whole buses and one of two nodes under load, far
 * more often than the tests do, and prints a verdict on the message log. Exit code 0 only if all is
 * as it should be.
 */
const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '100' },
    messages: { type: 'string', default: '10000' },
    only: { type: 'string', default: 'workers,bus,nodes' },
  },
})
const kills = Number(values.kills)
const messages = Number(values.messages)

const trials: Readonly<
  Record<string, readonly [string, (field: BusField) => Promise<TrialResult>]>
> = {
  workers: [`${kills} workers killed`, (field) => killWorkers(field, kills)],
  bus: [`the whole bus killed ${kills} times`, (field) => killWholeBus(field, kills)],
  nodes: [
    `one of two nodes killed during ${messages} messages`,
    (field) => killOneOfTwoNodes(field, messages),
  ],
}

let isWell = true
for (const name of values.only.split(',')) {
  const trial = trials[name]
  if (!trial) throw new Error(`no such trial: ${name}`)
  const [title, run] = trial
  const field = await BusField.open()
  try {
    const result = await run(field)
    say(title, result)
    isWell &&= result.wrong.length === 0 && result.hung === 0
  } finally {
    await field.close()
  }
}
process.stdout.write(isWell ? 'Nothing was lost and nothing doubled.\n' : 'Something is WRONG.\n')
process.exit(isWell ? 0 : 1)

function say(title: string, result: TrialResult): void {
  const {
    wrong,
    counts,
    sent,
    acknowledged,
    unconnected,
    broken,
    hung,
    refused,
    executed,
    seconds,
  } = result
  const lines = [
    `${title}, ${seconds} s`,
    `  consumer: ${sent} sent, ${acknowledged} acknowledged, ${unconnected} found no bus, ${broken} broke off (${hung} hung), refused ${JSON.stringify(refused)}`,
    `  provider: ${executed} executed`,
    `  log: ${JSON.stringify(counts)}`,
    ...(wrong.length === 0
      ? ['  verdict: as it should be']
      : wrong.slice(0, 20).map((text) => `  WRONG: ${text}`)),
  ]
  process.stdout.write(`${lines.join('\n')}\n`)
}
