export const wsdlNamespace = 'http://schemas.xmlsoap.org/wsdl/'
export const schemaNamespace = 'http://www.w3.org/2001/XMLSchema'
export const mimeNamespace = 'http://schemas.xmlsoap.org/wsdl/mime/'
/** Where SOAP goes over HTTP (WS-I Basic Profile 1.1 R2702). */
export const httpTransport = 'http://schemas.xmlsoap.org/soap/http'

/** The bindings of WSDL 1.1 to SOAP, the preferred one first. */
export const soapBindings = [
  { version: '1.1', namespace: 'http://schemas.xmlsoap.org/wsdl/soap/' },
  { version: '1.2', namespace: 'http://schemas.xmlsoap.org/wsdl/soap12/' },
] as const

export type SoapBinding = (typeof soapBindings)[number]
