import {
  invalidField,
  missingField,
  modeValue,
  momentValue,
  printableValue,
  textValue,
  tokenValue,
} from '../../src/exchange/envelope-values.js'
import type { Envelope } from '../../src/exchange/envelope.js'
import type { VerifiedSoapHead, VerifiedSoapRequest } from '../../src/exchange/soap-content.js'
import type { VerifiedElement } from '../../src/exchange/verified-element.js'
import type { ServiceCode } from '../../src/exchange/identifier.js'
import { messageIdCharsMax, textCharsMax, tokenCharsMax } from '../../src/limits/http.js'
import { assertionCharsMax } from '../../src/limits/persons.js'
import { readClient, readRepresentedParty, readService } from './identifiers.js'
import {
  representationNamespace,
  sluiceNamespace,
  xroadNamespace,
  xroadNamespaces,
} from './names.js'

/** The field that a fault names when a header block says that it must be understood, and is not. */
export const mustUnderstandField = 'MustUnderstand'

/**
 * Reads the envelope from a SOAP request whose Header has been verified: header blocks of the X-Road
 * Message Protocol 4.0 and of `urn:sluice:header:1`, in the order in which X-Road checks them.
 * @throws Fault REQUEST_INVALID naming the element
 */
export function readEnvelope(verified: VerifiedSoapHead): Envelope {
  if (verified.mustUnderstand.length > 0) {
    const detail = 'A header block must be understood, and the bus does not know it.'
    throw invalidField(mustUnderstandField, detail)
  }
  checkBlocks(verified.headerBlocks)
  if (mandatory(verified, 'protocolVersion').text() !== '4.0') {
    throw invalidField('protocolVersion', 'The version of the message protocol must be 4.0.')
  }
  const consumer = readClient(mandatory(verified, 'client'))
  const messageId = printableValue(mandatory(verified, 'id').text(), 'id', messageIdCharsMax)
  const { serviceCode, version } = readService(mandatory(verified, 'service'))
  const mode = verified.headerBlock(sluiceNamespace, 'mode')?.text()
  const expires = verified.headerBlock(sluiceNamespace, 'expires')?.text()
  const party = verified.headerBlock(representationNamespace, 'representedParty')
  return {
    consumer,
    serviceCode,
    version,
    messageId,
    domain: tokenOf(verified, 'domain'),
    mode: mode === undefined ? undefined : modeValue(mode, 'mode'),
    purpose: textOf(verified, sluiceNamespace, 'purpose', textCharsMax),
    legalBasis: textOf(verified, sluiceNamespace, 'legalBasis', textCharsMax),
    caseNumber: textOf(verified, xroadNamespace, 'issue', messageIdCharsMax),
    userId: textOf(verified, xroadNamespace, 'userId', messageIdCharsMax),
    assertion: printableOf(verified, 'assertion', assertionCharsMax),
    representedParty: party && readRepresentedParty(party),
    correlationId: printableOf(verified, 'correlationId', messageIdCharsMax),
    classification: tokenOf(verified, 'classification'),
    expiresAt: expires === undefined ? undefined : momentValue(expires, 'expires'),
  }
}

/**
 * Checks that the Body asks for one thing (X-Road Message Protocol 4.0 §2.3).
 * @throws Fault REQUEST_INVALID
 */
export function checkBody({ body }: VerifiedSoapRequest): void {
  if (body.children().length !== 1) {
    throw invalidField('Body', 'The Body must have exactly one element.')
  }
}

/**
 * Checks that the Body asks for what the Header names: its element is called as the service code (X-Road Message Protocol
 * 4.0 §2.3). Nothing like it will do: `finRequest` may be another operation of the provider's than `fin`.
 * @throws Fault REQUEST_INVALID
 */
export function checkBodyName(verified: VerifiedSoapRequest, serviceCode: ServiceCode): void {
  if (!isNamedAs(verified, serviceCode)) {
    throw invalidField('Body', 'The element in the Body must be named as the service code.')
  }
}

/** Whether the Body's element is called as the service code. */
export function isNamedAs({ body }: VerifiedSoapRequest, serviceCode: ServiceCode): boolean {
  const [request] = body.children()
  return request?.localName === serviceCode.slice(serviceCode.lastIndexOf('/') + 1)
}

const knownBlocks: Readonly<Record<string, readonly string[]>> = {
  [xroadNamespace]: [
    ...['client', 'service', 'id', 'protocolVersion', 'userId', 'issue', 'securityServer'],
  ],
  [representationNamespace]: ['representedParty'],
  [sluiceNamespace]: [
    ...['domain', 'mode', 'purpose', 'legalBasis', 'correlationId', 'classification'],
    ...['expires', 'assertion'],
  ],
}

// A misspelt legal basis must not pass for none, and a reply must be able to repeat X-Road's blocks.
function checkBlocks(blocks: readonly VerifiedElement[]): void {
  for (const block of blocks) {
    const { namespace, localName } = block
    if (!namespace.startsWith(xroadNamespaces) && !namespace.startsWith('urn:sluice:')) continue
    if (knownBlocks[namespace]?.includes(localName) !== true) {
      throw invalidField(localName, 'The bus knows no such header block in this namespace.')
    }
    // It addresses one of X-Road's servers and says nothing here.
    if (localName === 'securityServer') for (const part of block.children()) part.text()
  }
}

function mandatory(verified: VerifiedSoapHead, localName: string): VerifiedElement {
  const block = verified.headerBlock(xroadNamespace, localName)
  if (block === undefined) throw missingField(localName)
  return block
}

function tokenOf(verified: VerifiedSoapHead, localName: string): string | undefined {
  const text = verified.headerBlock(sluiceNamespace, localName)?.text()
  return text === undefined ? undefined : tokenValue(text, localName, tokenCharsMax)
}

function textOf(
  verified: VerifiedSoapHead,
  namespace: string,
  localName: string,
  charsMax: number,
): string | undefined {
  const text = verified.headerBlock(namespace, localName)?.text()
  return text === undefined ? undefined : textValue(text, localName, charsMax)
}

function printableOf(
  verified: VerifiedSoapHead,
  localName: string,
  charsMax: number,
): string | undefined {
  const text = verified.headerBlock(sluiceNamespace, localName)?.text()
  return text === undefined ? undefined : printableValue(text, localName, charsMax)
}
