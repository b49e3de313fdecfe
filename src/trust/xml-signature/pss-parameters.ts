import { Fault } from '../../exchange/fault.js'
import type { XmlDocument, XmlElement } from '../../xml/document.js'
import { readDigestMethod, sha256, type Digest } from './digest-method.js'
import { dsNamespace, more2007Namespace } from './names.js'
import { forbiddenAlgorithm } from './refused-algorithms.js'
import { Children, textOf } from './strict-reading.js'

const field = 'RSAPSSParams'
const mgf1 = `${more2007Namespace}MGF1`

/**
 * The digest of an RSA-PSS SignatureMethod with parameters (RFC 9231 §2.3.9). Only what is safe and
 * usual: MGF1 with the same digest, a salt as long as the digest, trailer field 1.
 * @throws Fault ALGORITHM_FORBIDDEN, SIGNATURE_INVALID
 */
export function readPssDigest(document: XmlDocument, method: XmlElement): Digest {
  const inside = new Children(document, method, 'SignatureMethod')
  const params = inside.optional(more2007Namespace, field)
  inside.end()
  return params === undefined ? sha256 : readParams(document, params)
}

function readParams(document: XmlDocument, params: XmlElement): Digest {
  const inside = new Children(document, params, field)
  const digestMethod = inside.optional(dsNamespace, 'DigestMethod')
  const digest = digestMethod === undefined ? sha256 : readDigestMethod(document, digestMethod)
  const mask = inside.optional(more2007Namespace, 'MaskGenerationFunction')
  const maskDigest = mask === undefined ? sha256 : readMask(document, mask)
  if (maskDigest !== digest) throw unusual('MGF1 must be with the digest of the signature.')
  const salt = inside.optional(more2007Namespace, 'SaltLength')
  if (salt !== undefined && textOf(document, salt, field) !== String(digest.bytes)) {
    throw unusual('The salt must be as long as the digest.')
  }
  const trailer = inside.optional(more2007Namespace, 'TrailerField')
  if (trailer !== undefined && textOf(document, trailer, field) !== '1') {
    throw unusual('The trailer field must be 1.')
  }
  inside.end()
  return digest
}

function readMask(document: XmlDocument, mask: XmlElement): Digest {
  const algorithm = document.attribute(mask, '', 'Algorithm') ?? mgf1
  if (algorithm !== mgf1) throw forbiddenAlgorithm('MaskGenerationFunction', algorithm)
  const inside = new Children(document, mask, field)
  const digestMethod = inside.optional(dsNamespace, 'DigestMethod')
  inside.end()
  return digestMethod === undefined ? sha256 : readDigestMethod(document, digestMethod)
}

function unusual(detail: string): Fault {
  return new Fault('ALGORITHM_FORBIDDEN', { field, detail })
}
