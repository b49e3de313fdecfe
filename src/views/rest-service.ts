import { restMapping, type RestServiceMapping } from '../mediation/rest-mapping.js'
import type { OpenApiDescription } from '../openapi/openapi-model.js'
import { readWsdl } from '../wsdl/read-wsdl.js'
import { soapFaceOf, type SoapFace, type SoapFaceTerms } from './wsdl-from-openapi.js'

/** A REST service as systems that speak SOAP meet it. */
export interface RestServiceInSoap extends SoapFace {
  readonly mapping: RestServiceMapping
}

/**
 * The WSDL of a REST service, and the mapping that carries its messages.
 * @param contractDigest - base64url SHA-256 of the contract's files
 * @throws MappingError with everything that cannot be carried over without loss
 * @throws WsdlError where bounds of the contract contradict each other
 */
export function restServiceInSoap(
  description: OpenApiDescription,
  terms: SoapFaceTerms,
  contractDigest: string,
): RestServiceInSoap {
  const face = soapFaceOf(description, terms)
  const file = 'service.wsdl'
  const wsdl = readWsdl(new Map([[file, face.wsdl]]), file)
  return { ...face, mapping: restMapping({ form: face.form, wsdl, contractDigest }) }
}
