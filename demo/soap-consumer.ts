import { hash, X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { request as httpRequest } from 'undici'
import { v7 as uuidv7 } from 'uuid'
import {
  sluiceFaultNamespace,
  sluiceNamespace,
  soapNamespaces,
  xroadNamespace,
} from '../adapters/soap/names.js'
import type { AssertionToSign } from '../src/assertion/sign-assertion.js'
import { Fault } from '../src/exchange/fault.js'
import type { VerifiedSoapRequest } from '../src/exchange/soap-content.js'
import type { VerifiedElement } from '../src/exchange/verified-element.js'
import { verifyBusReply } from '../src/trust/wss/client.js'
import { createSoapSigner } from '../src/trust/wss/sign-message.js'
import type { CallOutcome } from './consumer.js'
import type { Credentials } from './sample-pki.js'
import { assertedBy } from './user-assertion.js'
import { soapEnvelope, soapHeaderBlocks, type SoapHeaderValues } from './soap-request.js'

/** One call of a consumer's SOAP system. */
export interface SoapCall extends Omit<SoapHeaderValues, 'messageId' | 'assertion'> {
  readonly credentials: Credentials
  /** Who the user is, in mode user. */
  readonly user?: AssertionToSign['subject']
  /** Content of the Body. */
  readonly body: string
  /** The consumer's stack verifies RSA and nothing else, as old ones do. */
  readonly isRsaOnly?: boolean
  /** Spoils the request after it was signed; `unsigned` leaves the signature out. */
  readonly spoil?: 'unsigned' | 'altered'
}

/** A consumer's SOAP 1.1 system: signs after WS-Security, sends, verifies what the bus answers. */
export class SampleSoapConsumer {
  readonly #busAddress: string
  readonly #bus: readonly X509Certificate[]

  /** @param busCertificatesFile - PEM, the bus's certificates one after the other */
  constructor(busAddress: string, busCertificatesFile: string) {
    this.#busAddress = busAddress
    const pems = readFileSync(busCertificatesFile, 'utf8').split(/(?=-----BEGIN )/)
    this.#bus = pems.map((pem) => new X509Certificate(pem))
  }

  /** @throws Error when the bus's answer does not verify */
  async call(call: SoapCall): Promise<CallOutcome> {
    const signed = messageOf(call)
    const body = call.spoil === 'altered' ? altered(signed) : signed
    const headers = { 'Content-Type': 'text/xml; charset=utf-8', SOAPAction: '""' }
    const startedAt = performance.now()
    const response = await httpRequest(this.#busAddress, { method: 'POST', headers, body })
    const payload = Buffer.from(await response.body.arrayBuffer())
    const milliseconds = performance.now() - startedAt
    const verified = this.#verified(payload, call.isRsaOnly === true)
    const refusal = refusalIn(verified.body)
    if (!refusal) checkRequestHash(verified, body)
    return {
      status: response.statusCode,
      exchangeId: verified.headerBlock(sluiceNamespace, 'exchangeId')?.text() ?? '',
      fault: refusal?.code,
      body: refusal ?? payload.toString('utf8'),
      sentSha256: hash('sha256', body, 'hex'),
      milliseconds,
    }
  }

  /** By the certificate of the bus that the answer names. */
  #verified(envelope: Buffer, isRsaOnly: boolean): VerifiedSoapRequest {
    const payload = { bytes: envelope, envelope, attachments: [] }
    for (const { publicKey, raw } of this.#bus) {
      if (isRsaOnly && publicKey.asymmetricKeyType !== 'rsa') continue
      try {
        const certificateThumbprint = hash('sha256', raw, 'base64url')
        return verifyBusReply({ payload, publicKey, certificateThumbprint })
      } catch (error) {
        if (!(error instanceof Fault && error.code === 'CERT_UNKNOWN')) throw error
      }
    }
    throw new Error('the answer is not signed by the bus')
  }
}

function messageOf(call: SoapCall): Buffer {
  const messageId = uuidv7()
  const assertion = call.user && { assertion: assertedBy(call, call.user, messageId) }
  const headerBlocks = soapHeaderBlocks({ ...call, messageId, ...assertion })
  if (call.spoil === 'unsigned') return Buffer.from(soapEnvelope(call.body, headerBlocks))
  const { privateKey, folder } = call.credentials
  const certificate = new X509Certificate(readFileSync(join(folder, 'certificate.pem'))).raw
  const signer = createSoapSigner({ privateKey, certificate, now: () => new Date() })
  const envelope = Buffer.from(soapEnvelope(call.body))
  return Buffer.from(signer.sign({ envelope, headerBlocks, attachments: [] }))
}

// Somebody on the way asks about another person; what the Header says stays.
function altered(message: Buffer): Buffer {
  return Buffer.from(message.toString('utf8').replace('<fin>0TEST01', '<fin>0TEST02'))
}

/** @throws Error when the answer is to another request */
function checkRequestHash(verified: VerifiedSoapRequest, sent: Buffer): void {
  const requestHash = verified.headerBlock(xroadNamespace, 'requestHash')?.text()
  if (requestHash !== hash('sha256', sent, 'base64')) throw new Error('it answers another request')
}

/** What the bus says in the detail of its Fault; undefined for an answer, and for a provider's own Fault. */
function refusalIn(body: VerifiedElement): SoapRefusal | undefined {
  const [fault] = body.children()
  const isFault = fault?.namespace === soapNamespaces['1.1'] && fault.localName === 'Fault'
  if (!isFault) return undefined
  const detail = fault.children().find(({ localName }) => localName === 'detail')
  const own = detail?.children().find(({ namespace }) => namespace === sluiceFaultNamespace)
  if (!own) return undefined
  const parts = own.children()
  const textOf = (name: string): string =>
    parts.find(({ localName }) => localName === name)?.text() ?? ''
  return {
    ...{ code: textOf('code'), side: textOf('side') },
    ...{ text: textsOf('text', parts), remedy: textsOf('remedy', parts) },
  }
}

interface SoapRefusal {
  readonly code: string
  readonly side: string
  readonly text: Readonly<Record<string, string>>
  readonly remedy: Readonly<Record<string, string>>
}

const xmlNamespace = 'http://www.w3.org/XML/1998/namespace'

/** By language. */
function textsOf(name: string, parts: readonly VerifiedElement[]): Record<string, string> {
  const texts: Record<string, string> = {}
  for (const part of parts) {
    const language = part.attribute(xmlNamespace, 'lang')
    if (part.localName === name && language !== undefined) texts[language] = part.text()
  }
  return texts
}
