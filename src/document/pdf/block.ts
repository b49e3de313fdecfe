import type { BilingualText } from '../../exchange/fault.js'

/** Colour of a result, for who reads fast; the words say the same. */
export type Tone = 'good' | 'bad' | 'open'

/** What stands in one cell: Azerbaijani with English under it, or words that have one language. */
export type Part =
  | string
  | (BilingualText & { readonly tone?: Tone | undefined })
  /** A digest or an identifier. */
  | { readonly code: string }

export interface Field {
  readonly label: BilingualText
  /** Nothing at all is written as a dash. */
  readonly value: readonly Part[]
}

export interface Column {
  readonly label: BilingualText
  /** Of the width of the page, 0 to 1. */
  readonly share: number
}

/** One piece of a document, from top to bottom. */
export type Block =
  | {
      readonly type: 'heading'
      readonly text: BilingualText
      /** Height of what follows that is not to be torn from it, points. */
      readonly keepPt?: number
    }

  /** Both languages beside each other. */
  | { readonly type: 'text'; readonly text: BilingualText }
  /** The same in small letters. */
  | { readonly type: 'note'; readonly text: BilingualText }
  /** A person's own words, in the language in which they were written. */
  | { readonly type: 'words'; readonly text: string }
  | { readonly type: 'fields'; readonly fields: readonly Field[] }
  | {
      readonly type: 'table'
      readonly columns: readonly Column[]
      readonly rows: readonly (readonly (readonly Part[])[])[]
    }
