import type { XmlDocument, XmlElement } from '../../xml/document.js'
import { encNamespace, moreNamespace } from './names.js'
import { forbiddenAlgorithm } from './refused-algorithms.js'
import { algorithmOf, checkEmpty } from './strict-reading.js'

/** A digest algorithm of XML Signature as node:crypto knows it. */
export interface Digest {
  readonly name: 'sha256' | 'sha384' | 'sha512'
  readonly bytes: number
  /** Length of its base64. */
  readonly base64Chars: number
}

export const sha256: Digest = { name: 'sha256', bytes: 32, base64Chars: 44 }
export const sha384: Digest = { name: 'sha384', bytes: 48, base64Chars: 64 }
export const sha512: Digest = { name: 'sha512', bytes: 64, base64Chars: 88 }

/** Algorithm identifier of the digest that we write. */
export const sha256Identifier = `${encNamespace}sha256`

const digests: ReadonlyMap<string, Digest> = new Map([
  [sha256Identifier, sha256],
  [`${moreNamespace}sha384`, sha384],
  [`${encNamespace}sha512`, sha512],
])

/** @throws Fault ALGORITHM_FORBIDDEN, SIGNATURE_INVALID */
export function readDigestMethod(document: XmlDocument, element: XmlElement): Digest {
  const field = 'DigestMethod'
  const algorithm = algorithmOf(document, element, field)
  const digest = digests.get(algorithm)
  if (!digest) throw forbiddenAlgorithm(field, algorithm)
  checkEmpty(document, element, field)
  return digest
}
