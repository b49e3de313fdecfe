import { escapedAttribute, escapedText } from '../mediation/xml-text.js'
import type { ArrayForm, JsonForm, MemberForm, ScalarForm } from './json-form.js'
import type { FormReader } from './read-form.js'
import { simpleTypeOf } from './simple-type.js'
import { UniqueNames } from './xml-names.js'

/** How an element stands in its parent. */
interface Occurrence {
  readonly min: number
  readonly max: number
}

/** A member of a sequence with the name that it has in XML. */
export interface WrittenMember extends MemberForm {
  readonly xmlName: string
}

/** Writes forms as XML Schema with the hints that bring the JSON back (`JsonHint`). */
export class XsdWriter {
  readonly #reader: FormReader
  readonly #typeNames = new UniqueNames()
  readonly #types = new Map<string, string>()
  readonly #pending: string[] = []

  constructor(reader: FormReader) {
    this.#reader = reader
  }

  /** Members with names of which none is there twice. */
  named(members: readonly MemberForm[]): WrittenMember[] {
    const names = new UniqueNames()
    return members.map((member) => ({ ...member, xmlName: names.nameFor(member.name) }))
  }

  /** @param path - see `viewProblem` */
  member(member: WrittenMember, path: string): string {
    const { form, isRequired, name, xmlName } = member
    const at = `${path}/${name}`
    const names = { name, xmlName }
    if (form.kind === 'array') return this.#arrayMember(names, form, isRequired, at)
    return this.#element(names, form, { min: isRequired ? 1 : 0, max: 1 }, at)
  }

  members(members: readonly WrittenMember[], path: string): string {
    return members.map((member) => this.member(member, path)).join('')
  }

  /** The types that what was written refers to, and those that they refer to. */
  types(): string {
    let text = ''
    for (let next = this.#pending.shift(); next !== undefined; next = this.#pending.shift()) {
      const { members } = this.#reader.definition(next)
      const content = this.members(this.named(members), `#/$defs/${next}`)
      const name = this.#types.get(next) ?? next
      text += `<xs:complexType name="${name}">${sequence(content)}</xs:complexType>`
    }
    return text
  }

  /**
   * An array that has to be there, or cannot be empty, is its element repeated; another one has an element around it,
   * so that no array and an empty one stay two things. One item at most would be no array.
   */
  #arrayMember(names: Names, form: ArrayForm, isRequired: boolean, path: string): string {
    const { min, max, item, isNullable } = form
    const isRepeated = !isNullable && max > 1 && (isRequired || min > 0)
    if (!isRepeated) {
      return this.#element(names, form, { min: isRequired ? 1 : 0, max: 1 }, path)
    }
    const element = this.#element(names, item, { min, max }, `${path}[]`, form.documentation)
    return isRequired ? element : `<xs:sequence minOccurs="0">${element}</xs:sequence>`
  }

  #element(
    names: Names,
    form: JsonForm,
    occurrence: Occurrence,
    path: string,
    documentation = form.documentation,
  ): string {
    const nillable = form.isNullable ? ' nillable="true"' : ''
    const { attributes, content } = this.#typed(form, path)
    const { min, max } = occurrence
    const start =
      `<xs:element name="${names.xmlName}"${hintOf(names)}${attributes}` +
      (min === 1 ? '' : ` minOccurs="${min}"`) +
      (max === 1 ? '' : ` maxOccurs="${max === Infinity ? 'unbounded' : max}"`) +
      nillable
    const inside = annotation(documentation) + content
    return inside === '' ? `${start}/>` : `${start}>${inside}</xs:element>`
  }

  /** The attributes of an element that say its type, or its type itself. */
  #typed(form: JsonForm, path: string): { readonly attributes: string; readonly content: string } {
    switch (form.kind) {
      case 'scalar':
        return this.#scalar(form, path)
      case 'reference':
        return { attributes: ` type="tns:${this.#typeName(form.definition)}"`, content: '' }
      case 'object': {
        const content = this.members(this.named(form.members), path)
        return { attributes: '', content: complexType(content) }
      }
      case 'array': {
        const { item, min, max } = form
        const names = { name: 'item', xmlName: 'item' }
        const inner = this.#element(names, item, { min, max }, `${path}[]`)
        return { attributes: ' json:array="wrapper"', content: complexType(inner) }
      }
    }
  }

  #scalar(
    form: ScalarForm,
    path: string,
  ): { readonly attributes: string; readonly content: string } {
    const type = simpleTypeOf(form)
    if (type === undefined) {
      this.#reader.problem(path, 'character', 'enum')
      return { attributes: '', content: '' }
    }
    const hint = type.hint === undefined ? '' : ` json:type="${type.hint}"`
    if (type.facets === '') return { attributes: `${hint} type="${type.base}"`, content: '' }
    const restriction = `<xs:restriction base="${type.base}">${type.facets}</xs:restriction>`
    return { attributes: hint, content: `<xs:simpleType>${restriction}</xs:simpleType>` }
  }

  #typeName(definition: string): string {
    const known = this.#types.get(definition)
    if (known !== undefined) return known
    const name = this.#typeNames.nameFor(definition)
    this.#types.set(definition, name)
    this.#pending.push(definition)
    return name
  }
}

export interface Names {
  readonly name: string
  readonly xmlName: string
}

/** The JSON name, where XML has another one. */
export function hintOf({ name, xmlName }: Names): string {
  return name === xmlName ? '' : ` json:name="${escapedAttribute(name) ?? ''}"`
}

export function sequence(content: string): string {
  return content === '' ? '<xs:sequence/>' : `<xs:sequence>${content}</xs:sequence>`
}

function complexType(content: string): string {
  return `<xs:complexType>${sequence(content)}</xs:complexType>`
}

function annotation(documentation: string): string {
  const text = documentation === '' ? '' : (escapedText(documentation) ?? '')
  if (text === '') return ''
  return `<xs:annotation><xs:documentation>${text}</xs:documentation></xs:annotation>`
}
