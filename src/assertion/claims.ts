import { partyValue } from '../exchange/envelope-values.js'
import type { Assurance, PersonIdentifier, SubjectType } from '../exchange/person.js'
import { Fault } from '../exchange/fault.js'
import { IdentifierError, parseSubsystemId, type SubsystemId } from '../exchange/identifier.js'
import { JsonNumber, type JsonObject, type JsonValue } from '../json/json-value.js'
import { assertionLimits } from '../limits/persons.js'
import { identifierOf } from '../subject/identifier-form.js'
import { assertionFault } from './assertion-fault.js'

/** What an assertion claims; verified by nobody yet. */
export interface Claims {
  /** Who asserts it. */
  readonly issuer: SubsystemId
  /** The service that it is for, with its version or without. */
  readonly audience: string
  /** The subsystem that may ask with it. */
  readonly client: string
  /** The message id of the request that it is for. */
  readonly messageId: string
  readonly issuedAtMs: number
  readonly expiresAtMs: number
  readonly assurance: Assurance
  readonly identifiers: readonly PersonIdentifier[]
  readonly represents: string | undefined
}

const assurances = ['code-password', 'e-signature'] as const satisfies readonly Assurance[]
// The first that is there stands for the person in the log, whatever the order of the members.
const identifierTypes = ['fin', 'voen', 'telefon'] as const satisfies readonly SubjectType[]

const names: ReadonlySet<string> = new Set([
  ...['iss', 'aud', 'client', 'mid', 'iat', 'exp', 'jti', 'acr', 'sub', 'represents'],
])

/**
 * Reads the claims as strictly as they are described: each member once and of its kind, and no others.
 * @throws Fault ASSERTION_INVALID naming the member
 */
export function readClaims(claims: JsonObject): Claims {
  for (const name of claims.keys()) {
    if (!names.has(name)) throw assertionFault('It has a member that the bus does not know.')
  }
  textIn(claims, 'jti')
  const assurance = assurances.find((each) => each === claims.get('acr'))
  if (!assurance) throw invalid('acr', `one of ${assurances.join(', ')}`)
  return {
    issuer: issuerIn(claims),
    audience: textIn(claims, 'aud', assertionLimits.identifierCharsMax),
    client: textIn(claims, 'client', assertionLimits.identifierCharsMax),
    messageId: textIn(claims, 'mid'),
    issuedAtMs: momentIn(claims, 'iat'),
    expiresAtMs: momentIn(claims, 'exp'),
    assurance,
    identifiers: identifiersIn(claims.get('sub')),
    represents: representedIn(claims.get('represents')),
  }
}

function invalid(field: string, what: string, cause?: unknown): Fault {
  return assertionFault(`The member ${field} must be ${what}.`, field, cause)
}

function textIn(
  claims: JsonObject,
  name: string,
  charsMax: number = assertionLimits.idCharsMax,
): string {
  const value = claims.get(name)
  if (typeof value === 'string' && value !== '' && value.length <= charsMax) return value
  throw invalid(name, `a text of 1 to ${charsMax} characters`)
}

function issuerIn(claims: JsonObject): SubsystemId {
  try {
    return parseSubsystemId(textIn(claims, 'iss', assertionLimits.identifierCharsMax))
  } catch (error) {
    if (!(error instanceof IdentifierError)) throw error
    throw invalid('iss', 'the identifier of a subsystem', error)
  }
}

const secondsPattern = /^(?:0|[1-9][0-9]{0,11})$/

function momentIn(claims: JsonObject, name: string): number {
  const value = claims.get(name)
  if (value instanceof JsonNumber && secondsPattern.test(value.text)) {
    return Number(value.text) * 1_000
  }
  throw invalid(name, 'a whole number of seconds since 1970')
}

function identifiersIn(sub: JsonValue | undefined): PersonIdentifier[] {
  if (!(sub instanceof Map)) throw invalid('sub', 'an object')
  const members = sub as JsonObject
  for (const name of members.keys()) {
    if (!(identifierTypes as readonly string[]).includes(name)) {
      throw invalid('sub', `an object with ${identifierTypes.join(', ')} and nothing else`)
    }
  }
  const identifiers: PersonIdentifier[] = []
  for (const type of identifierTypes) {
    const value = members.get(type)
    if (value !== undefined) identifiers.push(...identifiersOf(type, value))
  }
  if (identifiers.length === 0) throw invalid('sub', 'an object with one identifier at least')
  return identifiers
}

function identifiersOf(type: SubjectType, value: JsonValue): PersonIdentifier[] {
  const texts = type === 'fin' ? [value] : value
  const max = assertionLimits.identifiersPerTypeMax
  if (!Array.isArray(texts) || texts.length === 0 || texts.length > max) {
    throw invalid(`sub.${type}`, `a list of 1 to ${max} texts`)
  }
  const identifiers = (texts as readonly JsonValue[]).map((text) => {
    const identifier = typeof text === 'string' ? identifierOf(type, text) : undefined
    if (!identifier) throw invalid(`sub.${type}`, `written as ${forms[type]}`)
    return identifier
  })
  if (new Set(identifiers.map((each) => each.value)).size < identifiers.length) {
    throw invalid(`sub.${type}`, 'a list that names nothing twice')
  }
  return identifiers
}

const forms: Readonly<Record<SubjectType, string>> = {
  fin: '5 to 10 letters and digits of ASCII',
  voen: '10 digits',
  telefon: '7 to 15 digits',
}

function representedIn(value: JsonValue | undefined): string | undefined {
  if (value === undefined) return undefined
  try {
    if (typeof value === 'string') return partyValue(value, 'represents')
  } catch (error) {
    if (!(error instanceof Fault)) throw error
  }
  throw invalid('represents', 'a code, or a class and a code separated by "/"')
}
