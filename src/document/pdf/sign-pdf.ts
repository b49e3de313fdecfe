import { plainAddPlaceholder } from '@signpdf/placeholder-plain'
import { Signer, SignPdf } from '@signpdf/signpdf'
import type { DocumentSigner } from '../document-signer.js'

/**
 * Signs a PDF within itself: PAdES baseline B (ETSI EN 319 142-1 §6), a signature dictionary with `/SubFilter ETSI.CAdES.detached`
 * over all bytes but its own.
 */
export async function signPdf(pdf: Buffer, signer: DocumentSigner, at: Date): Promise<Buffer> {
  const prepared = plainAddPlaceholder({
    pdfBuffer: pdf,
    reason: 'Sənədin həqiqiliyi və dəyişməzliyi / Authenticity and integrity of the document',
    contactInfo: '',
    name: signer.name,
    location: 'Azərbaycan',
    signingTime: at,
    signatureLength: signer.signatureBytesMax,
    subFilter: 'ETSI.CAdES.detached',
  })
  return new SignPdf().sign(prepared, new BusSigner(signer))
}

class BusSigner extends Signer {
  readonly #signer: DocumentSigner

  constructor(signer: DocumentSigner) {
    super()
    this.#signer = signer
  }

  override sign(signed: Buffer): Promise<Buffer> {
    return Promise.resolve(this.#signer.sign(signed, undefined))
  }
}
