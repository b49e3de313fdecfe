/** Namespaces and identifiers of SOAP, WS-Security and the header blocks that say who asks what. */
export const soap11Namespace = 'http://schemas.xmlsoap.org/soap/envelope/'
export const soap12Namespace = 'http://www.w3.org/2003/05/soap-envelope'

const wss2004 = 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-'
export const wsseNamespace = `${wss2004}wssecurity-secext-1.0.xsd`
export const wsuNamespace = `${wss2004}wssecurity-utility-1.0.xsd`
export const wsse11Namespace = 'http://docs.oasis-open.org/wss/oasis-wss-wssecurity-secext-1.1.xsd'

export const base64Encoding = `${wss2004}soap-message-security-1.0#Base64Binary`
const x509Profile = `${wss2004}x509-token-profile-1.0#`
export const x509v3Type = `${x509Profile}X509v3`
export const x509PkiPathType = `${x509Profile}X509PKIPathv1`
export const subjectKeyIdType = `${x509Profile}X509SubjectKeyIdentifier`
export const thumbprintSha1Type =
  'http://docs.oasis-open.org/wss/oasis-wss-soap-message-security-1.1#ThumbprintSHA1'

/** What an element is called in faults, which never quote what others made up. */
export function shownName(localName: string): string {
  return /^[A-Za-z][A-Za-z0-9]{0,63}$/.test(localName) ? localName : 'Header'
}

/**
 * Whether header blocks of this namespace say who asks what: X-Road's and ours. Such a block must be
 * signed where it is present.
 */
export function isEnvelopeNamespace(namespace: string): boolean {
  return namespace.startsWith('http://x-road.eu/xsd/') || namespace.startsWith('urn:sluice:')
}
