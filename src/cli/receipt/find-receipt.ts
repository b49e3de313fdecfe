import { sluiceNamespace, versionOfNamespace } from '../../../adapters/soap/names.js'
import type { XmlDocument } from '../../xml/document.js'
import { readXml } from '../../xml/read-xml.js'
import { XmlError } from '../../xml/xml-error.js'
import { readInput } from '../command-files.js'
import { UsageError, type FileCommandIo } from '../command-io.js'
import { captureKind, CaptureError, readReplyCapture } from '../explain/capture.js'
import { envelopeIn } from '../explain/soap/envelope-in.js'

/** A receipt where it was found. Nothing is verified. */
export interface FoundReceipt {
  readonly token: string
  /** Of the message that brings it; undefined where it came alone. */
  readonly message: { readonly exchangeId: string | undefined } | undefined
}

/** A receipt itself, and no path: its first part is JSON in base64url. */
const tokenPattern = /^eyJ[^/]*\.[^/]*\./

/**
 * The receipt that the command line names: itself, or a file with it or with a message that brings it.
 * @throws UsageError where there is none, or more than one
 */
export async function findReceipt(named: string, io: FileCommandIo): Promise<FoundReceipt> {
  if (tokenPattern.test(named)) return { token: named, message: undefined }
  const file = await readInput(named, io)
  try {
    if (captureKind(file) === 'request') {
      return { token: file.toString('latin1').trim(), message: undefined }
    }
    return restReceipt(file) ?? soapReceipt(file)
  } catch (error) {
    if (error instanceof CaptureError || error instanceof XmlError) {
      throw new UsageError(`${named}: ${error.message}`)
    }
    throw error
  }
}

/** @throws CaptureError */
function restReceipt(file: Buffer): FoundReceipt | undefined {
  if (captureKind(file) !== 'reply') return undefined
  const { rawHeaders } = readReplyCapture(file)
  const [token, ...others] = valuesOf(rawHeaders, 'sluice-receipt')
  if (token === undefined) return undefined
  if (others.length > 0) throw new CaptureError('The reply brings more than one receipt.')
  return { token, message: { exchangeId: onlyOf(valuesOf(rawHeaders, 'sluice-exchange-id')) } }
}

/** @throws CaptureError, XmlError */
function soapReceipt(file: Buffer): FoundReceipt {
  const how = { scheme: 'http', authorities: undefined, replyOf: 'bus' } as const
  const envelope = envelopeIn(file, how)
  if (!envelope) throw new CaptureError('The reply brings no receipt.')
  const document = readXml(envelope)
  const [token, ...others] = blocksOf(document, 'receipt')
  if (token === undefined) throw new CaptureError('The reply brings no receipt.')
  if (others.length > 0) throw new CaptureError('The reply brings more than one receipt.')
  return { token, message: { exchangeId: onlyOf(blocksOf(document, 'exchangeId')) } }
}

/** Texts of our header blocks of this name. @throws XmlError for one that holds more than text */
function blocksOf(document: XmlDocument, localName: string): string[] {
  const { root } = document
  const namespace = document.namespace(root)
  if (document.localName(root) !== 'Envelope' || versionOfNamespace(namespace) === undefined) {
    throw new CaptureError('The file holds XML that is no SOAP envelope.')
  }
  const texts: string[] = []
  for (const header of document.children(root)) {
    if (!document.is(header, namespace, 'Header')) continue
    for (const block of document.children(header)) {
      if (document.is(block, sluiceNamespace, localName)) texts.push(document.text(block))
    }
  }
  return texts
}

function valuesOf(rawHeaders: readonly string[], lowerName: string): string[] {
  return rawHeaders.filter(
    (_, at) => at % 2 === 1 && rawHeaders[at - 1]?.toLowerCase() === lowerName,
  )
}

function onlyOf(values: readonly string[]): string | undefined {
  return values.length === 1 ? values[0] : undefined
}
