import PDFDocument from 'pdfkit'
import type { DocumentContent } from '../document-content.js'
import { documentData, type DocumentHead } from '../document-data.js'
import { documentKindTerms } from '../document-kind.js'
import { font } from './fonts.js'

/** A document for people to read, not yet signed. */
export function documentPdf(content: DocumentContent, head: DocumentHead): Promise<Buffer> {
  const pdf = new PDFDocument({ size: 'A4', info: { CreationDate: head.at } })
  const chunks: Buffer[] = []
  pdf.on('data', (chunk: Buffer) => chunks.push(chunk))
  const done = new Promise<Buffer>((resolve, reject) => {
    pdf.on('end', () => resolve(Buffer.concat(chunks)))
    pdf.on('error', reject)
  })
  const { az, en } = documentKindTerms[content.kind].title
  pdf.font(font('bold')).fontSize(14).text(`${head.number} ${az} / ${en}`)
  pdf.font(font('regular')).fontSize(9).text(documentData(content, head).toString('utf8'))
  pdf.end()
  return done
}
