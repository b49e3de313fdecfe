import { hash, randomUUID } from 'node:crypto'
import type { AdapterTools } from '../../src/exchange/adapter.js'
import type { DerivedSoapRequest } from '../../src/exchange/derived-request.js'
import type { LoggedRequest } from '../../src/exchange/exchange.js'
import {
  addBusFields,
  addOriginFields,
  busFieldNames,
  originFieldNames,
  type OutboundMessage,
} from '../../src/http/deliver-signed.js'
import type { ProviderAddress } from '../../src/http/provider-address.js'
import { mediatedBytesMax } from '../../src/limits/mediation.js'
import { soapNamespaces } from './names.js'
import { envelopeAround, packMessage } from './pack-message.js'
import { requestHeaderBlocks } from './request-blocks.js'

const coveredFields: readonly string[] = [
  'content-type',
  'soapaction',
  ...busFieldNames,
  ...originFieldNames,
]

/**
 * The delivery of a request that came by another protocol: the Body that the mapping made, under a Header
 * that says who asks, with the bus's signature in it (WS-Security 1.1) where the service keeps Security headers.
 * @param mappingVersion - of the mapping that made it
 */
export function derivedMessage(
  derived: DerivedSoapRequest,
  address: ProviderAddress,
  logged: LoggedRequest,
  mappingVersion: string,
  tools: AdapterTools,
): OutboundMessage {
  const { version, attachments, isXop } = derived
  const envelope = envelopeOf(derived, logged, tools)
  const action = logged.route.soap?.action ?? ''
  const boundary = `sluice-${randomUUID()}`
  const packed = packMessage({ version, action, envelope, attachments, isXop, boundary })
  const rawHeaders = Object.entries(packed.headers).flat()
  addBusFields(rawHeaders, address, logged)
  addOriginFields(rawHeaders, logged, mappingVersion)
  return {
    method: 'POST',
    address,
    target: address.path,
    rawHeaders,
    cover: coveredFields,
    payload: packed.payload,
    payloadSha256: hash('sha256', packed.payload, 'buffer'),
    answerBytesMax: mediatedBytesMax,
  }
}

function envelopeOf(
  { body, version, attachments, isXop }: DerivedSoapRequest,
  { envelope, route }: LoggedRequest,
  tools: AdapterTools,
): Uint8Array {
  const { caseNumber: issue, expiresAt, ...terms } = envelope
  const expires = expiresAt?.toISOString()
  const headerBlocks =
    route.soap?.xroadHeaders === 'strip'
      ? []
      : requestHeaderBlocks({ ...terms, issue, expires, service: route.service })
  const namespace = soapNamespaces[version]
  // Many an old stack refuses a Security header that it does not know; over HTTP the bus has signed all of it anyway.
  if (route.soap?.securityHeader !== 'keep') return envelopeAround(body, namespace, headerBlocks)
  const { soap } = tools.replySigner(route.provider, false)
  const bare = envelopeAround(body, namespace)
  return soap.sign({ envelope: bare, headerBlocks, attachments, isXop })
}
