import { Fault } from '../../exchange/fault.js'
import type { XmlDocument } from '../../xml/document.js'
import { readXml, readXmlStart } from '../../xml/read-xml.js'
import { XmlError } from '../../xml/xml-error.js'

/** @throws Fault PAYLOAD_UNSAFE for what is not well-formed, has a DTD and the like, or is above a limit */
export function readSoapXml(envelope: Uint8Array): XmlDocument {
  try {
    return readXml(envelope)
  } catch (error) {
    throw unsafe(error)
  }
}

/**
 * Reads an envelope up to the end of its first element, the Header.
 * @throws Fault PAYLOAD_UNSAFE, also where the Header does not end within what is given
 */
export function readSoapXmlStart(start: Uint8Array): XmlDocument {
  try {
    return readXmlStart(start)
  } catch (error) {
    throw unsafe(error)
  }
}

function unsafe(error: unknown): unknown {
  if (!(error instanceof XmlError)) return error
  const { reason, line, column } = error
  const detail = `The XML is not accepted: ${reason} (line ${line}, column ${column}).`
  return new Fault('PAYLOAD_UNSAFE', { field: 'Envelope', detail, cause: error })
}
