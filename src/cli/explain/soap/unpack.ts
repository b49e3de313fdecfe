import { readContentType, type SoapContentType } from '../../../../adapters/soap/content-type.js'
import {
  readMultipart,
  readSoapStart,
  soapStartWantedBytes,
} from '../../../../adapters/soap/multipart.js'
import { PackagingError } from '../../../http/packaging-error.js'
import { readProviderAnswer } from '../../../../adapters/soap/provider-answer.js'
import { onlyValue, readSoapAction } from '../../../../adapters/soap/soap-action.js'
import { Fault } from '../../../exchange/fault.js'
import type { SoapPayload } from '../../../exchange/soap-content.js'
import { checkHead } from '../../../http/head.js'
import { firstValue } from '../../../http/headers.js'
import { defaultLimits } from '../../../limits/default-limits.js'
import { soapStartBytesMax } from '../../../limits/soap.js'
import type { ExplainOptions } from '../options.js'
import type { SoapCapture } from './soap-capture.js'
import type { SoapChecks } from './soap-checks.js'

const { headersMax } = defaultLimits

/** A message out of its packaging, as far as that can be read. */
export interface Unpacked {
  readonly type: SoapContentType | undefined
  readonly soapAction: string | undefined
  /** How the envelope begins, as the bus reads it; undefined where nothing says what it is. */
  readonly start: Buffer | undefined
  readonly startIsWhole: boolean
  /** Undefined where a multipart cannot be taken apart. */
  readonly payload: SoapPayload | undefined
}

/**
 * Takes a message out of its HTTP body, with the adapter's own readers. A request's multipart is read in two
 * steps, as the bus does it; what its second step finds is noted with the check `multipart`.
 */
export function unpack(
  capture: SoapCapture,
  options: Pick<ExplainOptions, 'authorities' | 'scheme'>,
  checks: SoapChecks,
): Unpacked {
  const { shape, body } = capture
  if (shape.isBare) {
    if (shape.kind === 'request') {
      checks.skip('http', 'The file has no HTTP head: capture the whole request.')
    }
    return plain(undefined, undefined, body)
  }
  checks.enters('http')
  const read =
    shape.kind === 'request'
      ? checks.attempt(() => requestHead(capture, options))
      : checks.attempt(() => replyHead(capture))
  // A wrong head hides the envelope from the bus and not from us, who are to say what else is wrong.
  const type = read?.type ?? typeSaid(capture)
  if (!type) return plain(undefined, undefined, /^\s*</.test(latin1Start(body)) ? body : undefined)
  const soapAction = read?.soapAction
  if (type.packaging === 'plain') return plain(type, soapAction, body)
  const { start, isWhole } = startOf(body, type, shape.kind === 'request', checks)
  const payload = payloadOf(body, type, checks)
  return { type, soapAction, start, startIsWhole: isWhole, payload }
}

function plain(
  type: SoapContentType | undefined,
  soapAction: string | undefined,
  body: Buffer | undefined,
): Unpacked {
  return {
    type,
    soapAction,
    start: body?.subarray(0, soapStartBytesMax),
    startIsWhole: body !== undefined && body.length <= soapStartBytesMax,
    payload: body && { bytes: body, envelope: body, attachments: [] },
  }
}

function latin1Start(body: Buffer): string {
  return body.toString('latin1', 0, 64).replace(/^\xef\xbb\xbf/, '')
}

interface SoapHead {
  readonly type: SoapContentType
  readonly soapAction: string | undefined
}

/** @throws Fault for what the listener refuses before it reads an envelope */
function requestHead(
  { request, rawHeaders }: SoapCapture,
  { authorities, scheme }: Pick<ExplainOptions, 'authorities' | 'scheme'>,
): SoapHead {
  const { method, target: url } = request?.content ?? { method: '', target: '' }
  const rules = { scheme, headersMax, authorities, pathPrefixes: ['/'] as const }
  const httpVersion = request?.httpVersion ?? ''
  const head = checkHead({ url, httpVersion, rawHeaders: [...rawHeaders] }, rules)
  if ('reason' in head) throw new Fault(head.code, { field: head.field, detail: head.reason })
  if (method !== 'POST') {
    throw new Fault('REQUEST_INVALID', {
      field: 'method',
      detail: 'A SOAP message is sent with POST.',
    })
  }
  const coding = onlyValue(rawHeaders, 'Content-Encoding')?.toLowerCase()
  if (coding !== undefined && coding !== 'identity') {
    throw new Fault('REQUEST_INVALID', {
      field: 'Content-Encoding',
      detail: 'A compressed message is not accepted.',
    })
  }
  const type = asRequest(() => readContentType(onlyValue(rawHeaders, 'Content-Type')))
  return { type, soapAction: readSoapAction(rawHeaders, type) }
}

/** @throws Fault as the bus would refuse the answer, whatever version was asked for */
function replyHead({ shape, rawHeaders, body, status = 0 }: SoapCapture): SoapHead {
  const value = firstValue(rawHeaders, 'content-type')
  if (shape.kind === 'bus-reply') {
    return { type: asRequest(() => readContentType(value)), soapAction: undefined }
  }
  const asked = typeSaid({ rawHeaders })?.version ?? '1.1'
  readProviderAnswer({ status, rawHeaders, payload: body }, asked)
  return { type: readContentType(value), soapAction: undefined }
}

function typeSaid({ rawHeaders }: Pick<SoapCapture, 'rawHeaders'>): SoapContentType | undefined {
  return quietly(() => readContentType(firstValue(rawHeaders, 'content-type')))
}

type Multipart = Exclude<SoapContentType, { readonly packaging: 'plain' }>

function startOf(
  body: Buffer,
  type: Multipart,
  isRequest: boolean,
  checks: SoapChecks,
): { readonly start: Buffer | undefined; readonly isWhole: boolean } {
  const wanted = body.subarray(0, soapStartWantedBytes)
  const read = (): ReturnType<typeof readSoapStart> =>
    readSoapStart(wanted, wanted.length === body.length, type)
  if (isRequest) checks.enters('soap-part')
  const begun = isRequest ? checks.attempt(() => asRequest(read)) : quietly(read)
  return { start: begun?.start, isWhole: begun?.isWhole ?? false }
}

function payloadOf(body: Buffer, type: Multipart, checks: SoapChecks): SoapPayload | undefined {
  checks.enters('multipart')
  const read = checks.attempt(() => asRequest(() => readMultipart(body, type)))
  if (!read) return undefined
  const { soapPart, attachments } = read
  return { bytes: body, envelope: soapPart.envelope, attachments, isXop: type.packaging === 'mtom' }
}

/** @throws Fault in place of a PackagingError, as of a request */
function asRequest<T>(read: () => T): T {
  try {
    return read()
  } catch (error) {
    throw error instanceof PackagingError ? error.asRequestFault() : error
  }
}

function quietly<T>(read: () => T): T | undefined {
  try {
    return read()
  } catch (error) {
    if (error instanceof PackagingError) return undefined
    throw error
  }
}
