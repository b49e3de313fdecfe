import {
  consumerValue,
  missingField,
  modeValue,
  momentValue,
  partyValue,
  printableValue,
  textValue,
  tokenValue,
} from '../../src/exchange/envelope-values.js'
import type { Envelope, ExchangeMode } from '../../src/exchange/envelope.js'
import type { VerifiedHttpHead } from '../../src/exchange/http-content.js'
import type { ServiceCode, SubsystemId } from '../../src/exchange/identifier.js'
import { decodeIdentifier, decodePercent } from '../../src/http/percent-encoding.js'
import { messageIdCharsMax, textCharsMax, tokenCharsMax } from '../../src/limits/http.js'
import { assertionCharsMax } from '../../src/limits/persons.js'
import { listClientsPath, parseServicePath } from './service-path.js'

/**
 * Reads the envelope from a request whose signature has been verified: path of X-Road REST v1 (§4.1),
 * `X-Road-*` and `Sluice-*` header fields. Only covered fields are seen.
 * @throws Fault REQUEST_INVALID naming the field
 */
export function readEnvelope(verified: VerifiedHttpHead): Envelope {
  const consumer = consumerOf(verified)
  const { serviceCode, version } =
    verified.path === listClientsPath
      ? { serviceCode: `${consumer}/listClients` as ServiceCode, version: undefined }
      : parseServicePath(verified.path)
  return {
    consumer,
    serviceCode,
    version,
    messageId: messageIdOf(verified),
    domain: tokenOf(verified, 'Sluice-Domain'),
    mode: modeOf(verified),
    purpose: textOf(verified, 'Sluice-Purpose', textCharsMax),
    legalBasis: textOf(verified, 'Sluice-Legal-Basis', textCharsMax),
    caseNumber: textOf(verified, 'X-Road-Issue', messageIdCharsMax),
    userId: textOf(verified, 'X-Road-UserId', messageIdCharsMax),
    assertion: printableOf(verified, 'Sluice-Assertion', assertionCharsMax),
    representedParty: representedPartyOf(verified),
    correlationId: printableOf(verified, 'Sluice-Correlation-Id'),
    classification: tokenOf(verified, 'Sluice-Classification'),
    expiresAt: momentOf(verified, 'Sluice-Expires'),
  }
}

function consumerOf(verified: VerifiedHttpHead): SubsystemId {
  const field = 'X-Road-Client'
  const value = verified.header('x-road-client')
  if (value === undefined) throw missingField(field)
  return consumerValue(decodeIdentifier(value, field), field)
}

function messageIdOf(verified: VerifiedHttpHead): string {
  const messageId = printableOf(verified, 'X-Road-Id')
  if (messageId === undefined) throw missingField('X-Road-Id')
  return messageId
}

function modeOf(verified: VerifiedHttpHead): ExchangeMode | undefined {
  const mode = verified.header('sluice-mode')
  return mode === undefined ? undefined : modeValue(mode, 'Sluice-Mode')
}

function representedPartyOf(verified: VerifiedHttpHead): string | undefined {
  const field = 'X-Road-Represented-Party'
  const value = verified.header('x-road-represented-party')
  return value === undefined ? undefined : partyValue(decodeIdentifier(value, field), field)
}

// Identifiers of the consumer's own choice are compared as they stand, so nothing is decoded.
function printableOf(
  verified: VerifiedHttpHead,
  field: string,
  charsMax = messageIdCharsMax,
): string | undefined {
  const value = verified.header(field.toLowerCase())
  return value === undefined ? undefined : printableValue(value, field, charsMax)
}

function momentOf(verified: VerifiedHttpHead, field: string): Date | undefined {
  const value = verified.header(field.toLowerCase())
  return value === undefined ? undefined : momentValue(value, field)
}

function tokenOf(verified: VerifiedHttpHead, field: string): string | undefined {
  const value = verified.header(field.toLowerCase())
  return value === undefined ? undefined : tokenValue(value, field, tokenCharsMax)
}

function textOf(verified: VerifiedHttpHead, field: string, charsMax: number): string | undefined {
  const value = verified.header(field.toLowerCase())
  return value === undefined ? undefined : textValue(decodePercent(value, field), field, charsMax)
}
