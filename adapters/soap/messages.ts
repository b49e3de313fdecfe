import type { AdapterTools } from '../../src/exchange/adapter.js'
import type { LoggedRequest } from '../../src/exchange/exchange.js'
import { Fault, type BilingualText } from '../../src/exchange/fault.js'
import {
  noticeTexts,
  stateTexts,
  type DeliveryNotice,
  type MessageStatus,
} from '../../src/exchange/message-notice.js'
import { exchangeIdOf, readRecipientNotice } from '../../src/exchange/recipient-notice.js'
import type { VerifiedElement } from '../../src/exchange/verified-element.js'
import { messageIdCharsMax, textCharsMax } from '../../src/limits/http.js'
import { sluiceMessageNamespace } from './names.js'
import { escapedText } from './write-xml.js'

/**
 * What became of a sender's own message: `messageStatus` in the Body, with its `exchangeId`.
 * @returns the Body's element
 * @throws Fault REQUEST_INVALID, TARGET_UNREGISTERED where it sent no such message
 */
export async function messageStatus(
  { envelope, verified }: LoggedRequest,
  { messages }: AdapterTools,
): Promise<string> {
  const { exchangeId } = saidIn(verified, ['exchangeId'])
  const status = await messages.status(envelope.consumer, exchangeIdOf(exchangeId))
  if (status) return statusElement(status)
  const detail = 'This system has sent no such message.'
  throw new Fault('TARGET_UNREGISTERED', { field: 'exchangeId', detail })
}

/**
 * What a recipient says of a message that it got: `messageNotice` in the Body.
 * @returns the Body's element
 * @throws Fault REQUEST_INVALID, TARGET_UNREGISTERED where it got no such message, AUDIT_UNAVAILABLE
 */
export async function messageNotice(
  { envelope, verified, exchangeId: via }: LoggedRequest,
  { messages }: AdapterTools,
): Promise<string> {
  const { exchangeId, notice, number, date, ground } = saidIn(verified, noticeFields)
  const said = readRecipientNotice(
    { exchangeId, notice, number, date, ground },
    {
      recipient: envelope.consumer,
      signed: undefined,
      via,
      numberCharsMax: messageIdCharsMax,
      groundCharsMax: textCharsMax,
    },
  )
  await messages.take(said)
  const parts = part('exchangeId', said.exchangeId) + part('notice', said.code)
  return element('messageNoticeResponse', parts + inBoth('text', noticeTexts[said.code]))
}

const noticeFields = ['exchangeId', 'notice', 'number', 'date', 'ground'] as const

/** The texts of the Body's element by their names, each once and none that is not known. */
function saidIn<Name extends string>(
  verified: LoggedRequest['verified'],
  names: readonly Name[],
): Partial<Record<Name, string>> {
  if (verified.format !== 'soap') throw new TypeError('a metaservice of another lane')
  const said: Partial<Record<Name, string>> = {}
  for (const child of verified.body.children()[0]?.children() ?? []) {
    const name = names.find((each) => each === child.localName)
    if (name === undefined || said[name] !== undefined || !isOurs(child)) {
      throw new Fault('REQUEST_INVALID', {
        field: child.localName,
        detail: `Written here, once each and in ${sluiceMessageNamespace}: ${names.join(', ')}.`,
      })
    }
    said[name] = child.text()
  }
  return said
}

function isOurs({ namespace }: VerifiedElement): boolean {
  return namespace === sluiceMessageNamespace
}

function statusElement(status: MessageStatus): string {
  const { exchangeId, messageId, service, acceptedAt, state, attempts } = status
  const { lastFault, expiresAt, notices } = status
  return element(
    'messageStatusResponse',
    part('exchangeId', exchangeId) +
      part('messageId', messageId) +
      part('service', service) +
      part('acceptedAt', acceptedAt.toISOString()) +
      part('state', state) +
      inBoth('text', stateTexts[state]) +
      part('attempts', String(attempts)) +
      part('lastFault', lastFault) +
      part('expires', expiresAt?.toISOString()) +
      notices.map(noticeElement).join(''),
  )
}

function noticeElement({ code, at, registration, ground, signed }: DeliveryNotice): string {
  const why = ground && `<m:ground>${part('code', ground.code)}${inBoth('text', ground)}</m:ground>`
  const words =
    signed &&
    `<m:signed>${part('protected', signed.protected)}${part('payload', signed.payload)}` +
      `${part('signature', signed.signature)}</m:signed>`
  return (
    `<m:notice>${part('code', code)}${inBoth('text', noticeTexts[code])}` +
    `${part('at', at.toISOString())}${part('number', registration?.number)}` +
    `${part('date', registration?.date)}${why ?? ''}${words ?? ''}</m:notice>`
  )
}

function element(name: string, content: string): string {
  return `<m:${name} xmlns:m="${sluiceMessageNamespace}">${content}</m:${name}>`
}

function part(name: string, text: string | undefined): string {
  return text === undefined ? '' : `<m:${name}>${escapedText(text)}</m:${name}>`
}

function inBoth(name: string, { az, en }: BilingualText): string {
  return (
    `<m:${name} xml:lang="az">${escapedText(az)}</m:${name}>` +
    `<m:${name} xml:lang="en">${escapedText(en)}</m:${name}>`
  )
}
