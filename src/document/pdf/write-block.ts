import type { Block, Column, Field, Part } from './block.js'
import type { Cell, Run, Sheet } from './sheet.js'
import { colours, contentWidthPt, pageSize, styles, type Style } from './style.js'

const gapPt = 14
const halfPt = (contentWidthPt - gapPt) / 2
const labelPt = 150
const paddingPt = 3
const indentPt = 12

/** Writes one block below what is written. */
export function writeBlock(sheet: Sheet, block: Block): void {
  switch (block.type) {
    case 'heading':
      sheet.space(10)
      sheet.row([across(textRuns(block.text.az, block.text.en, 'heading'))], {
        ...{ paddingPt: 3, keepPt: block.keepPt ?? 76, rule: colours.strong },
      })
      sheet.space(2)
      break
    case 'text':
      sheet.space(4)
      sheet.row(beside(block.text.az, block.text.en, styles.body, styles.bodyEn), { paddingPt: 2 })
      sheet.space(2)
      break
    case 'note':
      sheet.space(2)
      sheet.row(beside(block.text.az, block.text.en, styles.margin, styles.labelEn))
      break
    case 'words':
      sheet.space(2)
      sheet.row([across([{ text: block.text, style: styles.body }], indentPt)], {
        ...{ paddingPt: 3, bar: colours.strong },
      })
      sheet.space(3)
      break
    case 'fields':
      for (const field of block.fields) sheet.row(fieldCells(field), ruled)
      break
    case 'table':
      writeTable(sheet, block.columns, block.rows)
  }
}

const ruled = { paddingPt, rule: colours.rule }

function across(runs: readonly Run[], indent = 0): Cell {
  return { leftPt: pageSize.leftPt + indent, widthPt: contentWidthPt - indent, runs }
}

function beside(az: string, en: string, left: Style, right: Style): Cell[] {
  const rightPt = pageSize.leftPt + halfPt + gapPt
  return [
    { leftPt: pageSize.leftPt, widthPt: halfPt, runs: [{ text: az, style: left }] },
    { leftPt: rightPt, widthPt: halfPt, runs: [{ text: en, style: right }] },
  ]
}

function textRuns(az: string, en: string, style: 'heading' | 'body' | 'label' | 'title'): Run[] {
  const runs = [{ text: az, style: styles[style] }]
  return en === az ? runs : [...runs, { text: en, style: styles[`${style}En`] }]
}

function fieldCells({ label, value }: Field): Cell[] {
  return [
    { leftPt: pageSize.leftPt, widthPt: labelPt, runs: textRuns(label.az, label.en, 'label') },
    {
      leftPt: pageSize.leftPt + labelPt + gapPt,
      widthPt: contentWidthPt - labelPt - gapPt,
      runs: partRuns(value),
    },
  ]
}

function partRuns(parts: readonly Part[]): Run[] {
  if (parts.length === 0) return [{ text: '—', style: styles.body }]
  return parts.flatMap((part) => {
    if (typeof part === 'string') return [{ text: part, style: styles.body }]
    if ('code' in part) return [{ text: part.code, style: styles.code }]
    const [first, ...rest] = textRuns(part.az, part.en, 'body')
    if (!first || part.tone === undefined) return first ? [first, ...rest] : rest
    return [{ ...first, style: styles[part.tone] }, ...rest]
  })
}

/** The head stands again on each page to which the table goes on. */
function writeTable(
  sheet: Sheet,
  columns: readonly Column[],
  rows: readonly (readonly (readonly Part[])[])[],
): void {
  const writeHead = (): void =>
    sheet.row(
      cellsOf(
        columns,
        columns.map(({ label: { az, en } }) => textRuns(az, en, 'label')),
      ),
      { paddingPt, fill: colours.fill, rule: colours.rule, keepPt: 40 },
    )
  sheet.space(4)
  writeHead()
  for (const row of rows) {
    sheet.row(cellsOf(columns, row.map(partRuns)), { ...ruled, onNewPage: writeHead })
  }
}

const cellGapPt = 8

function cellsOf(columns: readonly Column[], runs: readonly (readonly Run[])[]): Cell[] {
  let leftPt = pageSize.leftPt + 4
  return columns.map(({ share }, at) => {
    const widthPt = share * (contentWidthPt - 4) - cellGapPt
    const cell = { leftPt, widthPt, runs: runs[at] ?? [] }
    leftPt += widthPt + cellGapPt
    return cell
  })
}

/** The title of a document, with whatever stands in it below. */
export function writeTitle(sheet: Sheet, az: string, en: string): void {
  sheet.row([across(textRuns(az, en, 'title'))], { paddingPt: 4 })
}
