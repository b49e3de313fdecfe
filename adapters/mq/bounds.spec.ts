import { expect, it } from '@jest/globals'
import type { ConsumeMessage } from 'amqplib'
import {
  mqConsumerId,
  mqProviderId,
  mqRequest,
  mqRequestContent,
} from '../../test/support/mq-signing.js'
import { directoryOf, fiveMinutesMs, testSigner } from '../../test/support/signing.js'
import { Deadline } from '../../src/exchange/deadline.js'
import { Fault } from '../../src/exchange/fault.js'
import { mqLimits } from '../../src/limits/queues.js'
import { verifyMqHead } from '../../src/trust/jws/verify-request.js'
import { putAside } from './dead-letter.js'
import { checkContent } from './envelope.js'
import type { Publication, Publisher } from './publisher.js'

const signer = testSigner()
const rules = { signers: directoryOf(signer), now: () => new Date(), freshnessMs: fiveMinutesMs }

it('a message has as many bytes as all its copies together may have', () => {
  const verdict = (recipients: number, bytes: number): string => {
    const to = Array.from({ length: recipients }, (_, n) => `${mqProviderId}/sened${n}`)
    const message = mqRequest(signer, {
      envelope: { service: undefined, to },
      payload: Buffer.alloc(bytes),
    })
    const { head } = verifyMqHead(mqRequestContent(message, mqConsumerId), rules)
    try {
      checkContent(head.withPayload(mqLimits.payloadBytesMax))
      return 'taken'
    } catch (error) {
      return error instanceof Fault ? `${error.code} ${error.field}` : String(error)
    }
  }
  expect(verdict(1, mqLimits.payloadBytesMax)).toBe('taken')
  expect(verdict(64, 1_048_576)).toBe('taken')
  expect(verdict(64, 1_048_577)).toBe('PAYLOAD_TOO_LARGE to')
  expect(verdict(5, mqLimits.payloadBytesMax)).toBe('PAYLOAD_TOO_LARGE to')
})

it('a dead letter has no more headers than can be written, whatever its message has', async () => {
  const headersFor = async (headers: object): Promise<Publication['properties']['headers']> => {
    const published: Publication[] = []
    const publisher = {
      confirmed: (publication: Publication) => Promise.resolve(void published.push(publication)),
    } as unknown as Publisher
    const message = {
      properties: { headers },
      content: Buffer.alloc(1),
      fields: { exchange: 'P.out' },
    }
    const deadline = new Deadline(1_000)
    await putAside(
      {
        message: message as unknown as ConsumeMessage,
        queue: 'P.out.messages',
        fault: new Fault('REQUEST_INVALID', { field: 'headers' }),
        id: 'letter',
        exchangeId: undefined,
        now: new Date(),
      },
      publisher,
      deadline,
    )
    deadline.clear()
    return published[0]?.properties.headers ?? {}
  }
  expect(await headersFor({ app: 'sened' })).toMatchObject({ app: 'sened' })
  // 40,000 characters of two bytes each; 4,000 short ones.
  const many = Object.fromEntries(Array.from({ length: 4_000 }, (_, n) => [`n${n}`, 1]))
  for (const headers of [{ pad: 'ə'.repeat(40_000) }, many]) {
    const written = await headersFor(headers)
    expect(written).toMatchObject({ 'sluice-dead-reason': 'REQUEST_INVALID' })
    expect(Object.keys(written)).toHaveLength(5)
  }
})
