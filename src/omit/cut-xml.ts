import type { XmlDocument, XmlElement } from '../xml/document.js'
import { withoutStretches, type Cut, type Stretch } from './cut.js'
import { isEnd, type Places, type PointerTree } from './pointer-tree.js'

/** What may stand in an answer and could hold a field where no pointer leads. */
export class UncuttableError extends Error {
  override readonly name = 'UncuttableError'
}

const xmlEncryption = 'http://www.w3.org/2001/04/xmlenc#'
const soap12Encoding = 'http://www.w3.org/2003/05/soap-encoding'

/**
 * Cuts fields out of a SOAP envelope's Body; all other bytes stay as they stand. Names are as in the JSON form of XML
 * (src/mediation): local names from the Body's child on, whose own name is no segment, `@kod` an attribute, `$` the text
 * beside attributes. There what repeats is a list, so that `*` and an index stand for one of several, too. In a failure
 * it is what its detail holds that is taken for the Body's child.
 * @throws UncuttableError where the Body refers to what stands elsewhere, or is encrypted
 */
export function cutSoap(document: XmlDocument, tree: PointerTree): Cut {
  const cutting = new XmlCutting(document)
  for (const root of rootsOf(document)) cutting.inside(root, [tree])
  const { stretches, fields } = cutting
  return { bytes: withoutStretches(document.bytes, stretches), fields }
}

function* rootsOf(document: XmlDocument): Generator<XmlElement, void> {
  const { root } = document
  const soap = document.namespace(root)
  const body = document.child(root, soap, 'Body')
  if (body === undefined) return
  for (const element of document.inside(body)) refuseUncuttable(document, element)
  for (const child of document.children(body)) {
    if (!document.is(child, soap, 'Fault')) yield child
    else yield* detailsOf(document, child)
  }
}

/** SOAP 1.1 §4.4 `detail`, SOAP 1.2 part 1 §5.4.5 `Detail`. */
function* detailsOf(document: XmlDocument, fault: XmlElement): Generator<XmlElement, void> {
  for (const part of document.children(fault)) {
    if (document.localName(part).toLowerCase() === 'detail') yield* document.children(part)
  }
}

// SOAP 1.1 §5.4.1, SOAP 1.2 part 2 §3.1.5.2: an element by reference is somewhere else, under another name.
function refuseUncuttable(document: XmlDocument, element: XmlElement): void {
  const isReference =
    document.attribute(element, '', 'href')?.startsWith('#') === true ||
    document.attribute(element, soap12Encoding, 'ref') !== undefined
  if (isReference) throw new UncuttableError('it refers to elements that stand elsewhere in it')
  if (document.namespace(element) === xmlEncryption) {
    throw new UncuttableError('a part of it is encrypted')
  }
}

class XmlCutting {
  readonly stretches: Stretch[] = []
  fields = 0
  readonly #document: XmlDocument

  constructor(document: XmlDocument) {
    this.#document = document
  }

  /** Depth is bounded by the reader (`xmlLimits`). */
  inside(element: XmlElement, places: Places): void {
    const document = this.#document
    for (const stretch of this.#attributesAt(element, places)) this.#cut(stretch)
    if (isEnd(placesNamed(places, '$'))) {
      const content = document.contentRange(element)
      if (content.end > content.start) this.#cut(content)
      return
    }
    for (const child of document.children(element)) {
      const at = placesNamed(places, document.localName(child))
      if (at.length === 0) continue
      if (isEnd(at)) this.#cut(document.range(child))
      else this.inside(child, at)
    }
  }

  #attributesAt(element: XmlElement, places: Places): Stretch[] {
    const stretches: Stretch[] = []
    for (const node of places) {
      for (const [name, { isEnd: isLeftOut }] of node.namesAfter('@')) {
        if (isLeftOut) stretches.push(...this.#document.attributeRanges(element, name))
      }
      if (node.any?.isEnd) stretches.push(...this.#document.attributeRanges(element))
    }
    const unique = new Map(stretches.map((stretch) => [stretch.start, stretch]))
    return [...unique.values()].sort((one, other) => one.start - other.start)
  }

  #cut(stretch: Stretch): void {
    this.fields += 1
    this.stretches.push(stretch)
  }
}

/** Where an element of this local name stands, and, as one of several, where `*` and an index behind it lead. */
function placesNamed(places: Places, name: string): Places {
  const found = new Set<PointerTree>()
  for (const node of places) {
    for (const next of [node.named(name), node.any]) if (next) found.add(next)
  }
  // A set yields what is added while it is gone through.
  for (const node of found) for (const item of node.items()) found.add(item)
  return [...found]
}
