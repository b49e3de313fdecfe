import { setTimeout as pause } from 'node:timers/promises'
import { StartError } from '../src/process/start-trouble.js'
import type { Call, SampleConsumer } from './consumer.js'

const followMsMax = 20_000
const pauseMs = 250

/**
 * Resolves when every worker of a bus has taken in what was applied to the registry: when each has
 * answered this call. A change travels in some ten milliseconds, so that mostly each is asked once.
 * @param workers - how many there are; they take new connections in turn
 * @throws StartError when that takes longer than it may
 */
export async function untilFollowed(
  consumer: SampleConsumer,
  call: Call,
  workers: number,
): Promise<void> {
  const deadline = Date.now() + followMsMax
  for (let answered = 0; answered < workers;) {
    const { status, fault } = await consumer.call({ ...call, isApart: true })
    if (status === 200) {
      answered += 1
      continue
    }
    if (Date.now() > deadline) {
      const text = `The bus did not follow the registry within ${followMsMax / 1_000} seconds: ${fault ?? status}.`
      throw new StartError({ text, exitCode: 1 })
    }
    answered = 0
    await pause(pauseMs)
  }
}
