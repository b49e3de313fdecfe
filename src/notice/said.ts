/** What a notice's data say, in its text. */
export function said(value: string | number | boolean | undefined): string {
  return value === undefined ? '?' : String(value)
}
