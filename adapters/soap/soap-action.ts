import { Fault } from '../../src/exchange/fault.js'
import type { RawHeaders } from '../../src/exchange/http-content.js'
import type { SoapVersion } from '../../src/exchange/soap-content.js'
import type { SoapContentType } from './content-type.js'
import { formatMediaType, parseMediaType } from './media-type.js'

// Printable ASCII without blank and quotation mark: what a URI may hold, and more.
const quotedUri = /^"([!#-~]*)"$/

/**
 * Reads what a message says that it is about: SOAPAction in SOAP 1.1 (§6.1.1; WS-I Basic Profile 1.1
 * R2744), the parameter `action` in SOAP 1.2 (RFC 3902). No signature covers it.
 * @returns undefined where it is absent or empty
 * @throws Fault REQUEST_INVALID naming `SOAPAction`
 */
export function readSoapAction(
  rawHeaders: RawHeaders,
  { version, action }: SoapContentType,
): string | undefined {
  const field = onlyValue(rawHeaders, 'SOAPAction')
  const named = field === undefined || field === '' ? '' : quotedUri.exec(field)?.[1]
  if (named === undefined) {
    throw invalid('SOAPAction', 'The field must be empty, or a URI in quotation marks.')
  }
  if (version === '1.1') return named === '' ? undefined : named
  // SOAP 1.2 has no such field, and some stacks send it all the same.
  if (named !== '' && named !== action) {
    throw invalid('SOAPAction', 'The field says otherwise than the action of Content-Type.')
  }
  return action
}

/**
 * Says in a delivery's header fields what it is about: the registry's word. What the consumer says there no
 * signature covers, and many a provider chooses the operation by it (WS-I Basic Profile 1.1 R1127 forbids
 * that). In SOAP 1.1 a quoted value, if an empty one (R2744, R2745); in SOAP 1.2 the parameter `action`,
 * which may be absent.
 * @param rawHeaders - with one Content-Type that `readContentType` takes, and without SOAPAction
 */
export function sayAction(
  rawHeaders: string[],
  version: SoapVersion,
  action: string | undefined,
): void {
  if (version === '1.1') rawHeaders.push('SOAPAction', `"${action ?? ''}"`)
  const inType = version === '1.1' ? undefined : action
  for (let i = 0; i < rawHeaders.length; i += 2) {
    if (rawHeaders[i]?.toLowerCase() !== 'content-type') continue
    rawHeaders[i + 1] = withAction(rawHeaders[i + 1] ?? '', inType)
  }
}

/** The Content-Type as it stands where it says this action already. */
function withAction(contentType: string, action: string | undefined): string {
  const { type, parameters } = parseMediaType(contentType, 'Content-Type')
  const startInfo = parameters.get('start-info')
  const inner = startInfo === undefined ? undefined : withoutAction(startInfo)
  if (parameters.get('action') === action && inner === startInfo) return contentType
  const said = new Map(parameters)
  said.delete('action')
  if (inner !== undefined) said.set('start-info', inner)
  if (action !== undefined) said.set('action', action)
  return formatMediaType({ type, parameters: said })
}

function withoutAction(startInfo: string): string {
  const { type, parameters } = parseMediaType(startInfo, 'start-info')
  if (!parameters.has('action')) return startInfo
  const said = new Map(parameters)
  said.delete('action')
  return formatMediaType({ type, parameters: said })
}

/**
 * The one value of a header field; undefined where it is not there.
 * @throws Fault REQUEST_INVALID where it is repeated: another reader may take the other
 */
export function onlyValue(rawHeaders: RawHeaders, name: string): string | undefined {
  let only: string | undefined
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const given = rawHeaders[i] ?? ''
    if (given.length !== name.length || given.toLowerCase() !== name.toLowerCase()) continue
    if (only !== undefined) throw invalid(name, 'The header field is repeated.')
    only = rawHeaders[i + 1] ?? ''
  }
  return only
}

function invalid(field: string, detail: string): Fault {
  return new Fault('REQUEST_INVALID', { field, detail })
}
