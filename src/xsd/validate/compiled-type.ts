import { textChecker, valueKey, type TextChecker } from '../check-text.js'
import { contentModel, type ContentModel } from '../content/content-model.js'
import type { AttributeUse, ComplexType, SimpleType, Wildcard } from '../schema-model.js'

/** An attribute of a type, with what its text is held to. */
export interface CompiledAttribute {
  readonly use: AttributeUse
  readonly checker: TextChecker
  readonly fixedKey: string | undefined
  /** With the same local name in another namespace. */
  readonly other: CompiledAttribute | undefined
}

/** A complex type, ready for messages. */
export interface CompiledType {
  readonly type: ComplexType
  readonly attributes: ReadonlyMap<string, CompiledAttribute>
  readonly required: readonly AttributeUse[]
  readonly anyAttribute: Wildcard | undefined
  /** Of simple content. */
  readonly valueType: SimpleType | undefined
  /** Of elements; undefined for empty and simple content. */
  readonly model: ContentModel | undefined
  readonly isMixed: boolean
}

const compiled = new WeakMap<ComplexType, CompiledType>()

/** The compiled type, compiled once. */
export function compiledType(type: ComplexType): CompiledType {
  let made = compiled.get(type)
  if (!made) {
    const { content } = type
    made = {
      type,
      attributes: attributesOf(type.attributes),
      required: type.attributes.filter((use) => use.isRequired),
      anyAttribute: type.anyAttribute,
      valueType: content.kind === 'simple' ? content.type : undefined,
      model: content.kind === 'elements' ? contentModel(content.particle) : undefined,
      isMixed: content.kind === 'elements' && content.isMixed,
    }
    compiled.set(type, made)
  }
  return made
}

function attributesOf(uses: readonly AttributeUse[]): Map<string, CompiledAttribute> {
  const byName = new Map<string, CompiledAttribute>()
  for (const use of uses) {
    byName.set(use.name.localName, compiledAttribute(use, byName.get(use.name.localName)))
  }
  return byName
}

export function compiledAttribute(
  use: AttributeUse,
  other: CompiledAttribute | undefined,
): CompiledAttribute {
  const fixedKey = use.fixedValue === undefined ? undefined : valueKey(use.type, use.fixedValue)
  return { use, checker: textChecker(use.type), fixedKey, other }
}
