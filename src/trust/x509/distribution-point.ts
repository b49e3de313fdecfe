import { contextTag, DerError, derTag, enterOnly, enterValue, type DerReader } from './der.js'
import { booleanOf, namedBitsOf } from './der-values.js'
import { extensionIds, type Extensions } from './extensions.js'
import { directoryNames, generalNameKey, readGeneralNames } from './general-name.js'
import { listItemsMax } from '../../limits/certificates.js'
import { nameKey, readRdn, type Name } from './name.js'

/** All revocation reasons: bits 1 to 8 of ReasonFlags (RFC 5280 §4.2.1.13). */
export const allReasons = 0x1fe

/** Where a CRL is published: full names, or a part to hang on the issuer's name. */
export interface PointName {
  /** Comparable forms of the full names. */
  readonly full: readonly string[]
  /** Comparable form of nameRelativeToCRLIssuer. */
  readonly relative: string | undefined
}

/** RFC 5280 §4.2.1.13. */
export interface DistributionPoint {
  readonly name: PointName | undefined
  readonly reasons: number
  /** Names of another CRL issuer; empty where the certificate's issuer issues the CRL itself. */
  readonly crlIssuers: readonly Name[]
  readonly hasCrlIssuer: boolean
}

/** RFC 5280 §5.2.5. */
export interface IssuingDistributionPoint {
  readonly name: PointName | undefined
  readonly onlyUserCertificates: boolean
  readonly onlyCaCertificates: boolean
  readonly onlyAttributeCertificates: boolean
  readonly reasons: number
  readonly indirect: boolean
  /** The extension's bytes: two CRLs have one scope where these are the same. */
  readonly scope: string
}

/** @throws DerError */
export function readDistributionPoints(extensions: Extensions): readonly DistributionPoint[] {
  const extension = extensions.get(extensionIds.crlDistributionPoints)
  if (!extension) return []
  const sequence = enterOnly(extension.value, derTag.sequence)
  const points: DistributionPoint[] = []
  do {
    if (points.length >= listItemsMax) throw new DerError('a list has too many items')
    points.push(readPoint(sequence.enter(derTag.sequence)))
  } while (!sequence.done)
  return points
}

function readPoint(point: DerReader): DistributionPoint {
  const name = optionalPointName(point)
  const reasons = point.optional(contextTag(1, 'primitive'))
  const issuers = point.optional(contextTag(2, 'constructed'))
  point.finish()
  return {
    name,
    reasons: reasons ? namedBitsOf(reasons) & allReasons : allReasons,
    crlIssuers: issuers ? directoryNames(readGeneralNames(enterValue(issuers))) : [],
    hasCrlIssuer: issuers !== undefined,
  }
}

/** DistributionPointName, a CHOICE and therefore tagged explicitly. */
function optionalPointName(reader: DerReader): PointName | undefined {
  const field = reader.optional(contextTag(0, 'constructed'))
  if (!field) return undefined
  const choice = enterValue(field)
  const full = choice.optional(contextTag(0, 'constructed'))
  const relative = full ? undefined : choice.next(contextTag(1, 'constructed'))
  choice.finish()
  return {
    full: full ? readGeneralNames(enterValue(full)).map(generalNameKey) : [],
    relative: relative && readRdn(enterValue(relative)).key,
  }
}

/** @throws DerError */
export function readIssuingDistributionPoint(
  extensions: Extensions,
): IssuingDistributionPoint | undefined {
  const extension = extensions.get(extensionIds.issuingDistributionPoint)
  if (!extension) return undefined
  const sequence = enterOnly(extension.value, derTag.sequence)
  const name = optionalPointName(sequence)
  const flag = (number: number): boolean => {
    const field = sequence.optional(contextTag(number, 'primitive'))
    return field ? booleanOf(field) : false
  }
  const [onlyUserCertificates, onlyCaCertificates] = [flag(1), flag(2)]
  const reasons = sequence.optional(contextTag(3, 'primitive'))
  const [indirect, onlyAttributeCertificates] = [flag(4), flag(5)]
  sequence.finish()
  return {
    name,
    onlyUserCertificates,
    onlyCaCertificates,
    onlyAttributeCertificates,
    reasons: reasons ? namedBitsOf(reasons) & allReasons : allReasons,
    indirect,
    scope: extension.value.toString('hex'),
  }
}

/** The point's full names, a relative one completed with each issuer's name. */
export function pointNames(name: PointName, issuers: readonly Name[]): string[] {
  const { relative } = name
  if (relative === undefined) return [...name.full]
  return issuers.map((issuer) => `directory:${nameKey([...issuer.rdns, relative])}`)
}
