import type { AdapterTools } from '../../src/exchange/adapter.js'
import type { LoggedRequest } from '../../src/exchange/exchange.js'
import { Fault } from '../../src/exchange/fault.js'
import { noticeTexts } from '../../src/exchange/message-notice.js'
import { statusJson } from '../../src/exchange/notice-json.js'
import {
  exchangeIdOf,
  readRecipientNotice,
  type NoticeSaid,
} from '../../src/exchange/recipient-notice.js'
import { messageIdCharsMax, textCharsMax } from '../../src/limits/http.js'
import { restOf } from './service-path.js'

/**
 * What became of a sender's own message: `GET …/messageStatus/{exchange id}`.
 * @throws Fault REQUEST_INVALID, TARGET_UNREGISTERED where it sent no such message
 */
export async function messageStatus(
  { envelope, verified }: LoggedRequest,
  { messages }: AdapterTools,
): Promise<Readonly<Record<string, unknown>>> {
  const path = verified.format === 'http' ? verified.path : ''
  const status = await messages.status(envelope.consumer, exchangeIdOf(restOf(path).slice(1)))
  if (status) return statusJson(status)
  const detail = 'This system has sent no such message.'
  throw new Fault('TARGET_UNREGISTERED', { field: 'exchangeId', detail })
}

/**
 * What a recipient says of a message that it got: `POST …/messageNotice` with a JSON object.
 * @throws Fault REQUEST_INVALID, TARGET_UNREGISTERED where it got no such message, AUDIT_UNAVAILABLE
 */
export async function messageNotice(
  { envelope, verified, exchangeId }: LoggedRequest,
  { messages }: AdapterTools,
): Promise<Readonly<Record<string, unknown>>> {
  if (verified.format !== 'http') throw new TypeError('a metaservice of another lane')
  const notice = readRecipientNotice(saidIn(verified.payload), {
    recipient: envelope.consumer,
    signed: undefined,
    via: exchangeId,
    numberCharsMax: messageIdCharsMax,
    groundCharsMax: textCharsMax,
  })
  await messages.take(notice)
  const { code } = notice
  return { exchangeId: notice.exchangeId, notice: code, text: noticeTexts[code] }
}

const fields: ReadonlySet<string> = new Set(['exchangeId', 'notice', 'number', 'date', 'ground'])

function saidIn(payload: Uint8Array): NoticeSaid {
  let said: unknown
  try {
    said = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(payload))
  } catch (error) {
    throw new Fault('REQUEST_INVALID', { field: 'body', detail: 'It is no JSON.', cause: error })
  }
  if (typeof said !== 'object' || said === null || Array.isArray(said)) {
    throw new Fault('REQUEST_INVALID', { field: 'body', detail: 'It is no JSON object.' })
  }
  // A misspelt field must not pass for none.
  if (Object.keys(said).some((name) => !fields.has(name))) {
    const detail = `A notice has the fields ${[...fields].join(', ')} and no other.`
    throw new Fault('REQUEST_INVALID', { field: 'body', detail })
  }
  return said as NoticeSaid
}
