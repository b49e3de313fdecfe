/** Namespaces and algorithm identifiers of XML Signature 1.1 and what builds on it. */
export const dsNamespace = 'http://www.w3.org/2000/09/xmldsig#'
/** RFC 4051, and XML Signature 1.1 after it. */
export const moreNamespace = 'http://www.w3.org/2001/04/xmldsig-more#'
/** RFC 6931 and RFC 9231: RSA-PSS. */
export const more2007Namespace = 'http://www.w3.org/2007/05/xmldsig-more#'
export const encNamespace = 'http://www.w3.org/2001/04/xmlenc#'
/** Exclusive C14N: its algorithm identifier and the namespace of its parameter are the same. */
export const exclusiveC14n = 'http://www.w3.org/2001/10/xml-exc-c14n#'
/** SOAP with Attachments profile of WS-Security 1.1. */
export const swaNamespace = 'http://docs.oasis-open.org/wss/oasis-wss-SwAProfile-1.1#'
