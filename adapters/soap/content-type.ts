import type { SoapVersion } from '../../src/exchange/soap-content.js'
import { parseMediaType, type MediaType } from './media-type.js'
import { versionOfMediaType } from './names.js'
import { PackagingError } from '../../src/http/packaging-error.js'

/** How a SOAP message is packed, by the Content-Type of its HTTP body. */
export type SoapContentType = PlainContentType | MultipartContentType

export interface PlainContentType {
  readonly packaging: 'plain'
  readonly version: SoapVersion
  /** The parameter of SOAP 1.2 that took the place of SOAPAction (RFC 3902). */
  readonly action: string | undefined
}

/** SOAP Messages with Attachments (`swa`) and MTOM, both multipart/related (RFC 2387). */
export interface MultipartContentType {
  readonly packaging: 'swa' | 'mtom'
  readonly version: SoapVersion
  readonly action: string | undefined
  readonly boundary: string
  /** The Content-ID of the SOAP part, without angle brackets. */
  readonly start: string | undefined
}

export const xopType = 'application/xop+xml'

/**
 * Reads the Content-Type of a SOAP message.
 * @throws PackagingError naming the field or the parameter
 */
export function readContentType(value: string | undefined): SoapContentType {
  if (value === undefined) throw new PackagingError('Content-Type', 'The field is missing.')
  const mediaType = parseMediaType(value, 'Content-Type')
  if (mediaType.type === 'multipart/related') return readMultipartType(mediaType)
  const version = versionOfMediaType(mediaType.type)
  if (version === undefined) {
    throw new PackagingError(
      'Content-Type',
      'The media type must be text/xml, application/soap+xml or multipart/related.',
    )
  }
  checkCharset(mediaType)
  return { packaging: 'plain', version, action: actionOf(mediaType) }
}

// RFC 2046 §5.1.1: 1 to 70 of these, the last no space.
const boundaryPattern = /^[0-9A-Za-z'()+_,\-./:=? ]{0,69}[0-9A-Za-z'()+_,\-./:=?]$/

function readMultipartType(mediaType: MediaType): MultipartContentType {
  const { parameters } = mediaType
  const boundary = parameters.get('boundary') ?? ''
  if (!boundaryPattern.test(boundary)) {
    throw new PackagingError('boundary', 'The parameter is missing, or is no boundary of RFC 2046.')
  }
  const start = parameters.get('start')
  const shape = { boundary, start: start === undefined ? undefined : withoutBrackets(start) }
  const type = parseMediaType(parameters.get('type') ?? '', 'type').type
  if (type === xopType) {
    // MTOM puts the media type that the SOAP part would have by itself into start-info.
    const inner = parseMediaType(parameters.get('start-info') ?? '', 'start-info')
    const action = actionOf(mediaType) ?? actionOf(inner)
    return { packaging: 'mtom', version: soapVersionOf(inner, 'start-info'), action, ...shape }
  }
  const version = soapVersionOf({ type }, 'type')
  return { packaging: 'swa', version, action: actionOf(mediaType), ...shape }
}

/**
 * Checks that the SOAP part of a multipart is what the multipart says it is.
 * @throws PackagingError
 */
export function checkSoapPartType(value: string | undefined, of: MultipartContentType): void {
  const field = 'SOAP part'
  const mediaType = parseMediaType(value ?? '', field)
  checkCharset(mediaType)
  if (of.packaging === 'mtom') {
    if (mediaType.type !== xopType) {
      throw new PackagingError(field, 'The SOAP part of an MTOM message is application/xop+xml.')
    }
    const inner = parseMediaType(mediaType.parameters.get('type') ?? '', field)
    checkPartAction(mediaType, of)
    checkPartAction(inner, of)
    if (soapVersionOf(inner, field) === of.version) return
  } else if (versionOfMediaType(mediaType.type) === of.version) {
    checkPartAction(mediaType, of)
    return
  }
  throw new PackagingError(field, 'The SOAP part is of another type than the multipart says.')
}

/** Some stacks repeat the action there; who reads it there must read the same. */
function checkPartAction(mediaType: MediaType, { action }: MultipartContentType): void {
  const own = actionOf(mediaType)
  if (own === undefined || own === action) return
  throw new PackagingError('SOAP part', 'The SOAP part names another action than the multipart.')
}

/** A Content-ID, or a reference to one, without the angle brackets around it. */
function withoutBrackets(text: string): string {
  return text.startsWith('<') && text.endsWith('>') ? text.slice(1, -1) : text
}

function soapVersionOf({ type }: Pick<MediaType, 'type'>, field: string): SoapVersion {
  const version = versionOfMediaType(type)
  if (version !== undefined) return version
  throw new PackagingError(field, 'The media type is none of a SOAP message.')
}

function actionOf({ parameters }: MediaType): string | undefined {
  const action = parameters.get('action')
  return action === '' ? undefined : action
}

// US-ASCII is part of UTF-8, and is what text/xml without a charset once meant (RFC 3023 §3.1).
function checkCharset({ parameters }: MediaType): void {
  const charset = parameters.get('charset')?.toLowerCase()
  if (charset === undefined || charset === 'utf-8' || charset === 'us-ascii') return
  throw new PackagingError('charset', 'The only charset of a SOAP message is UTF-8.')
}
