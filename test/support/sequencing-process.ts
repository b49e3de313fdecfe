import { createPrivateKey } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { PublishedCheckpoints } from '../../src/sequencing/published-checkpoints.js'
import { LogSigners } from '../../src/sequencing/log-signers.js'
import { Sequencer } from '../../src/sequencing/sequencer.js'
import { jobsClient, testOrigin } from './sequencing.js'

// A process that gives what waits its places and ends, unless it is killed before at one of its steps:
// before and after each statement, and before and after each file is written.
const [jobsUrl = '', keyFile = '', folder = '', killAt = ''] = process.argv.slice(2)

let step = 0

function mayDie(): void {
  step += 1
  if (step === Number(killAt)) process.kill(process.pid, 'SIGKILL')
}

async function between<Value>(work: () => Promise<Value>): Promise<Value> {
  mayDie()
  const value = await work()
  mayDie()
  return value
}

class MortalCheckpoints extends PublishedCheckpoints {
  override keep(log: string, note: string): Promise<void> {
    return between(() => super.keep(log, note))
  }
}

const sequencer = Sequencer.start({
  connect: () => {
    const client = jobsClient(jobsUrl)
    const query = client.query.bind(client) as (...args: unknown[]) => Promise<unknown>
    client.query = ((...args: unknown[]) => between(() => query(...args))) as typeof client.query
    return client
  },
  signers: new LogSigners(createPrivateKey(readFileSync(keyFile)), testOrigin),
  published: new MortalCheckpoints(folder),
  now: () => new Date(),
  rowsMax: 1_000,
  everyMs: 5,
  info: () => undefined,
  warn: (event, details) => {
    process.stderr.write(`${event} ${String(details['err'])}\n`)
  },
})

const timer = setInterval(() => {
  if (sequencer.state().passes === 0) return
  clearInterval(timer)
  void sequencer.stop()
}, 5)
