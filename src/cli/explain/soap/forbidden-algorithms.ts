import { Fault } from '../../../exchange/fault.js'
import { readDigestMethod } from '../../../trust/xml-signature/digest-method.js'
import { dsNamespace } from '../../../trust/xml-signature/names.js'
import { readSignatureMethod } from '../../../trust/xml-signature/signature-method.js'
import { exclusiveOnly, readC14n, readTransforms } from '../../../trust/xml-signature/transforms.js'
import type { XmlDocument, XmlElement } from '../../../xml/document.js'

/**
 * Every algorithm of a Signature that is not accepted, each once: the verifier ends at the first, and who
 * changes a stack's policy wants to know them all.
 */
export function forbiddenAlgorithms(document: XmlDocument, signature: XmlElement): Fault[] {
  const faults = new Map<string, Fault>()
  for (const element of document.inside(signature)) {
    const fault = refusalOf(document, element)
    if (fault) faults.set(fault.message, fault)
  }
  return [...faults.values()]
}

function refusalOf(document: XmlDocument, element: XmlElement): Fault | undefined {
  if (document.namespace(element) !== dsNamespace) return undefined
  try {
    switch (document.localName(element)) {
      case 'CanonicalizationMethod':
        readC14n(document, element, 'CanonicalizationMethod', exclusiveOnly)
        break
      case 'SignatureMethod':
        readSignatureMethod(document, element)
        break
      case 'Transforms':
        readTransforms(document, element, exclusiveOnly)
        break
      case 'DigestMethod':
        readDigestMethod(document, element)
    }
    return undefined
  } catch (error) {
    if (error instanceof Fault) return error
    throw error
  }
}
