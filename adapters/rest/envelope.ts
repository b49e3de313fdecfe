import type { Envelope, ExchangeMode } from '../../src/exchange/exchange.js'
import { Fault } from '../../src/exchange/fault.js'
import {
  IdentifierError,
  isSegment,
  parseSubsystemId,
  type SubsystemId,
} from '../../src/exchange/identifier.js'
import type { VerifiedHttpHead } from '../../src/exchange/signed-content.js'
import { decodeIdentifier, decodePercent } from '../../src/http/percent-encoding.js'
import { parseServicePath } from './service-path.js'
import { messageIdCharsMax, textCharsMax, tokenCharsMax } from '../../src/limits.js'

const printableAscii = /^[\x20-\x7e]+$/
const token = /^[A-Za-z0-9][A-Za-z0-9._:-]*$/
// Control characters, line and paragraph separators, invisible and direction-changing characters:
// what an officer reads in the log must be what was signed.
const unreadable = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u

/**
 * Reads the envelope from a request whose signature has been verified: path of X-Road REST v1 (§4.1),
 * `X-Road-*` and `Sluice-*` header fields. Only covered fields are seen.
 * @throws Fault REQUEST_INVALID naming the field
 */
export function readEnvelope(verified: VerifiedHttpHead): Envelope {
  const { serviceCode, version } = parseServicePath(verified.path)
  return {
    consumer: consumerOf(verified),
    serviceCode,
    version,
    messageId: messageIdOf(verified),
    domain: tokenOf(verified, 'Sluice-Domain'),
    mode: modeOf(verified),
    purpose: textOf(verified, 'Sluice-Purpose', textCharsMax),
    legalBasis: textOf(verified, 'Sluice-Legal-Basis', textCharsMax),
    caseNumber: textOf(verified, 'X-Road-Issue', messageIdCharsMax),
    userId: textOf(verified, 'X-Road-UserId', messageIdCharsMax),
    representedParty: representedPartyOf(verified),
    correlationId: printableOf(verified, 'Sluice-Correlation-Id'),
    classification: tokenOf(verified, 'Sluice-Classification'),
  }
}

function consumerOf(verified: VerifiedHttpHead): SubsystemId {
  const field = 'X-Road-Client'
  const value = verified.header('x-road-client')
  if (value === undefined) throw invalid(field, 'The field is missing.')
  try {
    return parseSubsystemId(decodeIdentifier(value, field))
  } catch (error) {
    if (!(error instanceof IdentifierError)) throw error
    throw invalid(field, `The identifier is invalid: ${error.message}.`, error)
  }
}

function messageIdOf(verified: VerifiedHttpHead): string {
  const messageId = printableOf(verified, 'X-Road-Id')
  if (messageId === undefined) throw invalid('X-Road-Id', 'The field is missing.')
  return messageId
}

function modeOf(verified: VerifiedHttpHead): ExchangeMode | undefined {
  const mode = verified.header('sluice-mode')
  if (mode === undefined || mode === 'user' || mode === 'body') return mode
  throw invalid('Sluice-Mode', 'The field must be user or body.')
}

// X-Road's extension for represented parties: `[{class}/]{code}`.
function representedPartyOf(verified: VerifiedHttpHead): string | undefined {
  const field = 'X-Road-Represented-Party'
  const value = verified.header('x-road-represented-party')
  if (value === undefined) return undefined
  const party = decodeIdentifier(value, field)
  const segments = party.split('/')
  if (segments.length > 2 || !segments.every(isSegment)) {
    throw invalid(field, 'The field must be a code, or a class and a code separated by "/".')
  }
  return party
}

// Identifiers of the consumer's own choice are compared as they stand, so nothing is decoded.
function printableOf(verified: VerifiedHttpHead, field: string): string | undefined {
  const value = verified.header(field.toLowerCase())
  if (value === undefined) return undefined
  if (value.length > messageIdCharsMax || !printableAscii.test(value)) {
    throw invalid(field, `The field must be 1 to ${messageIdCharsMax} printable ASCII characters.`)
  }
  return value
}

function tokenOf(verified: VerifiedHttpHead, field: string): string | undefined {
  const value = verified.header(field.toLowerCase())
  if (value === undefined) return undefined
  if (value.length > tokenCharsMax || !token.test(value)) {
    throw invalid(field, `The field must be a word of at most ${tokenCharsMax} characters.`)
  }
  return value
}

function textOf(verified: VerifiedHttpHead, field: string, charsMax: number): string | undefined {
  const value = verified.header(field.toLowerCase())
  if (value === undefined) return undefined
  const text = decodePercent(value, field)
  if (text === '' || text.length > charsMax || text.trim() !== text || unreadable.test(text)) {
    throw invalid(field, `The field must be 1 to ${charsMax} readable characters.`)
  }
  return text
}

function invalid(field: string, detail: string, cause?: unknown): Fault {
  return new Fault('REQUEST_INVALID', { field, detail, cause })
}
