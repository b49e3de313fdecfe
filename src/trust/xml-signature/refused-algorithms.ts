import { Fault } from '../../exchange/fault.js'
import {
  dsNamespace,
  encNamespace,
  more2007Namespace,
  moreNamespace,
  swaNamespace,
} from './names.js'

/** What others use and the bus does not, by name, so that an engineer is told what it is. */
const refused: ReadonlyMap<string, string> = new Map([
  [`${dsNamespace}sha1`, 'SHA-1'],
  [`${moreNamespace}md5`, 'MD5'],
  [`${moreNamespace}sha224`, 'SHA-224'],
  [`${encNamespace}ripemd160`, 'RIPEMD-160'],
  [`${dsNamespace}rsa-sha1`, 'RSA with SHA-1'],
  [`${dsNamespace}dsa-sha1`, 'DSA'],
  ['http://www.w3.org/2009/xmldsig11#dsa-sha256', 'DSA'],
  [`${moreNamespace}ecdsa-sha1`, 'ECDSA with SHA-1'],
  [`${moreNamespace}rsa-md5`, 'RSA with MD5'],
  [`${moreNamespace}rsa-sha224`, 'RSA with SHA-224'],
  [`${moreNamespace}rsa-ripemd160`, 'RSA with RIPEMD-160'],
  [`${moreNamespace}ecdsa-sha224`, 'ECDSA with SHA-224'],
  [`${more2007Namespace}sha1-rsa-MGF1`, 'RSA-PSS with SHA-1'],
  [`${dsNamespace}hmac-sha1`, 'HMAC, which is no proof towards third parties,'],
  ...['hmac-md5', 'hmac-sha224', 'hmac-sha256', 'hmac-sha384', 'hmac-sha512', 'hmac-ripemd160'].map(
    (name) => [moreNamespace + name, 'HMAC, which is no proof towards third parties,'] as const,
  ),
  [`${dsNamespace}enveloped-signature`, 'the enveloped-signature transform'],
  [`${dsNamespace}base64`, 'the base64 transform'],
  ['http://www.w3.org/TR/1999/REC-xpath-19991116', 'the XPath transform'],
  ['http://www.w3.org/2002/06/xmldsig-filter2', 'the XPath filter 2.0'],
  ['http://www.w3.org/TR/1999/REC-xslt-19991116', 'the XSLT transform'],
  ['http://www.w3.org/2002/07/decrypt#XML', 'the decryption transform'],
  ['http://www.w3.org/2002/07/decrypt#Binary', 'the decryption transform'],
  ['http://www.w3.org/2010/xml-c14n2', 'Canonical XML 2.0'],
  ['http://www.w3.org/TR/2001/REC-xml-c14n-20010315', 'inclusive Canonical XML 1.0'],
  ['http://www.w3.org/TR/2001/REC-xml-c14n-20010315#WithComments', 'inclusive Canonical XML 1.0'],
  ['http://www.w3.org/2006/12/xml-c14n11', 'inclusive Canonical XML 1.1'],
  ['http://www.w3.org/2006/12/xml-c14n11#WithComments', 'inclusive Canonical XML 1.1'],
  [
    'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-soap-message-security-1.0#STR-Transform',
    'the STR-Transform',
  ],
  [`${swaNamespace}Attachment-Ciphertext-Transform`, 'the transform of encrypted attachments'],
])

/** The refusal of an algorithm that is not on the list. `field` is the element that names it. */
export function forbiddenAlgorithm(field: string, algorithm: string): Fault {
  const name = refused.get(algorithm)
  const detail =
    name === undefined
      ? `The Algorithm of ${field} is not on the list of accepted ones.`
      : `${name.charAt(0).toUpperCase()}${name.slice(1)} is not accepted in ${field}.`
  return new Fault('ALGORITHM_FORBIDDEN', { field, detail })
}
