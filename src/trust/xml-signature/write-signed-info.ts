import type { C14nMethod } from '../../xml/c14n/method.js'
import { sha256Identifier } from './digest-method.js'
import { dsNamespace, exclusiveC14n } from './names.js'

/** A part to be signed, and its SHA-256. */
export interface WrittenReference {
  readonly uri: string
  /** Exclusive C14N, or the identifier of another transform. */
  readonly transform: C14nMethod | string
  /** base64. */
  readonly digestText: string
}

/**
 * A SignedInfo as it is canonical after exclusive C14N, and so as it can be signed and put into a message:
 * it declares its namespace itself, and has no empty tags. Values are base64 and URIs of our making.
 */
export function signedInfoText(
  signatureMethod: string,
  references: readonly WrittenReference[],
): string {
  let text =
    `<ds:SignedInfo xmlns:ds="${dsNamespace}">` +
    `<ds:CanonicalizationMethod Algorithm="${exclusiveC14n}"></ds:CanonicalizationMethod>` +
    `<ds:SignatureMethod Algorithm="${signatureMethod}"></ds:SignatureMethod>`
  for (const { uri, transform, digestText } of references) {
    text +=
      `<ds:Reference URI="${uri}"><ds:Transforms>${transformText(transform)}</ds:Transforms>` +
      `<ds:DigestMethod Algorithm="${sha256Identifier}"></ds:DigestMethod>` +
      `<ds:DigestValue>${digestText}</ds:DigestValue></ds:Reference>`
  }
  return `${text}</ds:SignedInfo>`
}

function transformText(transform: C14nMethod | string): string {
  if (typeof transform === 'string') return `<ds:Transform Algorithm="${transform}"></ds:Transform>`
  const prefixes = transform.inclusivePrefixes.join(' ')
  const list =
    prefixes === ''
      ? ''
      : `<ec:InclusiveNamespaces xmlns:ec="${exclusiveC14n}" PrefixList="${prefixes}"></ec:InclusiveNamespaces>`
  return `<ds:Transform Algorithm="${exclusiveC14n}">${list}</ds:Transform>`
}

/** A value as C14N writes it in an attribute (C14N 1.0 §2.3). */
export function attributeText(value: string): string {
  return value.replace(/[&<"\t\n\r]/g, (character) => escapes[character] ?? '')
}

const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '"': '&quot;',
  '\t': '&#x9;',
  '\n': '&#xA;',
  '\r': '&#xD;',
}

export function base64(octets: Uint8Array): string {
  return Buffer.from(octets.buffer, octets.byteOffset, octets.byteLength).toString('base64')
}
