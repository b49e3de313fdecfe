import { Fault } from '../../src/exchange/fault.js'
import type { RawHeaders } from '../../src/exchange/signed-content.js'
import type { SoapContentType } from './content-type.js'

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
