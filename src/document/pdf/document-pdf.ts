import type { DocumentContent } from '../document-content.js'
import type { DocumentHead } from '../document-data.js'
import { documentKindTerms } from '../document-kind.js'
import type { DocumentSigner } from '../document-signer.js'
import { dayText } from '../../country-time.js'
import { documentBlocks, signatureBlocks } from '../wording/document-blocks.js'
import { Sheet } from './sheet.js'
import { colours, pageSize, styles } from './style.js'
import { writeBlock, writeTitle } from './write-block.js'

export interface PdfTerms {
  /** SHA-256 of the data, lower-case hexadecimal. */
  readonly digest: string
  readonly signer: Pick<DocumentSigner, 'name' | 'serialNumber'>
}

const headTopPt = 34
const headRulePt = 50
const footRulePt = pageSize.heightPt - 46
const footTopPt = pageSize.heightPt - 40

/**
 * A document for people to read, not yet signed.
 * @throws DocumentError where it would have too many pages
 */
export function documentPdf(
  content: DocumentContent,
  head: DocumentHead,
  terms: PdfTerms,
): Promise<Buffer> {
  const { az, en } = documentKindTerms[content.kind].title
  const title = `${head.number} ${az}`
  const sheet = new Sheet({
    ...{ Title: title, Subject: en, CreationDate: head.at, ModDate: head.at },
    ...{ Producer: 'Sluice', Creator: 'Sluice', Author: terms.signer.name },
    // By which a program knows the data that it belongs to (src/document-verifier).
    Keywords: `sha256:${terms.digest}`,
  })
  writeTitle(sheet, az, en)
  for (const block of documentBlocks(content, head)) writeBlock(sheet, block)
  for (const block of signatureBlocks(head, terms)) writeBlock(sheet, block)
  const day = dayText(head.at)
  for (let page = 0; page < sheet.pageCount; page += 1) {
    sheet.line(page, `${az} / ${en}`, styles.margin, { topPt: headTopPt })
    const number = `№ ${head.number}, ${day}`
    sheet.line(page, number, styles.margin, { topPt: headTopPt, alignRight: true })
    sheet.rule(page, headRulePt, colours.strong)
    sheet.rule(page, footRulePt, colours.rule)
    sheet.line(page, signedText, styles.margin, { topPt: footTopPt })
    const pages = `səhifə ${page + 1} / ${sheet.pageCount} · page ${page + 1} of ${sheet.pageCount}`
    sheet.line(page, pages, styles.margin, { topPt: footTopPt, alignRight: true })
  }
  return sheet.bytes()
}

const signedText = 'Elektron imza ilə imzalanıb / Signed electronically'
