import { Fault } from '../../exchange/fault.js'
import type { XmlDocument } from '../../xml/document.js'
import { readXml, readXmlStart } from '../../xml/read-xml.js'
import { XmlError } from '../../xml/xml-error.js'

/** @throws Fault PAYLOAD_UNSAFE for what is not well-formed, has a DTD and the like, or is above a limit */
export function readSoapXml(envelope: Uint8Array): XmlDocument {
  try {
    return readXml(envelope)
  } catch (error) {
    throw error instanceof XmlError ? unsafe(error) : error
  }
}

/**
 * Reads an envelope up to the end of its first element, the Header.
 * @param isWhole whether `start` is all of the envelope
 * @throws Fault PAYLOAD_UNSAFE, also where the Header does not end in it; SIGNATURE_MISSING
 */
export function readSoapXmlStart(start: Uint8Array, isWhole: boolean): XmlDocument {
  try {
    return readXmlStart(start)
  } catch (error) {
    if (!(error instanceof XmlError)) throw error
    const isCut = !isWhole && error.kind === 'malformed' && error.offset >= start.length - 4
    if (!isCut) throw unsafe(error)
    // Who forgot to sign a large message is to be told so, and not that it is cut.
    if (beginsWithBody(start)) throw new Fault('SIGNATURE_MISSING')
    const detail = `The Header does not end within the first ${start.length} bytes.`
    throw new Fault('PAYLOAD_UNSAFE', { field: 'Header', detail, cause: error })
  }
}

const bodyFirst = /^[^<]*(?:<\?[^<>]*>[^<]*)?<[^<>]*Envelope[^<>]*>\s*<[^<>\s]*Body[\s/>]/

/** A guess by a look at the text: it decides nothing but the words of a refusal. */
function beginsWithBody(start: Uint8Array): boolean {
  return bodyFirst.test(Buffer.from(start.subarray(0, 4_096)).toString('latin1'))
}

function unsafe(error: XmlError): Fault {
  const { reason, line, column } = error
  const detail = `The XML is not accepted: ${reason} (line ${line}, column ${column}).`
  return new Fault('PAYLOAD_UNSAFE', { field: 'Envelope', detail, cause: error })
}
