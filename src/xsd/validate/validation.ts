import { violation, type Violation } from '../../violation/violation.js'
import type { ViolationRule } from '../../violation/violation-text.js'
import type { XmlDocument, XmlElement } from '../../xml/document.js'
import type { IncludedFiles } from '../included-files.js'
import type { SchemaSet } from '../schema-model.js'

/** One message while it is validated. */
export class Validation {
  readonly document: XmlDocument
  readonly root: XmlElement
  readonly schemas: SchemaSet
  readonly files: IncludedFiles | undefined
  readonly violations: Violation[] = []
  readonly #violationsMax: number
  /** Values of `xs:ID`, and of `xs:IDREF` with the element that has it; made when there is one. */
  ids: Set<string> | undefined
  references: Map<string, XmlElement> | undefined

  constructor(
    document: XmlDocument,
    root: XmlElement,
    schemas: SchemaSet,
    violationsMax: number,
    files: IncludedFiles | undefined,
  ) {
    this.document = document
    this.root = root
    this.schemas = schemas
    this.files = files
    this.#violationsMax = violationsMax
  }

  get isFull(): boolean {
    return this.violations.length >= this.#violationsMax
  }

  add(element: XmlElement, rule: ViolationRule, term?: string | number): void {
    if (!this.isFull) this.violations.push(violation(this.#pathOf(element), rule, term))
  }

  /** What is missing is named by the path that it would have; of several that may stand there, the place is. */
  addMissing(parent: XmlElement, names: string): void {
    if (this.isFull) return
    const path = this.#pathOf(parent)
    const isOne = !names.includes(' ')
    this.violations.push(violation(isOne ? `${path}/${names}` : path, 'missing', names))
  }

  addOfAttribute(
    element: XmlElement,
    localName: string,
    rule: ViolationRule,
    term?: string | number,
  ): void {
    if (this.isFull) return
    this.violations.push(violation(`${this.#pathOf(element)}/@${localName}`, rule, term))
  }

  /** Only made for a violation: finding the number among siblings looks at all of them. */
  #pathOf(element: XmlElement): string {
    const { document, root } = this
    const steps: string[] = []
    let at: XmlElement | undefined = element
    for (; at !== undefined && at !== root; at = document.parent(at)) {
      steps.push(`/${document.localName(at)}${this.#numberOf(at)}`)
    }
    return `/${document.localName(root)}${steps.reverse().join('')}`
  }

  /** `[2]` for the second of several siblings with one name; empty for one alone. */
  #numberOf(element: XmlElement): string {
    const { document } = this
    const parent = document.parent(element)
    const localName = document.localName(element)
    let count = 0
    let number = 0
    let each = parent === undefined ? undefined : document.firstChild(parent)
    for (; each !== undefined; each = document.nextSibling(each)) {
      if (document.localName(each) === localName) count++
      if (each === element) number = count
    }
    return count > 1 ? `[${String(number)}]` : ''
  }
}
