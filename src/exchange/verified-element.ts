/** A stretch of bytes: `end` is the offset after the last. */
export interface ByteStretch {
  readonly start: number
  readonly end: number
}

/** An element that a verified signature covers. Names are expanded names. */
export interface VerifiedElement {
  /** Empty for none. */
  readonly namespace: string
  readonly localName: string
  /** Where in the envelope it stands, tags included. */
  readonly range: ByteStretch
  /**
   * The text of an element that holds nothing but text.
   * @throws Fault REQUEST_INVALID naming the element where a comment or an element is inside
   */
  text(): string
  /** The value of an attribute; the empty namespace is none. */
  attribute(namespace: string, localName: string): string | undefined
  /** All attributes, in order; namespace declarations are none. */
  attributes(): readonly VerifiedAttribute[]
  /**
   * The elements directly inside, in order.
   * @throws Fault REQUEST_INVALID naming the element where text stands beside them
   */
  children(): readonly VerifiedElement[]
}

/** An expanded name. */
export interface XmlName {
  readonly namespace: string
  readonly localName: string
}

export interface VerifiedAttribute extends XmlName {
  readonly value: string
}
