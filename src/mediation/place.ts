/** What the two sides call one member of an object. */
export interface PlaceNames {
  /** Of an element, or of an attribute with its `@`; undefined for the text of an element. */
  readonly xmlName: string | undefined
  /** Undefined where JSON has no step: a member of an array, an element that is dissolved. */
  readonly jsonName: string | undefined
  /** Where in the JSON it stands, if not in its parent. */
  readonly movedTo: readonly string[] | undefined
}

/** The text of an element that has attributes, too. */
export const textNames: PlaceNames = { xmlName: undefined, jsonName: '$', movedTo: undefined }

/** A place in a message, in the names of both sides; paths are made only when somebody is told of them. */
export class Place {
  readonly #parent: Place | undefined
  readonly #names: PlaceNames
  /** Among its like, from 1; 0 where it does not repeat. */
  readonly #index: number
  readonly depth: number

  constructor(parent: Place | undefined, names: PlaceNames, index = 0) {
    this.#parent = parent
    this.#names = names
    this.#index = index
    this.depth = parent === undefined ? 0 : parent.depth + 1
  }

  /** As `Violation.path` has it; empty for the root. */
  get xmlPath(): string {
    const { xmlName } = this.#names
    if (this.#parent === undefined) return ''
    return this.#parent.xmlPath + (xmlName === undefined ? '' : `/${xmlName}`) + this.#member
  }

  /** The same in JSON's names. */
  get jsonPath(): string {
    const { jsonName, movedTo } = this.#names
    if (this.#parent === undefined) return ''
    if (movedTo !== undefined) return `/${movedTo.join('/')}${this.#member}`
    return this.#parent.jsonPath + (jsonName === undefined ? '' : `/${jsonName}`) + this.#member
  }

  get #member(): string {
    return this.#index === 0 ? '' : `[${this.#index}]`
  }
}

/** The path of a member of which there is no more than a name. */
export function below(path: string, name: string): string {
  return `${path}/${name}`
}

/** The path of names one within the other. */
export function pathOf(names: readonly string[]): string {
  return names.map((name) => `/${name}`).join('')
}
