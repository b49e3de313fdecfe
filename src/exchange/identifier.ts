/**
 * X-Road identifiers, in their one canonical text form. Texts rather than objects, so that they are
 * keys of maps, columns and log fields without conversion; branded, so that only parsed ones pass.
 */

declare const kind: unique symbol

/** `AZ/GOV/DIN`: an agency or company admitted to the bus. */
export type MemberId = string & { readonly [kind]: 'member' }
/** `AZ/GOV/DIN/GCQ`: a registered information system of a member. */
export type SubsystemId = string & { readonly [kind]: 'subsystem' }
/** `AZ/GOV/DIN/GCQ/finAxtaris`: an operation of a subsystem, whatever its version. */
export type ServiceCode = string & { readonly [kind]: 'serviceCode' }
/** `AZ/GOV/DIN/GCQ/finAxtaris/v1`: one version of a service. */
export type ServiceId = string & { readonly [kind]: 'service' }

export const memberClasses = ['GOV', 'MUN', 'COM', 'PUB'] as const

/** Longest segment of an identifier, in UTF-16 code units. */
export const segmentCharsMax = 100

// X-Road REST message protocol §4.1 with the exclusions of PR-MESS §2.2: separators, percent,
// control characters, zero-width space and byte order mark.
const forbiddenInSegment = /[/\\%:;\u0000-\u001f\u007f-\u009f\u200b\ufeff]/
const versionPattern = /^v[1-9][0-9]{0,3}$/

/** An identifier that breaks the rules. The message names the rule, never echoes control bytes. */
export class IdentifierError extends Error {
  override readonly name = 'IdentifierError'
}

/** Whether `text` may be one segment of an identifier. */
export function isSegment(text: string): boolean {
  return (
    text.length > 0 &&
    text.length <= segmentCharsMax &&
    text !== '.' &&
    text !== '..' &&
    text.trim() === text &&
    text.isWellFormed() &&
    !forbiddenInSegment.test(text)
  )
}

/** Whether `text` is a service version, `v1` to `v9999`. */
export function isVersion(text: string): boolean {
  return versionPattern.test(text)
}

function segmentsOf(text: string, count: number, what: string): string[] {
  const segments = text.split('/')
  if (segments.length !== count) {
    throw new IdentifierError(`${what} must have ${count} segments separated by "/"`)
  }
  for (const [index, segment] of segments.entries()) {
    if (!isSegment(segment)) throw new IdentifierError(`segment ${index + 1} of ${what} is invalid`)
  }
  if (!(memberClasses as readonly string[]).includes(segments[1] ?? '')) {
    throw new IdentifierError(`member class must be one of ${memberClasses.join(', ')}`)
  }
  return segments
}

/** @throws IdentifierError */
export function parseMemberId(text: string): MemberId {
  segmentsOf(text, 3, 'a member identifier')
  return text as MemberId
}

/** @throws IdentifierError */
export function parseSubsystemId(text: string): SubsystemId {
  segmentsOf(text, 4, 'a subsystem identifier')
  return text as SubsystemId
}

/** @throws IdentifierError */
export function parseServiceCode(text: string): ServiceCode {
  segmentsOf(text, 5, 'a service code')
  return text as ServiceCode
}

/** @throws IdentifierError */
export function parseServiceId(text: string): ServiceId {
  const segments = segmentsOf(text, 6, 'a service identifier')
  if (!isVersion(segments[5] ?? '')) {
    throw new IdentifierError('the version must be v1 to v9999')
  }
  return text as ServiceId
}

/** `AZ/GOV/DIN/GCQ/finAxtaris` and `v1` make `AZ/GOV/DIN/GCQ/finAxtaris/v1`. */
export function serviceIdOf(code: ServiceCode, version: string): ServiceId {
  return `${code}/${version}` as ServiceId
}

/** The service code without its version. */
export function serviceCodeOf(service: ServiceId): ServiceCode {
  return service.slice(0, service.lastIndexOf('/')) as ServiceCode
}

/** The subsystem that offers a service. */
export function providerOf(service: ServiceId | ServiceCode): SubsystemId {
  return service.split('/', 4).join('/') as SubsystemId
}

/** The member that owns a subsystem. */
export function memberOf(subsystem: SubsystemId): MemberId {
  return subsystem.slice(0, subsystem.lastIndexOf('/')) as MemberId
}
