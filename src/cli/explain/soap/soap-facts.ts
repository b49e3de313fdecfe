import type { SoapAttachment } from '../../../exchange/soap-content.js'
import { Fault } from '../../../exchange/fault.js'
import type { SecurityHeader } from '../../../trust/wss/security-header.js'
import { readSoapXml, readSoapXmlStart } from '../../../trust/wss/read-soap-xml.js'
import type { XmlDocument } from '../../../xml/document.js'
import { includesIn } from './body-includes.js'
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
  /** Whether it is packed as MTOM. */
  readonly isXop: boolean
  readonly certificates: readonly MessageCertificate[]
  readonly signatures: readonly SignatureFacts[]
}

export function inventoryOf(unpacked: Unpacked): Inventory {
  const { attachments = [], isXop = false } = unpacked.payload ?? {}
  const document = documentOf(unpacked)
  return {
    document,
    attachments,
    isXop,
    certificates: document ? certificatesIn(document) : [],
    signatures: document ? signatureFactsOf(document, attachments, isXop) : [],
  }
}

/** The whole envelope, or what can be read of it: up to the end of the Header. */
function documentOf({ payload, start, startIsWhole }: Unpacked): XmlDocument | undefined {
  return (
    (payload && quietly(() => readSoapXml(payload.envelope))) ??
    (start && quietly(() => readSoapXmlStart(start, startIsWhole)))
  )
}

/** What is wrong with it the check `envelope` says. */
function quietly(read: () => XmlDocument): XmlDocument | undefined {
  try {
    return read()
  } catch (error) {
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
  { document, attachments, isXop }: Inventory,
  signature: SignatureFacts | undefined,
  kind: SoapKind,
): PartFacts[] {
  if (!document) return []
  const isAnswer = kind === 'provider-reply'
  return partFactsOf(document, attachments, signature, {
    isAnswer,
    included: isXop ? includedIn(document, attachments) : new Set(),
  })
}

function includedIn(
  document: XmlDocument,
  attachments: readonly SoapAttachment[],
): ReadonlySet<string> {
  const body = document.child(document.root, document.namespace(document.root), 'Body')
  if (body === undefined || attachments.length === 0) return new Set()
  return includesIn(document, body, attachments)?.contentIds ?? new Set()
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
