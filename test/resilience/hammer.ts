import {
  readHammerOptions,
  type HammerOptions,
  type TrialName,
} from '../support/running-bus-options.js'
import {
  killOneOfTwoNodes,
  killWholeBus,
  killWorkers,
  type TrialResult,
} from '../support/running-bus-trials.js'
import { BusField } from '../support/running-bus.js'

type Trial = readonly [title: string, run: (field: BusField) => Promise<TrialResult>]

/**
 * `npm run hammer -- --kills 100`: kills workers, whole buses and one of two nodes under load, far
 * more often than the tests do, and prints a verdict on the message log.
 * @returns exit code: 0 only if all is as it should be, 1 if not, 2 wrong use
 */
async function hammer(args: readonly string[]): Promise<number> {
  let options: HammerOptions
  try {
    options = readHammerOptions(args)
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n`)
    return 2
  }
  const trials = trialsOf(options)
  let isWell = true
  for (const name of options.trials) {
    const [title, run] = trials[name]
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
  return isWell ? 0 : 1
}

function trialsOf({ kills, messages }: HammerOptions): Readonly<Record<TrialName, Trial>> {
  return {
    workers: [`${kills} workers killed`, (field) => killWorkers(field, kills)],
    bus: [`the whole bus killed ${kills} times`, (field) => killWholeBus(field, kills)],
    nodes: [
      `one of two nodes killed during ${messages} messages`,
      (field) => killOneOfTwoNodes(field, messages),
    ],
  }
}

function say(title: string, result: TrialResult): void {
  const { wrong, counts, sent, acknowledged, verified, executed, seconds } = result
  const { unconnected, broken, hung, refused } = result
  const lines = [
    `${title}, ${seconds} s`,
    `  consumer: ${sent} sent, ${acknowledged} acknowledged, ${unconnected} found no bus, ${broken} broke off (${hung} hung), refused ${JSON.stringify(refused)}`,
    `  provider: ${executed} executed`,
    `  log: ${JSON.stringify(counts)}, ${verified} entries fit their leaf hash`,
    ...(wrong.length === 0
      ? ['  verdict: as it should be']
      : wrong.slice(0, 20).map((text) => `  WRONG: ${text}`)),
  ]
  process.stdout.write(`${lines.join('\n')}\n`)
}

process.exit(await hammer(process.argv.slice(2)))
