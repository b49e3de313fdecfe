import { readContentType } from '../../../../adapters/soap/content-type.js'
import { PackagingError } from '../../../http/packaging-error.js'
import { firstValue } from '../../../http/headers.js'
import type { RawHeaders } from '../../../exchange/http-content.js'
import { wsseNamespace } from '../../../trust/wss/names.js'
import { CaptureError, captureKind, readReplyCapture, type Capture } from '../capture.js'
import type { ExplainOptions } from '../options.js'
import type { SoapKind, SoapShape } from './soap-checks.js'

/** A captured SOAP message with what was around it. */
export interface SoapCapture {
  readonly shape: SoapShape
  /** In a line. */
  readonly subject: string
  /** The HTTP body, or the bare envelope. */
  readonly body: Buffer
  /** Empty for a bare envelope. */
  readonly rawHeaders: RawHeaders
  readonly request: Capture | undefined
  /** Of an HTTP answer. */
  readonly status: number | undefined
  readonly notes: readonly string[]
}

/** Whether a captured request is one of the SOAP lane: the lanes share no port, and a capture shows none. */
export function isSoapRequest({ content, payload }: Capture): boolean {
  const { target, rawHeaders } = content
  if (target.startsWith('/r1/')) return false
  const type = firstValue(rawHeaders, 'content-type') ?? ''
  return (
    /^\s*(?:text\/xml|application\/(?:[\w.-]+\+)?xml|multipart\/)/i.test(type) ||
    firstValue(rawHeaders, 'soapaction') !== undefined ||
    captureKind(payload) === 'envelope'
  )
}

/** @throws CaptureError */
export function soapRequestCapture(request: Capture): SoapCapture {
  const { content, payload, notes } = request
  const { method, target, rawHeaders } = content
  return {
    shape: {
      kind: 'request',
      isUnsigned: false,
      isBare: false,
      isMultipart: isMultipart(rawHeaders),
    },
    subject: `${method} ${target}, ${payload.length} bytes of body`,
    body: payload,
    rawHeaders,
    request,
    status: undefined,
    notes,
  }
}

/** @throws CaptureError */
export function soapReplyCapture(
  file: Buffer,
  { replyOf }: Pick<ExplainOptions, 'replyOf'>,
): SoapCapture {
  const { status, rawHeaders, payload, notes } = readReplyCapture(file)
  if (isOfRestLane(rawHeaders)) {
    throw new CaptureError(
      'This is an answer of the REST lane; of that lane requests are explained.',
    )
  }
  const isOfBus =
    firstValue(rawHeaders, 'sluice-exchange-id') !== undefined || hasExchangeId(payload)
  const kind = kindOf(replyOf ?? (isOfBus ? 'bus' : 'provider'))
  return {
    shape: {
      kind,
      isUnsigned: isUnsigned(kind, payload),
      isBare: false,
      isMultipart: isMultipart(rawHeaders),
    },
    subject: `${names[kind]}, status ${status}, ${payload.length} bytes of body`,
    body: payload,
    rawHeaders,
    request: undefined,
    status,
    notes,
  }
}

/** An envelope without its HTTP message, as many stacks log it. */
export function bareEnvelope(
  file: Buffer,
  { replyOf }: Pick<ExplainOptions, 'replyOf'>,
): SoapCapture {
  const of = replyOf ?? (hasExchangeId(file) ? 'bus' : undefined)
  const kind = of === undefined ? 'request' : kindOf(of)
  return {
    shape: { kind, isUnsigned: isUnsigned(kind, file), isBare: true, isMultipart: false },
    subject: `${names[kind]}, a bare envelope of ${file.length} bytes`,
    body: file,
    rawHeaders: [],
    request: undefined,
    status: undefined,
    notes: ['The file holds an envelope alone; what was around it is not seen.'],
  }
}

const names: Readonly<Record<SoapKind, string>> = {
  request: 'request of a consumer',
  'bus-reply': 'reply of the bus',
  'provider-reply': 'answer of a provider',
}

function kindOf(of: 'bus' | 'provider'): SoapKind {
  return of === 'bus' ? 'bus-reply' : 'provider-reply'
}

/** The bus alone writes this header block; a look at the text, which --reply-of overrules. */
function hasExchangeId(body: Buffer): boolean {
  const text = body.toString('latin1')
  return text.includes('urn:sluice:header:1') && /<(?:[\w.-]+:)?exchangeId[\s>]/.test(text)
}

function isOfRestLane(rawHeaders: RawHeaders): boolean {
  const type = firstValue(rawHeaders, 'content-type') ?? ''
  return firstValue(rawHeaders, 'signature-input') !== undefined && !/xml|multipart/i.test(type)
}

function isUnsigned(kind: SoapKind, body: Buffer): boolean {
  return kind === 'provider-reply' && !body.includes(wsseNamespace)
}

function isMultipart(rawHeaders: RawHeaders): boolean {
  try {
    return readContentType(firstValue(rawHeaders, 'content-type')).packaging !== 'plain'
  } catch (error) {
    if (!(error instanceof PackagingError)) throw error
    return /^\s*multipart\//i.test(firstValue(rawHeaders, 'content-type') ?? '')
  }
}
