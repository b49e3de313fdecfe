import { expect } from '@jest/globals'
import type { EntryFields } from '../../src/message-log/entry.js'
import type { Answer } from './whole-bus-consumer.js'
import type { WholeBus } from './whole-bus.js'

interface ExpectedRefusal {
  readonly status?: number
  readonly side?: 'consumer' | 'bus' | 'provider'
  readonly field?: string
  /** Entries of the exchange: 1 where it was refused before its request was logged, else 2. */
  readonly entries?: 1 | 2
}

/**
 * A refusal as it has to be: signed by the bus (the consumer has verified that), with its code, and
 * durable in the log as the last entry of its exchange.
 * @returns that entry
 */
export async function expectRefused(
  { log }: WholeBus,
  answer: Answer,
  code: string,
  { status, side = 'consumer', field, entries: expected = 1 }: ExpectedRefusal = {},
): Promise<EntryFields> {
  const { fault, problem } = answer
  expect({ fault, side: problem?.side, field: problem?.field }).toEqual({
    fault: code,
    side,
    field,
  })
  if (status !== undefined) expect(answer.status).toBe(status)
  const entries = await log.entries(answer.exchangeId)
  expect(entries).toHaveLength(expected)
  const last = entries.at(-1)?.fields
  expect(last).toMatchObject({ kind: 'refusal', outcome: code, faultSide: side })
  if (!last) throw new Error('no entry')
  return last
}

/** An answer as it has to be: bound to its request, both halves durable. @returns both entries */
export async function expectAnswered(
  { log }: WholeBus,
  answer: Answer,
  status = 200,
): Promise<readonly [request: EntryFields, reply: EntryFields]> {
  expect(answer).toMatchObject({ status, fault: undefined, isBound: true })
  const [request, reply, ...others] = (await log.entries(answer.exchangeId)).map(
    ({ fields }) => fields,
  )
  expect(others).toEqual([])
  expect(request?.kind).toBe('request')
  expect(reply).toMatchObject({ kind: 'reply', outcome: 'answered', replyStatus: status })
  if (!request || !reply) throw new Error('no entries')
  return [request, reply]
}
