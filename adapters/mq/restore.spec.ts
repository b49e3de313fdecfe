import { expect, it } from '@jest/globals'
import {
  mqConsumerId,
  mqProviderId,
  mqRequest,
  mqRequestContent,
} from '../../test/support/mq-signing.js'
import { toolsStub } from '../../test/support/rest-lane.js'
import { directoryOf, fiveMinutesMs, testSigner } from '../../test/support/signing.js'
import { Secret } from '../../src/config/secrets.js'
import { parseSubsystemId } from '../../src/exchange/identifier.js'
import { verifyMqHead } from '../../src/trust/jws/verify-request.js'
import { createAdapter } from './adapter.js'

const signer = testSigner()
const rules = { signers: directoryOf(signer), now: () => new Date(), freshnessMs: fiveMinutesMs }
const sender = parseSubsystemId(mqConsumerId)
const adapter = createAdapter({ url: new Secret('amqp://127.0.0.1:1/') }, toolsStub())

it('a message that the log kept is the one that was signed, for the recipient that it was logged for', () => {
  const to = [`${mqProviderId}/sened`, 'AZ/GOV/MN/EDMS/sened']
  const message = mqRequest(signer, {
    envelope: { service: undefined, to, expires: 1_764_160_000 },
    // What tools write beside it.
    properties: {
      headers: { 'sluice-expires': '1764160000', app: 'sened', ['__proto__']: 'x', n: 0.5 },
    },
  })
  const head = Buffer.from(mqRequestContent(message).head())
  const kept = { head, payload: message.payload, sender, copy: 1 }
  const content = adapter.restore?.(kept)
  if (content?.format !== 'mq') throw new Error('of another protocol')
  expect(Buffer.from(content.head())).toEqual(head)
  const { head: verified } = verifyMqHead(content, rules)
  expect(verified.recipient).toBe(1)
  expect(verified.texts('to')).toEqual(to)
  expect(Buffer.from(verified.withPayload(1_000).payload)).toEqual(message.payload)
  // Whose queue it came through is not in its head.
  const stranger = adapter.restore?.({ ...kept, sender: parseSubsystemId(mqProviderId) })
  expect(() => stranger?.format === 'mq' && verifyMqHead(stranger, rules)).toThrow(
    expect.objectContaining({ code: 'CERT_SENDER_MISMATCH' }),
  )
})

it('what is no head of a message is restored to nothing', () => {
  const payload = Buffer.alloc(0)
  for (const text of ['', '{}', '{"headers":{}} ', 'POST / HTTP/1.1\r\n\r\n']) {
    expect(() => adapter.restore?.({ head: Buffer.from(text), payload, sender, copy: 0 })).toThrow()
  }
})
