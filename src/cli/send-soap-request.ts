import { randomUUID } from 'node:crypto'
import { soapNamespaces } from '../../adapters/soap/names.js'
import { attachmentOf, envelopeAround, packMessage } from '../../adapters/soap/pack-message.js'
import { PackagingError } from '../http/packaging-error.js'
import { requestHeaderBlocks } from '../../adapters/soap/request-blocks.js'
import { Fault } from '../exchange/fault.js'
import type { SoapToSign } from '../exchange/signers.js'
import type { SoapAttachment, SoapVersion } from '../exchange/soap-content.js'
import { createSoapSigner } from '../trust/wss/sign-message.js'
import type { XmlDocument } from '../xml/document.js'
import { readXml } from '../xml/read-xml.js'
import { XmlError } from '../xml/xml-error.js'
import { readInput } from './command-files.js'
import { UsageError, type FileCommandIo } from './command-io.js'
import { assertionOf } from './send-assertion.js'
import { readSystem, type SystemIdentity } from './send-identities.js'
import type { SendOptions } from './send-options.js'
import type { AttachmentOption, SoapSendOptions } from './send-soap-options.js'
import type { SignedRequest } from './send-transport.js'

export interface SignedSoapRequest extends SignedRequest {
  /** The SOAP part, by which the answer is bound to the request. */
  readonly envelope: Uint8Array
}

/** Makes and signs a request as an agency's SOAP stack does. @throws UsageError */
export async function signedSoap(
  options: SendOptions,
  { version, action, attachments: attached, terms }: SoapSendOptions,
  io: FileCommandIo,
): Promise<SignedSoapRequest> {
  const system = await readSystem(options, io)
  const attachments = await Promise.all(attached.map((each) => readAttachment(each, io)))
  const { client, service, id: messageId = randomUUID() } = options
  const assertion =
    options.assertion && assertionOf(options.assertion, { client, service, messageId }, system)
  const envelope = signed(system, {
    envelope: await readEnvelope(options.data ?? '', version, io),
    headerBlocks: requestHeaderBlocks({
      consumer: client,
      service,
      messageId,
      ...terms,
      assertion,
    }),
    attachments,
  })
  const boundary = `sluice-${randomUUID()}`
  const { headers, payload } = packMessage({ version, action, envelope, attachments, boundary })
  const url = new URL(options.path === '' ? '/' : options.path, options.url).href
  const all = { ...headers, ...Object.fromEntries(options.headers) }
  return { method: 'POST', url, headers: all, payload, envelope }
}

function signed({ privateKey, certificate }: SystemIdentity, message: SoapToSign): Uint8Array {
  try {
    const now = (): Date => new Date()
    return createSoapSigner({ privateKey, certificate: certificate.der, now }).sign(message)
  } catch (error) {
    if (error instanceof Fault) throw new UsageError(`It cannot be signed: ${error.message}`)
    throw error
  }
}

async function readAttachment(
  { file, mediaType, contentId }: AttachmentOption,
  io: FileCommandIo,
): Promise<SoapAttachment> {
  const content = await readInput(file, io)
  try {
    return attachmentOf(contentId, mediaType, content)
  } catch (error) {
    if (!(error instanceof PackagingError)) throw error
    throw new UsageError(`--attach ${file}: ${error.message}`)
  }
}

/** An envelope without Header: the one given, or one around the element given. */
async function readEnvelope(
  data: string,
  version: SoapVersion,
  io: FileCommandIo,
): Promise<Uint8Array> {
  const bytes = data.startsWith('@') ? await readInput(data.slice(1), io) : Buffer.from(data)
  const document = parsed(bytes)
  const { root } = document
  const namespace = soapNamespaces[version]
  if (document.localName(root) !== 'Envelope') {
    // Without its XML declaration, which cannot stand inside.
    const { start, end } = document.range(root)
    return envelopeAround(bytes.subarray(start, end), namespace)
  }
  if (document.namespace(root) !== namespace) {
    throw new UsageError(`--data holds an Envelope that is not of SOAP ${version}.`)
  }
  const first = document.firstChild(root)
  if (first === undefined || !document.is(first, namespace, 'Body')) {
    throw new UsageError(
      '--data must hold an Envelope that begins with its Body: the Header is written here.',
    )
  }
  return bytes
}

function parsed(bytes: Buffer): XmlDocument {
  try {
    return readXml(bytes)
  } catch (error) {
    if (!(error instanceof XmlError)) throw error
    throw new UsageError(`--data is no well-formed XML: ${error.message}`)
  }
}
