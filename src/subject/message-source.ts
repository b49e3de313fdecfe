import type { DerivedRequest } from '../exchange/derived-request.js'
import type { AuthorisedRequest } from '../exchange/exchange.js'
import { isInMemory, type Payload } from '../exchange/payload.js'
import type { ReplyContent } from '../exchange/signed-content.js'
import { JsonError } from '../json/json-error.js'
import type { JsonValue } from '../json/json-value.js'
import { readJson } from '../json/read-json.js'
import { XmlDocument, type XmlElement } from '../xml/document.js'
import { readXml } from '../xml/read-xml.js'
import { XmlError } from '../xml/xml-error.js'
import { SubjectError, type FoundValues } from './found-values.js'
import { findInJson } from './json-values.js'
import { findInXml } from './xml-values.js'

/** What is looked at for the persons that a message is about. */
export interface MessageSource {
  /** @throws SubjectError where it cannot be said */
  find(segments: readonly string[], found: FoundValues): void
}

/** A request as the provider gets it. */
export function sourceOfRequest(
  { adapter, verified }: AuthorisedRequest,
  derived: DerivedRequest | undefined,
): MessageSource {
  const message = derived ?? verified
  switch (message.format) {
    case 'http': {
      const path = derived?.format === 'http' ? derived.path : undefined
      const ownPath = path ?? (verified.format === 'http' ? adapter.ownPath?.(verified) : undefined)
      return new HttpSource(message.payload, ownPath ?? '', message.query ?? '')
    }
    case 'soap':
      return 'envelope' in message
        ? new SoapSource(message.document, message.envelope)
        : new BodySource(message.body)
    case 'mq':
      return new JsonSource(message.payload)
  }
}

/** An answer as the provider gave it. */
export function sourceOfReply(content: ReplyContent): MessageSource {
  if (content.format === 'soap') return new SoapSource(content.document, content.envelope)
  return new JsonSource(content.payload)
}

class JsonSource implements MessageSource {
  readonly #payload: Payload
  #value: JsonValue | undefined

  constructor(payload: Payload) {
    this.#payload = payload
  }

  find(segments: readonly string[], found: FoundValues): void {
    if (this.#payload.length === 0) return
    this.#value ??= jsonOf(this.#payload)
    findInJson(this.#value, segments, found)
  }
}

function jsonOf(payload: Payload): JsonValue {
  if (!isInMemory(payload)) throw new SubjectError('the message is too large')
  try {
    return readJson(payload)
  } catch (error) {
    if (!(error instanceof JsonError)) throw error
    throw new SubjectError(error.message, { cause: error })
  }
}

/** `/query/<name>` is a parameter of the query, `/path/<n>` a segment of the provider's own path, from 0. */
class HttpSource extends JsonSource {
  readonly #path: string
  readonly #query: string

  constructor(payload: Payload, path: string, query: string) {
    super(payload)
    this.#path = path
    this.#query = query
  }

  override find(segments: readonly string[], found: FoundValues): void {
    const [place, name = '', ...others] = segments
    if (others.length > 0 || (place !== 'query' && place !== 'path')) {
      super.find(segments, found)
    } else if (place === 'path') {
      found.add(this.#segment(name))
    } else {
      // Some still separate parameters by it, and would read another value.
      if (this.#query.includes(';')) throw new SubjectError('a semicolon stands in the query')
      for (const value of new URLSearchParams(this.#query).getAll(name)) found.add(value)
    }
  }

  #segment(position: string): string {
    const text = this.#path.replace(/^\//, '').split('/')[Number(position)] ?? ''
    try {
      return decodeURIComponent(text)
    } catch (error) {
      throw new SubjectError('the path is not percent-encoded as it should be', { cause: error })
    }
  }
}

/** The Body's one child, whose own name is no segment of a pointer. */
class SoapSource implements MessageSource {
  readonly #known: object | undefined
  readonly #envelope: Uint8Array

  constructor(known: object | undefined, envelope: Uint8Array) {
    this.#known = known
    this.#envelope = envelope
  }

  find(segments: readonly string[], found: FoundValues): void {
    // Whoever let the envelope in has read it.
    const known = this.#known
    const document = known instanceof XmlDocument ? known : xmlOf(this.#envelope)
    const body = document.child(document.root, document.namespace(document.root), 'Body')
    if (body === undefined) return
    for (const child of document.children(body)) findInXml(document, child, segments, found)
  }
}

class BodySource implements MessageSource {
  readonly #bytes: Uint8Array
  #document: XmlDocument | undefined

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  find(segments: readonly string[], found: FoundValues): void {
    this.#document ??= xmlOf(this.#bytes)
    const root: XmlElement = this.#document.root
    findInXml(this.#document, root, segments, found)
  }
}

function xmlOf(bytes: Uint8Array): XmlDocument {
  try {
    return readXml(bytes)
  } catch (error) {
    if (!(error instanceof XmlError)) throw error
    throw new SubjectError(error.message, { cause: error })
  }
}
