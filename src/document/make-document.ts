import { createHash } from 'node:crypto'
import type { DocumentContent } from './document-content.js'
import { documentData, type DocumentHead } from './document-data.js'
import type { DocumentSigner } from './document-signer.js'

export interface MadeDocument {
  /** Canonical JSON. */
  readonly data: Buffer
  /** Detached CMS over the data, DER. */
  readonly dataSignature: Buffer
  /** For people, with a signature of its own inside. */
  readonly pdf: Buffer
  /** SHA-256 of the data, lower-case hexadecimal. */
  readonly digest: string
}

/**
 * Makes a document: as data, which is what is compared and kept, and as PDF, which says the same to people; both signed.
 * @throws DocumentError for a content that no document can be made of
 */
export async function makeDocument(
  content: DocumentContent,
  head: DocumentHead,
  signer: DocumentSigner,
): Promise<MadeDocument> {
  const data = documentData(content, head)
  const digest = createHash('sha256').update(data).digest('hex')
  // What writes PDF is a fifth of all that a node would load, and most nodes never write one.
  const { documentPdf } = await import('./pdf/document-pdf.js')
  const { signPdf } = await import('./pdf/sign-pdf.js')
  const unsigned = await documentPdf(content, head, { digest, signer })
  const pdf = await signPdf(unsigned, signer, head.at)
  return { data, dataSignature: signer.sign(data, head.at), pdf, digest }
}
