import { hash } from 'node:crypto'
import { Fault } from '../../src/exchange/fault.js'
import type { VerifiedSoapRequest } from '../../src/exchange/soap-content.js'
import type { VerifiedElement } from '../../src/exchange/verified-element.js'
import { sluiceFaultNamespace, soapNamespaces, xroadNamespace } from './names.js'

/** The consumer's side of the lane, what an agency's own system does, for our tools: replies. */

/**
 * `answer`: what the provider said, in answer to this request. `refusal`: the bus's own Fault, which names no
 * request, because the bus may have found that request wrong.
 */
export type ReplyMeaning = 'answer' | 'refusal'

/**
 * Tells which of the two a verified reply is, and that an answer is one to this request (X-Road Message
 * Protocol 4.0 §2.2, `requestHash`).
 * @param requestEnvelope the SOAP part that was sent; undefined where that is not compared
 * @throws Fault RESPONSE_INVALID for what answers another request, or none
 */
export function meaningOf(
  reply: VerifiedSoapRequest,
  requestEnvelope: Uint8Array | undefined,
): ReplyMeaning {
  const named = reply.headerBlock(xroadNamespace, 'requestHash')
  if (named === undefined) {
    if (refusalIn(reply) !== undefined) return 'refusal'
    throw invalid('The reply says of no request that it answers it, and it is no refusal.')
  }
  if (requestEnvelope === undefined) return 'answer'
  if (named.text() === hash('sha256', requestEnvelope, 'base64')) return 'answer'
  throw invalid('The reply answers another request than the one that was sent.')
}

/** A refusal as the detail of its SOAP Fault tells it. */
export interface Refusal {
  readonly code: string
  readonly side: string
  readonly field: string | undefined
  readonly exchangeId: string
  readonly detail: string | undefined
  readonly text: Readonly<Record<'az' | 'en', string>>
  readonly remedy: Readonly<Record<'az' | 'en', string>>
}

/**
 * The bus's own refusal in a verified reply; undefined where the Body holds none. A provider could write the
 * like into a Fault of its own: only a reply without `requestHash` is the bus's refusal.
 * @throws Fault REQUEST_INVALID where the Fault is odd
 */
export function refusalIn({ body, version }: VerifiedSoapRequest): Refusal | undefined {
  const namespace = soapNamespaces[version]
  const fault = childOf(body, namespace, 'Fault')
  const detail =
    fault &&
    (version === '1.1' ? childOf(fault, '', 'detail') : childOf(fault, namespace, 'Detail'))
  const refusal = detail && childOf(detail, sluiceFaultNamespace, 'fault')
  if (!refusal) return undefined
  const textOf = (name: string): string | undefined =>
    childOf(refusal, sluiceFaultNamespace, name)?.text()
  return {
    code: textOf('code') ?? '',
    side: textOf('side') ?? '',
    field: textOf('field'),
    exchangeId: textOf('exchangeId') ?? '',
    detail: textOf('detail'),
    text: inBoth(refusal, 'text'),
    remedy: inBoth(refusal, 'remedy'),
  }
}

/** Whether a verified reply holds a SOAP Fault, the bus's or the provider's. */
export function holdsFault({ body, version }: VerifiedSoapRequest): boolean {
  return childOf(body, soapNamespaces[version], 'Fault') !== undefined
}

const xmlNamespace = 'http://www.w3.org/XML/1998/namespace'

function inBoth(refusal: VerifiedElement, name: string): Record<'az' | 'en', string> {
  const texts = { az: '', en: '' }
  for (const child of refusal.children()) {
    const language = child.attribute(xmlNamespace, 'lang')
    if (child.localName !== name || (language !== 'az' && language !== 'en')) continue
    texts[language] = child.text()
  }
  return texts
}

function childOf(
  parent: VerifiedElement,
  namespace: string,
  localName: string,
): VerifiedElement | undefined {
  return parent
    .children()
    .find((child) => child.localName === localName && child.namespace === namespace)
}

function invalid(detail: string): Fault {
  return new Fault('RESPONSE_INVALID', { side: 'bus', field: 'requestHash', detail })
}
