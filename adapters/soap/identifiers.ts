import {
  consumerValue,
  invalidField,
  missingField,
  partyValue,
} from '../../src/exchange/envelope-values.js'
import {
  IdentifierError,
  isSegment,
  isVersion,
  parseServiceCode,
  type ServiceCode,
  type SubsystemId,
} from '../../src/exchange/identifier.js'
import type { VerifiedElement } from '../../src/exchange/verified-element.js'
import { identifiersNamespace, representationNamespace } from './names.js'

/** The service that a request names; without a version the registry's default is meant. */
export interface NamedService {
  readonly serviceCode: ServiceCode
  readonly version: string | undefined
}

const ofSubsystem = ['xRoadInstance', 'memberClass', 'memberCode', 'subsystemCode'] as const
const ofService = [...ofSubsystem, 'serviceCode', 'serviceVersion'] as const

/**
 * Reads a client element (X-Road Message Protocol 4.0 §2.1).
 * @throws Fault REQUEST_INVALID naming the element
 */
export function readClient(element: VerifiedElement): SubsystemId {
  const parts = readParts(element, 'SUBSYSTEM', ofSubsystem)
  return consumerValue(parts.join('/'), element.localName)
}

/** Reads a service element. @throws Fault REQUEST_INVALID naming the element */
export function readService(element: VerifiedElement): NamedService {
  const [version, ...rest] = readParts(element, 'SERVICE', ofService).reverse()
  const hasVersion = rest.length === ofService.length - 1
  const segments = (hasVersion ? rest : [version ?? '', ...rest]).reverse()
  if (hasVersion && !isVersion(version ?? '')) {
    throw invalidField('serviceVersion', 'The version must be v1 to v9999.')
  }
  try {
    const serviceCode = parseServiceCode(segments.join('/'))
    return { serviceCode, version: hasVersion ? version : undefined }
  } catch (error) {
    if (!(error instanceof IdentifierError)) throw error
    const detail = `The identifier is invalid: ${error.message}.`
    throw invalidField(element.localName, detail, error)
  }
}

/** Reads a representedParty element: `[{class}/]{code}`. @throws Fault REQUEST_INVALID */
export function readRepresentedParty(element: VerifiedElement): string {
  const children = element.children()
  const names = children.map(({ localName }) => localName).join(' ')
  const isKnown = names === 'partyCode' || names === 'partyClass partyCode'
  if (!isKnown || children.some(({ namespace }) => namespace !== representationNamespace)) {
    throw invalidField(element.localName, 'The element holds partyClass, if any, and partyCode.')
  }
  const parts = children.map((child) => child.text())
  if (!parts.every(isSegment)) {
    throw invalidField(element.localName, 'A part of the identifier is invalid.')
  }
  return partyValue(parts.join('/'), element.localName)
}

/** The texts of an identifier's parts, in the order of X-Road's schema. A version may be missing. */
function readParts(
  element: VerifiedElement,
  objectType: 'SUBSYSTEM' | 'SERVICE',
  names: readonly string[],
): string[] {
  const field = element.localName
  if (element.attribute(identifiersNamespace, 'objectType') !== objectType) {
    throw invalidField(field, `The attribute objectType must be ${objectType}.`)
  }
  const children = element.children()
  const parts: string[] = []
  for (const name of names) {
    const child = children[parts.length]
    const isThere = child?.localName === name && child.namespace === identifiersNamespace
    if (isThere) parts.push(partOf(child))
    else if (name !== 'serviceVersion') throw missingField(name)
  }
  if (parts.length === children.length) return parts
  throw invalidField(field, 'The identifier has an element that must not be there.')
}

function partOf(element: VerifiedElement): string {
  const text = element.text()
  if (isSegment(text)) return text
  throw invalidField(element.localName, 'The part of the identifier is empty or invalid.')
}
