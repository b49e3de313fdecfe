import type { FontName } from './fonts.js'

export interface Style {
  readonly font: FontName
  readonly sizePt: number
  readonly colour: string
  /** From one line to the next. */
  readonly linePt: number
}

const ink = '#111827'
const grey = '#5b6472'

function style(font: FontName, sizePt: number, colour: string): Style {
  return { font, sizePt, colour, linePt: Math.round(sizePt * 1.36 * 10) / 10 }
}

export const styles = {
  title: style('bold', 15, ink),
  titleEn: style('regular', 10.5, grey),
  heading: style('bold', 10.5, ink),
  headingEn: style('regular', 9, grey),
  body: style('regular', 9.5, ink),
  bodyEn: style('regular', 8.5, grey),
  label: style('bold', 8.5, ink),
  labelEn: style('regular', 7.5, grey),
  code: style('regular', 8.4, ink),
  margin: style('regular', 8, grey),
  good: style('bold', 9.5, '#166534'),
  bad: style('bold', 9.5, '#b91c1c'),
  open: style('bold', 9.5, '#92400e'),
} as const

export const colours = { rule: '#c9ced6', strong: '#1f3a5f', fill: '#eef1f5' } as const

/** A4, points. */
export const pageSize = {
  widthPt: 595.28,
  heightPt: 841.89,
  leftPt: 56,
  rightPt: 50,
  topPt: 66,
  bottomPt: 62,
} as const

export const contentWidthPt = pageSize.widthPt - pageSize.leftPt - pageSize.rightPt
