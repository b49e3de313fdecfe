import { readJson } from '../json/read-json.js'
import { writeJson } from '../json/write-json.js'
import { compileCodec } from '../mediation/codec.js'
import type { ElementProperty } from '../mediation/shape.js'
import type { SoapShapes } from '../mediation/soap-shapes.js'
import type { Traced } from '../mediation/traced.js'
import type { XmlDocument, XmlElement } from '../xml/document.js'
import { readXml } from '../xml/read-xml.js'
import { UsageError } from './command-io.js'
import { payloadOf, wayOf, type Carried } from './map-carried.js'

/** A request in JSON, for a SOAP service; its files, where it has any, are left out. */
export function requestToSoap({ request }: SoapShapes, input: Buffer): Carried {
  const trace: Traced[] = []
  const xml = compileCodec(request).toXml(readJson(input), trace)
  const values = trace.map((each) => wayOf(each, 'JSON'))
  return { from: 'JSON', to: 'XML', output: [Buffer.from(xml).toString('utf8')], values }
}

/** An answer of a SOAP service, in JSON. */
export function replyFromSoap(shapes: SoapShapes, input: Buffer): Carried {
  const document = readXml(input)
  const element = payloadOf(document)
  const trace: Traced[] = []
  const json = compileCodec(shapeFor(shapes, document, element)).toJson(document, element, trace)
  const values = trace.map((each) => wayOf(each, 'XML'))
  return { from: 'XML', to: 'JSON', output: [writeJson(json).toString('utf8')], values }
}

/** The shape of the reply, or of the failure whose element it is. */
function shapeFor(
  { reply, faults }: SoapShapes,
  document: XmlDocument,
  element: XmlElement,
): ElementProperty {
  const isOf = ({ element: { namespace, localName } }: ElementProperty): boolean =>
    document.is(element, namespace, localName)
  const fault = faults.find(({ shape }) => isOf(shape))?.shape
  const shape = fault ?? reply
  if (shape === undefined) throw new UsageError('The operation has no reply.')
  return shape
}
