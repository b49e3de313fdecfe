import type { ConsumeMessage } from 'amqplib'
import { answersExchangeOf } from '../../src/broker/names.js'
import type { AdapterTools } from '../../src/exchange/adapter.js'
import { invalidField } from '../../src/exchange/envelope-values.js'
import { Fault } from '../../src/exchange/fault.js'
import type { RecipientNotice } from '../../src/exchange/message-notice.js'
import { readRecipientNotice } from '../../src/exchange/recipient-notice.js'
import { messageIdCharsMax, textCharsMax } from '../../src/limits/http.js'
import { noticesInLimits } from '../../src/limits/queues.js'
import { mqHeadBytes, signatureHeader } from '../../src/mq-head.js'
import { readFlatJson } from './flat-json.js'
import { boundedProperties } from './properties.js'
import { textOf } from './simple-headers.js'

const { bytesMax } = noticesInLimits

/**
 * Verifies and reads what a recipient says of a message.
 * @throws Fault SIGNATURE_MISSING, SIGNATURE_INVALID, CERT_*, CERT_SENDER_MISMATCH where it came through the exchange of
 *   another subsystem than signed it, PAYLOAD_TOO_LARGE, REQUEST_INVALID
 */
export function readNotice(
  { properties: given, content: payload, fields }: ConsumeMessage,
  tools: Pick<AdapterTools, 'verifyNotice' | 'now'>,
): RecipientNotice {
  if (payload.length > bytesMax) throw new Fault('PAYLOAD_TOO_LARGE')
  const properties = boundedProperties(given)
  if ('reason' in properties) throw invalidField(properties.field ?? 'headers', properties.reason)
  const signature = textOf(properties.headers[signatureHeader])
  const { signer, code, exchangeId, signed } = tools.verifyNotice({
    properties,
    signature,
    payload,
  })
  if (answersExchangeOf(signer.subsystem) !== fields.exchange) {
    throw new Fault('CERT_SENDER_MISMATCH')
  }
  const said = readFlatJson(payload, ['number', 'date', 'ground'])
  const notice = readRecipientNotice(
    { ...said, exchangeId, notice: code },
    {
      recipient: signer.subsystem,
      signed,
      numberCharsMax: messageIdCharsMax,
      groundCharsMax: textCharsMax,
    },
  )
  const message = { signer, receivedAt: tools.now(), head: mqHeadBytes(properties), payload }
  return { ...notice, message }
}
