import PDFDocument from 'pdfkit'
import { DocumentError } from '../document-error.js'
import { documentPagesMax } from '../limits.js'
import { breakLines } from './break-lines.js'
import { font, type FontName } from './fonts.js'
import { shownText } from './shown-text.js'
import { pageSize, type Style } from './style.js'

/** A text in one style. */
export interface Run {
  readonly text: string
  readonly style: Style
}

/** One column of a row. */
export interface Cell {
  readonly leftPt: number
  readonly widthPt: number
  readonly runs: readonly Run[]
}

export interface RowTerms {
  /** Above and below. */
  readonly paddingPt?: number
  /** Colour of the line below. */
  readonly rule?: string
  /** Colour of the bar at the left. */
  readonly bar?: string
  readonly fill?: string
  /** Height that has to be left for what follows, so that a heading does not stand alone. */
  readonly keepPt?: number
  /** Written again where the row goes on, on a new page. */
  readonly onNewPage?: () => void
}

/** No ligatures: letters are found and copied one by one. */
const features = { liga: false, clig: false } as unknown as PDFKit.Mixins.OpenTypeFeatures[]
/** A row that is not higher is not broken. */
const unbrokenPtMax = 130
const bottomPt = pageSize.heightPt - pageSize.bottomPt

/** pdfkit's own font, whose tables say which characters it has. */
interface OpenFont {
  readonly _font: { readonly font: { hasGlyphForCodePoint(codePoint: number): boolean } }
}

/** Pages that are written from top to bottom, in rows of cells. */
export class Sheet {
  readonly #pdf: PDFKit.PDFDocument
  readonly #widths = new Map<string, number>()
  #topPt: number = pageSize.topPt
  #pages = 1

  constructor(info: PDFKit.DocumentInfo) {
    this.#pdf = new PDFDocument({ size: 'A4', margin: 0, bufferPages: true, info })
    for (const name of ['regular', 'bold'] as const) this.#pdf.registerFont(name, font(name))
  }

  get pageCount(): number {
    return this.#pages
  }

  /** Leaves room, unless the page begins here. */
  space(pt: number): void {
    if (this.#topPt > pageSize.topPt) this.#topPt += pt
  }

  /**
   * Writes one row; one that does not fit goes to the next page, and a high one goes on there.
   * @throws DocumentError where there would be too many pages
   */
  row(cells: readonly Cell[], terms: RowTerms = {}): void {
    const { paddingPt = 0, keepPt = 0, onNewPage } = terms
    let left = cells.map((cell) => ({ ...cell, lines: this.#linesOf(cell) }))
    const heightPt = Math.max(...left.map(({ lines }) => heightOf(lines))) + 2 * paddingPt
    const needPt = (heightPt <= unbrokenPtMax ? heightPt : 60) + keepPt
    if (this.#topPt + needPt > bottomPt) this.#newPage(onNewPage)
    for (;;) {
      const roomPt = bottomPt - this.#topPt - 2 * paddingPt
      const parts = left.map((cell) => {
        const count = linesWithin(cell.lines, roomPt)
        return { ...cell, now: cell.lines.slice(0, count), lines: cell.lines.slice(count) }
      })
      this.#write(parts, terms)
      left = parts
      if (left.every(({ lines }) => lines.length === 0)) return
      this.#newPage(onNewPage)
    }
  }

  /** Writes one line at a place of a page, beside the rows. */
  line(page: number, text: string, style: Style, place: { topPt: number; alignRight?: boolean }) {
    const pdf = this.#pdf
    pdf.switchToPage(page)
    pdf.font(style.font).fontSize(style.sizePt).fillColor(style.colour)
    const widthPt = pdf.widthOfString(text, { features })
    const left = place.alignRight ? pageSize.widthPt - pageSize.rightPt - widthPt : pageSize.leftPt
    pdf.text(text, left, place.topPt, { lineBreak: false, features })
  }

  /** A thin line over the width of a page. */
  rule(page: number, topPt: number, colour: string): void {
    this.#pdf.switchToPage(page)
    const right = pageSize.widthPt - pageSize.rightPt
    this.#pdf.moveTo(pageSize.leftPt, topPt).lineTo(right, topPt)
    this.#pdf.lineWidth(0.5).stroke(colour)
  }

  /** Ends the document. */
  bytes(): Promise<Buffer> {
    const chunks: Buffer[] = []
    this.#pdf.on('data', (chunk: Buffer) => chunks.push(chunk))
    const done = new Promise<Buffer>((resolve, reject) => {
      this.#pdf.on('end', () => resolve(Buffer.concat(chunks)))
      this.#pdf.on('error', reject)
    })
    this.#pdf.end()
    return done
  }

  #write(cells: readonly (Cell & { readonly now: readonly Run[] })[], terms: RowTerms): void {
    const { paddingPt = 0, rule, bar, fill } = terms
    const heightPt = Math.max(...cells.map(({ now }) => heightOf(now))) + 2 * paddingPt
    const { leftPt, widthPt, rightPt } = pageSize
    const pdf = this.#pdf
    const wide = widthPt - leftPt - rightPt
    if (fill !== undefined) pdf.rect(leftPt, this.#topPt, wide, heightPt).fill(fill)
    if (bar !== undefined) pdf.rect(leftPt, this.#topPt, 2.5, heightPt).fill(bar)
    for (const { leftPt: left, now } of cells) {
      let top = this.#topPt + paddingPt
      for (const { text, style } of now) {
        pdf.font(style.font).fontSize(style.sizePt).fillColor(style.colour)
        if (text !== '') pdf.text(text, left, top, { lineBreak: false, features })
        top += style.linePt
      }
    }
    this.#topPt += heightPt
    if (rule !== undefined) {
      pdf.moveTo(leftPt, this.#topPt).lineTo(leftPt + wide, this.#topPt)
      pdf.lineWidth(0.5).stroke(rule)
    }
  }

  #newPage(onNewPage: (() => void) | undefined): void {
    if (this.#pages === documentPagesMax) {
      throw new DocumentError(`a document has at most ${documentPagesMax} pages`)
    }
    this.#pages += 1
    this.#pdf.addPage()
    this.#topPt = pageSize.topPt
    onNewPage?.()
  }

  #linesOf({ runs, widthPt }: Cell): Run[] {
    return runs.flatMap(({ text, style }) => {
      this.#pdf.font(style.font)
      const { font: tables } = (this.#pdf as unknown as OpenFont)._font
      const shown = shownText(text, (codePoint) => tables.hasGlyphForCodePoint(codePoint))
      const widthOf = (char: string): number => this.#widthOf(style.font, char) * style.sizePt
      return breakLines(shown, widthPt, widthOf).map((line) => ({ text: line, style }))
    })
  }

  /** Of a character at a size of one point. */
  #widthOf(name: FontName, char: string): number {
    const key = `${name}${char}`
    const known = this.#widths.get(key)
    if (known !== undefined) return known
    const width = this.#pdf.font(name).fontSize(100).widthOfString(char) / 100
    this.#widths.set(key, width)
    return width
  }
}

function heightOf(lines: readonly Run[]): number {
  return lines.reduce((sum, { style }) => sum + style.linePt, 0)
}

/** How many of the lines have room; at least one on a page. */
function linesWithin(lines: readonly Run[], roomPt: number): number {
  let used = 0
  let count = 0
  for (const { style } of lines) {
    used += style.linePt
    if (used > roomPt && count > 0) return count
    count += 1
  }
  return count
}
