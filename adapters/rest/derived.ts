import { hash } from 'node:crypto'
import type { DerivedHttpRequest } from '../../src/exchange/derived-request.js'
import type { Envelope } from '../../src/exchange/envelope.js'
import type { LoggedRequest } from '../../src/exchange/exchange.js'
import {
  addBusFields,
  addOriginFields,
  busFieldNames,
  originFieldNames,
  type OutboundMessage,
} from '../../src/http/deliver-signed.js'
import { encodeIdentifier } from '../../src/http/percent-encoding.js'
import { targetOf, type ProviderAddress } from '../../src/http/provider-address.js'
import { mediatedBytesMax } from '../../src/limits/mediation.js'
import { assertSafeRest } from './service-path.js'

/**
 * The delivery of a request that came by another protocol: what the mapping made of it, with the
 * envelope in this protocol's header fields.
 * @param mappingVersion - of the mapping that made it
 * @throws Fault REQUEST_INVALID for a path that leaves the provider's base address
 */
export function derivedMessage(
  derived: DerivedHttpRequest,
  address: ProviderAddress,
  logged: LoggedRequest,
  mappingVersion: string,
): OutboundMessage {
  const { method, path, query, payload } = derived
  assertSafeRest(path)
  const envelopeFields = fieldsOfEnvelope(logged.envelope)
  const rawHeaders = [...derived.rawHeaders, ...envelopeFields]
  addBusFields(rawHeaders, address, logged)
  addOriginFields(rawHeaders, logged, mappingVersion)
  return {
    method,
    address,
    target: targetOf(address, path, query),
    rawHeaders,
    cover: [
      ...lowerNames(derived.rawHeaders),
      ...lowerNames(envelopeFields),
      ...busFieldNames,
      ...originFieldNames,
    ],
    payload,
    payloadSha256: hash('sha256', payload, 'buffer'),
    answerBytesMax: mediatedBytesMax,
  }
}

/** What `readEnvelope` reads, written. */
export function fieldsOfEnvelope(envelope: Envelope): string[] {
  const fields = [
    ...['X-Road-Client', encodeIdentifier(envelope.consumer)],
    ...['X-Road-Id', envelope.messageId],
  ]
  const add = (name: string, value: string | undefined): void => {
    if (value !== undefined) fields.push(name, value)
  }
  const { representedParty } = envelope
  add('X-Road-UserId', encoded(envelope.userId))
  add('X-Road-Issue', encoded(envelope.caseNumber))
  add('X-Road-Represented-Party', representedParty && encodeIdentifier(representedParty))
  add('Sluice-Domain', envelope.domain)
  add('Sluice-Mode', envelope.mode)
  add('Sluice-Purpose', encoded(envelope.purpose))
  add('Sluice-Legal-Basis', encoded(envelope.legalBasis))
  add('Sluice-Correlation-Id', envelope.correlationId)
  add('Sluice-Classification', envelope.classification)
  add('Sluice-Expires', envelope.expiresAt?.toISOString())
  return fields
}

function encoded(text: string | undefined): string | undefined {
  return text === undefined ? undefined : encodeURIComponent(text)
}

function lowerNames(rawHeaders: readonly string[]): string[] {
  const names: string[] = []
  for (let i = 0; i < rawHeaders.length; i += 2) names.push((rawHeaders[i] ?? '').toLowerCase())
  return names
}
