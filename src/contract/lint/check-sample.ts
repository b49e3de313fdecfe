import { JsonError } from '../../json/json-error.js'
import { readJson } from '../../json/read-json.js'
import { compileCodec } from '../../mediation/codec.js'
import { MessageChecks } from '../../openapi/message-contract.js'
import { ContractBreach, type Violation } from '../../violation/violation.js'
import type { XmlDocument } from '../../xml/document.js'
import { type XmlElement } from '../../xml/document.js'
import { readXml } from '../../xml/read-xml.js'
import { checkPayload } from '../../xsd/check-payload.js'
import { violation } from '../../violation/violation.js'
import { checkRestSample } from './check-rest-sample.js'
import type { MessageDescription, ServiceContract, SoapDescription } from '../load-contract.js'

/**
 * Holds a sample to its contract: XML is what stands in the Body, or an envelope.
 * @throws XmlError for what is no XML
 */
export function checkSample(
  { description }: ServiceContract,
  side: 'request' | 'reply',
  bytes: Uint8Array,
): readonly Violation[] {
  if (description.protocol === 'soap') return ofSoap(description, side, bytes)
  return description.protocol === 'rest'
    ? checkRestSample(description, side, bytes)
    : ofMessages(description, side, bytes)
}

/** A sample is the message itself: JSON. */
function ofMessages(
  { messages }: MessageDescription,
  side: 'request' | 'reply',
  bytes: Uint8Array,
): readonly Violation[] {
  if (side === 'reply' && messages.reply === undefined) return [violation('', 'unexpected', '–')]
  return new MessageChecks(messages).checkMessage(side, bytes)
}

/**
 * Holds a sample of a SOAP service in JSON to what its mapping makes of it: the element must keep the schema.
 * @returns undefined where the service has no other face
 */
export function checkOtherFace(
  description: SoapDescription,
  side: 'request' | 'reply',
  bytes: Uint8Array,
): readonly Violation[] | undefined {
  const { mapping } = description
  const shape = side === 'request' ? mapping?.shapes.request : mapping?.shapes.reply
  if (!shape) return undefined
  try {
    return ofSoap(description, side, compileCodec(shape).toXml(readJson(bytes)))
  } catch (error) {
    if (error instanceof ContractBreach) return error.violations
    if (error instanceof JsonError) return [violation('', 'syntax', error.text.en)]
    throw error
  }
}

function ofSoap(
  { operation, wsdl }: SoapDescription,
  side: 'request' | 'reply',
  bytes: Uint8Array,
): readonly Violation[] {
  const document = readXml(bytes)
  const element = payloadIn(document)
  const expected = side === 'request' ? operation.input : operation.output
  if (!expected) return [violation('', 'unexpected', '–')]
  if (element === undefined) return [violation('', 'missing', expected.body.name.localName)]
  const fault = operation.faults.find(({ element: { name } }) =>
    document.is(element, name.namespace, name.localName),
  )
  const declaration = side === 'reply' && fault ? fault.element : expected.body
  return checkPayload(document, element, declaration, wsdl.schemas)
}

function payloadIn(document: XmlDocument): XmlElement | undefined {
  const { root } = document
  if (document.localName(root) !== 'Envelope') return root
  const body = document.child(root, document.namespace(root), 'Body')
  return body === undefined ? undefined : document.firstChild(body)
}
