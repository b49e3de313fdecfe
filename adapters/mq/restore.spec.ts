import { expect, it } from '@jest/globals'
import { mqConsumerId, mqProviderId, mqRequest } from '../../test/support/mq-signing.js'
import { directoryOf, fiveMinutesMs, testSigner } from '../../test/support/signing.js'
import { parseSubsystemId } from '../../src/exchange/identifier.js'
import { MqHeadError } from '../../src/mq-head.js'
import { verifyMqHead } from '../../src/trust/jws/verify-request.js'
import { InboundMessage } from './inbound-message.js'
import { restoreRequest } from './restore.js'

const sender = parseSubsystemId(mqConsumerId)

it('a message is what was signed, however long it has been in the log', () => {
  const signer = testSigner()
  const to = [`${mqProviderId}/sened`, 'AZ/GOV/MN/EDMS/sened']
  const { properties, payload } = mqRequest(signer, { envelope: { service: undefined, to } })
  const origin = { owner: sender, kind: 'messages' } as const
  const head = Buffer.from(new InboundMessage(properties, payload, origin, 1).head())
  const restored = restoreRequest({ head, payload, sender, copy: 1 })
  expect(restored).toMatchObject({ from: sender, through: 'messages', recipient: 1 })
  expect(Buffer.from(restored.head())).toEqual(head)
  const rules = {
    signers: directoryOf(signer),
    now: () => new Date(),
    freshnessMs: fiveMinutesMs,
  }
  const verified = verifyMqHead(restored, rules).head
  expect([verified.recipient, verified.texts('to')]).toEqual([1, to])
})

it('a head that is none of this lane is no message', () => {
  const head = Buffer.from('POST / HTTP/1.1\r\n\r\n')
  expect(() => restoreRequest({ head, payload: head, sender, copy: 0 })).toThrow(MqHeadError)
})
