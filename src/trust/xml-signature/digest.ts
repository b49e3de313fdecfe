import type { Fault } from '../../exchange/fault.js'
import { createHash, hash, type Hash } from 'node:crypto'
import { canonicalise, type C14nPart } from '../../xml/c14n/canonicalise.js'
import type { C14nMethod } from '../../xml/c14n/method.js'
import type { OctetSink } from '../../xml/c14n/write.js'
import type { XmlDocument, XmlElement } from '../../xml/document.js'
import type { Digest } from './digest-method.js'
import { invalidSignature } from './strict-reading.js'

/**
 * Digests what comes in stretches. What comes in one, as most header blocks do, is digested in one call,
 * which costs half of what a Hash does.
 */
export class DigestSink implements OctetSink {
  readonly #digest: Digest
  #first: Buffer | undefined
  #hash: Hash | undefined

  constructor(digest: Digest) {
    this.#digest = digest
  }

  update(octets: Uint8Array): void {
    if (this.#hash) {
      this.#hash.update(octets)
    } else if (this.#first) {
      this.#hash = createHash(this.#digest.name).update(this.#first).update(octets)
    } else if (octets.length > oneCallBytesMax) {
      this.#hash = createHash(this.#digest.name).update(octets)
    } else {
      // The writer's buffer is used again.
      this.#first = Buffer.from(octets)
    }
  }

  /** base64, as XML Signature writes it. */
  text(): string {
    if (this.#hash) return this.#hash.digest('base64')
    return hash(this.#digest.name, this.#first ?? '', 'base64')
  }
}

/** Above this a copy costs more than it saves. */
const oneCallBytesMax = 16_384

/** base64 of the digest of an element's canonical octets, with these in the place of elements inside. */
export function elementDigest(
  document: XmlDocument,
  element: XmlElement,
  method: C14nMethod,
  digest: Digest,
  replaced?: C14nPart['replaced'],
): string {
  const sink = new DigestSink(digest)
  canonicalise(document, method, sink, { element, replaced })
  return sink.text()
}

/** The refusal of a part that is not the one that was signed. */
export function digestDiffers(field: string): Fault {
  return invalidSignature(field, `${field} is not what was signed: its digest differs.`)
}
