import { cmsAttributesMax } from '../limits/signed-data.js'
import { DerError, derTag, enterValue, rawOf, type DerValue } from '../trust/x509/der.js'
import { oidOf } from '../trust/x509/der-values.js'

/** Values of each attribute by its type. */
export type Attributes = ReadonlyMap<string, readonly DerValue[]>

/**
 * Reads signed or unsigned attributes, a SET OF under a tag of its own (RFC 5652 §5.3).
 * @throws DerError also where they are not in the order of DER (X.690 §11.6), or one type is there twice
 */
export function readAttributes(set: DerValue): Attributes {
  const reader = enterValue(set)
  const attributes = new Map<string, readonly DerValue[]>()
  let before: Buffer | undefined
  do {
    if (attributes.size >= cmsAttributesMax) throw new DerError('there are too many attributes')
    const value = reader.next(derTag.sequence)
    if (before && Buffer.compare(before, rawOf(value)) > 0) {
      throw new DerError('attributes are not in the order of DER')
    }
    before = rawOf(value)
    const attribute = enterValue(value)
    const type = oidOf(attribute.next(derTag.oid))
    if (attributes.has(type)) throw new DerError(`the attribute ${type} is there twice`)
    attributes.set(type, valuesOf(attribute.next(derTag.set)))
    attribute.finish()
  } while (!reader.done)
  return attributes
}

function valuesOf(set: DerValue): DerValue[] {
  const reader = enterValue(set)
  const values: DerValue[] = []
  do {
    if (values.length >= cmsAttributesMax) throw new DerError('an attribute has too many values')
    values.push(reader.next())
  } while (!reader.done)
  return values
}

/** The one value of an attribute; undefined where it is not there. @throws DerError for several */
export function onlyValue(attributes: Attributes, type: string): DerValue | undefined {
  const [value, ...others] = attributes.get(type) ?? []
  if (others.length > 0) throw new DerError(`the attribute ${type} has more than one value`)
  return value
}
