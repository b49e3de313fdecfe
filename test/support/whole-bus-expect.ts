import { expect } from '@jest/globals'
import { X509Certificate } from 'node:crypto'
import type { EntryFields } from '../../src/message-log/entry.js'
import { readReceipt } from '../../src/receipt/read-receipt.js'
import type { Answer } from './whole-bus-consumer.js'
import type { WholeBus } from './whole-bus.js'

interface ExpectedRefusal {
  readonly status?: number
  readonly side?: 'consumer' | 'bus' | 'provider'
  readonly field?: string | undefined
  /** Entries of the exchange: 1 where it was refused before its request was logged, else 2. */
  readonly entries?: 1 | 2
}

/**
 * A refusal as it has to be: signed by the bus (the consumer has verified that), with its code, and
 * durable in the log as the last entry of its exchange.
 * @returns that entry
 */
export async function expectRefused(
  bus: WholeBus,
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
  const entries = await bus.log.entries(answer.exchangeId)
  expect(entries).toHaveLength(expected)
  await expectReceipt(bus, answer.exchangeId, answer.signed('sluice-receipt'))
  const last = entries.at(-1)?.fields
  expect(last).toMatchObject({ kind: 'refusal', outcome: code, faultSide: side })
  if (!last) throw new Error('no entry')
  return last
}

/** A receipt as it has to be: signed by the bus's standard key, of the last entry that the log has of the exchange. */
export async function expectReceipt(
  { log, busCertificate }: WholeBus,
  exchangeId: string,
  token: string | undefined,
): Promise<void> {
  const last = (await log.entries(exchangeId)).at(-1)
  if (!last) throw new Error('no entry')
  const { domain, requestEntry, recordedAt } = last.fields
  const { publicKey } = new X509Certificate(busCertificate)
  expect(readReceipt(token ?? '').verifiedBy(publicKey)).toEqual({
    exchangeId,
    half: 2,
    log: domain === undefined ? 'unassigned' : `domain/${domain}`,
    leafHash: last.leafHash.toString('base64url'),
    requestLeafHash: requestEntry,
    recordedAt: new Date(recordedAt),
  })
}

/** An answer as it has to be: bound to its request, both halves durable. @returns both entries */
export async function expectAnswered(
  bus: WholeBus,
  answer: Answer,
  status = 200,
): Promise<readonly [request: EntryFields, reply: EntryFields]> {
  expect(answer).toMatchObject({ status, fault: undefined, isBound: true })
  const [request, reply, ...others] = (await bus.log.entries(answer.exchangeId)).map(
    ({ fields }) => fields,
  )
  await expectReceipt(bus, answer.exchangeId, answer.signed('sluice-receipt'))
  expect(others).toEqual([])
  expect(request?.kind).toBe('request')
  expect(reply).toMatchObject({ kind: 'reply', outcome: 'answered', replyStatus: status })
  if (!request || !reply) throw new Error('no entries')
  return [request, reply]
}
