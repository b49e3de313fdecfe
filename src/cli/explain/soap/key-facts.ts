import { dsNamespace } from '../../../trust/xml-signature/names.js'
import { wsseNamespace } from '../../../trust/wss/names.js'
import type { XmlDocument, XmlElement } from '../../../xml/document.js'
import { XmlError } from '../../../xml/xml-error.js'
import { nameOf } from './places.js'

/** How a KeyInfo names the key, in words; read without judging it. */
export function keyReferenceOf(document: XmlDocument, keyInfo: XmlElement | undefined): string {
  const child = keyInfo === undefined ? undefined : document.firstChild(keyInfo)
  if (child === undefined) return 'none: there is no KeyInfo, or nothing in it'
  if (document.is(child, dsNamespace, 'X509Data')) return x509DataText(document, child)
  if (!document.is(child, wsseNamespace, 'SecurityTokenReference')) {
    return `${nameOf(document, child)}, which names no certificate`
  }
  const inner = document.firstChild(child)
  if (inner === undefined) return 'SecurityTokenReference with nothing in it'
  if (document.is(inner, dsNamespace, 'X509Data')) {
    return `SecurityTokenReference, ${x509DataText(document, inner)}`
  }
  return `SecurityTokenReference, ${tokenText(document, inner)}`
}

function tokenText(document: XmlDocument, inner: XmlElement): string {
  const type = endingOf(document.attribute(inner, '', 'ValueType'))
  switch (document.localName(inner)) {
    case 'Reference':
      return `direct reference to ${directlyNamed(document, inner)}`
    case 'KeyIdentifier':
      return `KeyIdentifier (${type}) ${shortened(document.textInside(inner))}`
    case 'Embedded':
      return 'embedded BinarySecurityToken'
    default:
      return nameOf(document, inner)
  }
}

function directlyNamed(document: XmlDocument, reference: XmlElement): string {
  const uri = document.attribute(reference, '', 'URI') ?? ''
  const text = JSON.stringify(uri)
  try {
    const token = uri.startsWith('#') ? document.elementById(uri.slice(1)) : undefined
    if (token === undefined) return `${text}, which is not in the message`
    const type = endingOf(document.attribute(token, '', 'ValueType'))
    return `${text}, a ${document.localName(token)} (${type})`
  } catch (error) {
    if (!(error instanceof XmlError)) throw error
    return `${text}, an Id that several elements have`
  }
}

function x509DataText(document: XmlDocument, x509Data: XmlElement): string {
  const parts = [...document.children(x509Data)].map((child) => {
    const text = [...document.children(child)].map((part) => document.textInside(part)).join(', ')
    const own = text === '' ? document.textInside(child) : text
    return `${document.localName(child)} ${shortened(own)}`
  })
  return `X509Data: ${parts.join('; ')}`
}

function endingOf(type: string | undefined): string {
  return type === undefined ? 'no ValueType' : shortened(type.slice(type.lastIndexOf('#') + 1))
}

const shownCharsMax = 120

/** What others wrote, in quotes: it goes to a terminal. */
function shortened(text: string): string {
  const plain = text.replace(/\s+/g, ' ').trim()
  return JSON.stringify(plain.length > shownCharsMax ? `${plain.slice(0, shownCharsMax)}…` : plain)
}
