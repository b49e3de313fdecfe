import type { BilingualText } from '../../exchange/fault.js'

/** Requirements of WS-I Basic Profile 1.1 by their numbers, as far as a machine can see them in a WSDL. */
export const wsiTexts = {
  R1005: {
    az: 'encodingStyle atributu işlədilə bilməz',
    en: 'encodingStyle may not be used',
  },
  R2007: { az: 'wsdl:import location atributu ilə olmalıdır', en: 'wsdl:import needs a location' },
  R2105: {
    az: 'xs:schema targetNamespace atributu ilə olmalıdır',
    en: 'an xs:schema with declarations needs a targetNamespace',
  },
  R2110: {
    az: 'soapenc:Array törəmə növü işlədilə bilməz',
    en: 'types may not be derived from soapenc:Array',
  },
  R2111: {
    az: 'wsdl:arrayType atributu işlədilə bilməz',
    en: 'the attribute wsdl:arrayType may not be used',
  },
  R2303: {
    az: 'Əməliyyat cavabla başlaya bilməz (solicit-response, notification)',
    en: 'an operation may not begin with its output (solicit-response, notification)',
  },
  R2304: {
    az: 'portType-da əməliyyatların adları fərqli olmalıdır',
    en: 'operations of a portType must have different names',
  },
  R2306: {
    az: 'wsdl:part ya element, ya da type atributu ilə olmalıdır',
    en: 'a wsdl:part must have either element or type',
  },
  R2401: { az: 'wsdl:binding SOAP bağlaması olmalıdır', en: 'a wsdl:binding must be one of SOAP' },
  R2701: {
    az: 'soap:binding transport atributu ilə olmalıdır',
    en: 'soap:binding must have transport',
  },
  R2702: {
    az: 'transport HTTP olmalıdır: http://schemas.xmlsoap.org/soap/http',
    en: 'the transport must be that of HTTP: http://schemas.xmlsoap.org/soap/http',
  },
  R2705: {
    az: 'Bağlamanın bütün əməliyyatları bir üslubda olmalıdır (document və ya rpc)',
    en: 'a binding must be of one style, document or rpc',
  },
  R2706: { az: 'use yalnız literal ola bilər', en: 'use must be literal' },
  R2716: {
    az: 'document-literal bağlamada namespace atributu ola bilməz',
    en: 'a document-literal binding may not have namespace here',
  },
  R2717: {
    az: 'rpc-literal bağlamada soap:body namespace atributu ilə olmalıdır',
    en: 'soap:body of an rpc-literal binding must have namespace',
  },
  R2720: { az: 'soap:header part atributu ilə olmalıdır', en: 'soap:header must have part' },
  R2721: { az: 'soap:fault name atributu ilə olmalıdır', en: 'soap:fault must have name' },
  R2726: {
    az: 'rpc-literal bağlamada yalnız soap:body namespace atributu ilə ola bilər',
    en: 'in an rpc-literal binding only soap:body may have namespace',
  },
  R2744: {
    az: 'soapAction göstərilməyib; sorğuda SOAPAction başlığı dırnaqda gedir, boş olsa belə',
    en: 'no soapAction is given; the SOAPAction header is sent in quotes even where it is empty',
  },
  R2754: {
    az: 'soap:fault adı wsdl:fault adı ilə eyni olmalıdır',
    en: 'soap:fault must have the name of its wsdl:fault',
  },
  R2803: {
    az: 'namespace mütləq URI olmalıdır',
    en: 'namespace must be an absolute URI',
  },
  documentation: {
    az: 'Əməliyyatın izahı (wsdl:documentation) yoxdur',
    en: 'the operation has no wsdl:documentation',
  },
} as const satisfies Record<string, BilingualText>

export type WsiRule = keyof typeof wsiTexts
