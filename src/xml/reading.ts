import { xmlLimits } from '../limits/documents.js'
import { isNoncharacter, noncharacterLead } from './characters.js'
import { isNameByte } from './names.js'
import { NamespaceScope } from './namespaces.js'
import { symbolsForDocument } from './symbols.js'
import { AttributeTable, ElementTable, PieceTable, type Tables } from './tables.js'
import { XmlError, type XmlErrorKind } from './xml-error.js'

/** A document while it is read: the place, what is open around it, and the tables so far. */
export class Reading implements Tables {
  /** The offset of the next byte to be read. */
  at = 0
  /** The innermost open element, and how many are open. */
  element = 0
  depth = 0
  readonly symbols = symbolsForDocument()
  readonly scope = new NamespaceScope(this.symbols)
  readonly bindings = this.scope.bindings
  readonly pieces: PieceTable
  readonly elements: ElementTable
  readonly attributes: AttributeTable

  constructor(readonly bytes: Buffer) {
    // What messages need, by experience; the tables grow where a document is denser.
    this.pieces = new PieceTable((bytes.length >> 4) + 16)
    this.elements = new ElementTable((bytes.length >> 6) + 16)
    this.attributes = new AttributeTable((bytes.length >> 7) + 16)
  }

  /** To be thrown. `offset` is the place of what is wrong. */
  error(kind: XmlErrorKind, reason: string, offset: number): XmlError {
    const ends = kind === 'malformed' && offset >= this.bytes.length
    return new XmlError(kind, ends ? 'the document ends too early' : reason, this.bytes, offset)
  }

  /** Reads a qualified name. @returns its symbol. @throws XmlError */
  readName(): number {
    const { bytes } = this
    const start = this.at
    let at = start
    let hash = 0
    for (let byte = bytes[at] ?? 0; isNameByte[byte] === 1; byte = bytes[++at] ?? 0) {
      hash = (Math.imul(hash, 31) + byte) | 0
    }
    if (at === start) throw this.error('malformed', 'a name is missing', at)
    if (at - start > xmlLimits.nameBytesMax) throw this.error('limit', 'a name is too long', start)
    this.at = at
    const name = this.symbols.at(bytes, start, at, hash)
    if (!this.symbols.isName(name)) {
      throw this.error('malformed', 'a name has a character or a colon where none may be', start)
    }
    return name
  }

  /**
   * The offset after the character at which a scan stopped because it may be none of XML.
   * @throws XmlError when it is none
   */
  checkedCharacter(at: number): number {
    const { bytes } = this
    if (bytes[at] === noncharacterLead && !isNoncharacter(bytes, at)) return at + 3
    throw this.error('malformed', 'a character is not allowed in XML', at)
  }

  /** @throws XmlError when there are more nodes or names than the limits allow */
  checkCounts(): void {
    const count = this.pieces.count + this.attributes.count + this.bindings.count
    if (count > xmlLimits.nodesMax) {
      throw this.error('limit', 'the document has too many nodes', this.at)
    }
    if (this.symbols.seen > xmlLimits.namesMax) {
      throw this.error('limit', 'the document has too many different names', this.at)
    }
  }
}
