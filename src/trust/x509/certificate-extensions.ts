import { contentOf, contextTag, DerError, derTag, DerReader, enterOnly } from './der.js'
import { booleanOf, namedBitsOf, oidOf, smallNaturalOf } from './der-values.js'
import { extensionIds, type Extensions } from './extensions.js'
import { readGeneralNames, generalNameOf, type GeneralName } from './general-name.js'
import { listItemsMax } from '../../limits/certificates.js'

/** KeyUsage bits (RFC 5280 §4.2.1.3). */
export const keyUsageBit = {
  digitalSignature: 1,
  nonRepudiation: 1 << 1,
  keyCertSign: 1 << 5,
  cRLSign: 1 << 6,
} as const

export const anyPolicy = '2.5.29.32.0'

export interface BasicConstraints {
  readonly isCa: boolean
  readonly pathLength: number | undefined
}

export interface PolicyMapping {
  readonly issuerPolicy: string
  readonly subjectPolicy: string
}

export interface PolicyConstraints {
  readonly requireExplicitPolicy: number | undefined
  readonly inhibitPolicyMapping: number | undefined
}

export interface Subtree {
  readonly base: GeneralName
  /** Whether `minimum` and `maximum` are as RFC 5280 §4.2.1.10 wants them: 0 and absent. */
  readonly plain: boolean
}

export interface NameConstraints {
  readonly permitted: readonly Subtree[]
  readonly excluded: readonly Subtree[]
}

function sequenceIn(extensions: Extensions, id: string): DerReader | undefined {
  const extension = extensions.get(id)
  return extension && enterOnly(extension.value, derTag.sequence)
}

/** Reads each item of a SEQUENCE OF that RFC 5280 gives at least one item. */
function items<Item>(sequence: DerReader, read: (sequence: DerReader) => Item): Item[] {
  const list: Item[] = []
  do {
    if (list.length >= listItemsMax) throw new DerError('a list has too many items')
    list.push(read(sequence))
  } while (!sequence.done)
  return list
}

/** RFC 5280 §4.2.1.9. @throws DerError */
export function readBasicConstraints(extensions: Extensions): BasicConstraints | undefined {
  const sequence = sequenceIn(extensions, extensionIds.basicConstraints)
  if (!sequence) return undefined
  const ca = sequence.optional(derTag.boolean)
  const pathLength = sequence.optional(derTag.integer)
  sequence.finish()
  return {
    isCa: ca ? booleanOf(ca) : false,
    pathLength: pathLength && smallNaturalOf(pathLength),
  }
}

/** Bits of RFC 5280 §4.2.1.3; undefined where there is no such extension. @throws DerError */
export function readKeyUsage(extensions: Extensions): number | undefined {
  const extension = extensions.get(extensionIds.keyUsage)
  if (!extension) return undefined
  const reader = new DerReader(extension.value)
  const bits = namedBitsOf(reader.next(derTag.bitString))
  reader.finish()
  return bits
}

/** RFC 5280 §4.2.1.12. @throws DerError */
export function readExtendedKeyUsage(extensions: Extensions): readonly string[] | undefined {
  const sequence = sequenceIn(extensions, extensionIds.extendedKeyUsage)
  return sequence && items(sequence, (each) => oidOf(each.next(derTag.oid)))
}

/** RFC 5280 §4.2.1.6. @throws DerError */
export function readSubjectAltNames(extensions: Extensions): readonly GeneralName[] {
  const sequence = sequenceIn(extensions, extensionIds.subjectAltName)
  return sequence ? readGeneralNames(sequence) : []
}

/** Policy identifiers of RFC 5280 §4.2.1.4; qualifiers do not bear on the verdict. @throws DerError */
export function readCertificatePolicies(extensions: Extensions): readonly string[] | undefined {
  const sequence = sequenceIn(extensions, extensionIds.certificatePolicies)
  const policies =
    sequence && items(sequence, (each) => oidOf(each.enter(derTag.sequence).next(derTag.oid)))
  if (policies && new Set(policies).size !== policies.length) {
    throw new DerError('a certificate policy is there twice')
  }
  return policies
}

/** RFC 5280 §4.2.1.5. @throws DerError */
export function readPolicyMappings(extensions: Extensions): readonly PolicyMapping[] {
  const sequence = sequenceIn(extensions, extensionIds.policyMappings)
  if (!sequence) return []
  return items(sequence, (each) => {
    const mapping = each.enter(derTag.sequence)
    const issuerPolicy = oidOf(mapping.next(derTag.oid))
    const subjectPolicy = oidOf(mapping.next(derTag.oid))
    mapping.finish()
    return { issuerPolicy, subjectPolicy }
  })
}

/** RFC 5280 §4.2.1.11. @throws DerError */
export function readPolicyConstraints(extensions: Extensions): PolicyConstraints | undefined {
  const sequence = sequenceIn(extensions, extensionIds.policyConstraints)
  if (!sequence) return undefined
  const explicit = sequence.optional(contextTag(0, 'primitive'))
  const mapping = sequence.optional(contextTag(1, 'primitive'))
  sequence.finish()
  return {
    requireExplicitPolicy: explicit && smallNaturalOf(explicit),
    inhibitPolicyMapping: mapping && smallNaturalOf(mapping),
  }
}

/** SkipCerts of RFC 5280 §4.2.1.14. @throws DerError */
export function readInhibitAnyPolicy(extensions: Extensions): number | undefined {
  const extension = extensions.get(extensionIds.inhibitAnyPolicy)
  if (!extension) return undefined
  const reader = new DerReader(extension.value)
  const skip = smallNaturalOf(reader.next(derTag.integer))
  reader.finish()
  return skip
}

/** RFC 5280 §4.2.1.10. @throws DerError */
export function readNameConstraints(extensions: Extensions): NameConstraints | undefined {
  const sequence = sequenceIn(extensions, extensionIds.nameConstraints)
  if (!sequence) return undefined
  const subtrees = (number: number): Subtree[] => {
    const tag = contextTag(number, 'constructed')
    return sequence.nextTag === tag ? items(sequence.enter(tag), readSubtree) : []
  }
  const constraints = { permitted: subtrees(0), excluded: subtrees(1) }
  sequence.finish()
  return constraints
}

function readSubtree(reader: DerReader): Subtree {
  const subtree = reader.enter(derTag.sequence)
  const base = generalNameOf(subtree.next())
  return { base, plain: subtree.done }
}

/** keyIdentifier of RFC 5280 §4.2.1.2, hexadecimal. @throws DerError */
export function readSubjectKeyId(extensions: Extensions): string | undefined {
  const extension = extensions.get(extensionIds.subjectKeyIdentifier)
  if (!extension) return undefined
  const reader = new DerReader(extension.value)
  const keyId = contentOf(reader.next(derTag.octetString)).toString('hex')
  reader.finish()
  return keyId
}
