/** What the text of a notice is made of. */
export type NoticeData = Readonly<Record<string, string | number | boolean>>

/** What a notice's data say, in its text. */
export function said(value: NoticeData[string] | undefined): string {
  return value === undefined ? '?' : String(value)
}
