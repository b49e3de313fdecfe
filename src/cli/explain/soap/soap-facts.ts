import type { SoapAttachment } from '../../../exchange/signed-content.js'
import { Fault } from '../../../exchange/fault.js'
import type { SecurityHeader } from '../../../trust/wss/security-header.js'
import { readSoapXml } from '../../../trust/wss/read-soap-xml.js'
import { expandIncludes } from '../../../trust/wss/xop.js'
import type { XmlDocument } from '../../../xml/document.js'
import type { Candidate } from './explain-signers.js'
import { certificatesIn, type MessageCertificate } from './message-certificates.js'
import { partFactsOf, type PartFacts } from './part-facts.js'
import { signatureFactsOf, type SignatureFacts } from './signature-facts.js'
import type { SoapKind } from './soap-checks.js'
import type { Unpacked } from './unpack.js'

/** What can be seen of a message without verifying anything. */
export interface Inventory {
  readonly document: XmlDocument | undefined
  readonly attachments: readonly SoapAttachment[]
  readonly certificates: readonly MessageCertificate[]
  readonly signatures: readonly SignatureFacts[]
}

export function inventoryOf({ payload, start }: Unpacked): Inventory {
  const attachments = payload?.attachments ?? []
  const document = documentOf(payload?.envelope ?? start)
  return {
    document,
    attachments,
    certificates: document ? certificatesIn(document) : [],
    signatures: document ? signatureFactsOf(document, attachments) : [],
  }
}

function documentOf(envelope: Uint8Array | undefined): XmlDocument | undefined {
  try {
    return envelope && readSoapXml(envelope)
  } catch (error) {
    // What is wrong with it the check `envelope` says.
    if (error instanceof Fault) return undefined
    throw error
  }
}

/** The signature that the verifier looks at: the first of the Security header that is for the receiver. */
export function countingSignature(
  { document, signatures }: Inventory,
  security: SecurityHeader | undefined,
): SignatureFacts | undefined {
  if (!security) return signatures[0]
  // Elements have the same numbers in the beginning and in the whole.
  return signatures.find(
    ({ element }) =>
      element === security.signature && document?.parent(element) === security.element,
  )
}

/** Parts of the message, and which of them the signature names. */
export function partsOf(
  { document, attachments }: Inventory,
  signature: SignatureFacts | undefined,
  kind: SoapKind,
): PartFacts[] {
  if (!document) return []
  const isAnswer = kind === 'provider-reply'
  return partFactsOf(document, attachments, signature, {
    isAnswer,
    included: includedIn(document, attachments),
  })
}

function includedIn(
  document: XmlDocument,
  attachments: readonly SoapAttachment[],
): ReadonlySet<string> {
  const body = document.child(document.root, document.namespace(document.root), 'Body')
  if (body === undefined || attachments.length === 0) return new Set()
  try {
    return expandIncludes(document, body, attachments).contentIds
  } catch (error) {
    if (error instanceof Fault) return new Set()
    throw error
  }
}

/** The certificate that signed, or is said to have. */
export function signerOf(
  thumbprint: string | undefined,
  given: Candidate | undefined,
  brought: readonly MessageCertificate[],
): Candidate | undefined {
  const all: Candidate[] = [...(given ? [given] : []), ...brought]
  if (thumbprint !== undefined) return all.find((each) => each.thumbprint === thumbprint)
  const own = brought.filter(({ certificate }) => certificate.basicConstraints?.isCa !== true)
  return given ?? (own.length === 1 ? own[0] : undefined)
}
