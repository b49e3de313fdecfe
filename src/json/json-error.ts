/** Why a text is no JSON that the bus reads; `limit…` are those of `jsonLimits`. */
export type JsonErrorReason = keyof typeof texts

/** Texts in both languages; they name the rule and never quote content. */
const texts = {
  ends: { az: 'JSON mətni yarımçıqdır', en: 'the JSON text ends too early' },
  syntax: {
    az: 'JSON qaydalarına görə burada belə simvol ola bilməz',
    en: 'no such character may be here in JSON',
  },
  trailing: { az: 'JSON qiymətindən sonra artıq mətn var', en: 'something follows the JSON value' },
  number: {
    az: 'ədəd JSON qaydalarına uyğun deyil',
    en: 'a number is not written as JSON demands',
  },
  escape: {
    az: 'tərs kəsr işarəsindən sonra belə simvol ola bilməz',
    en: 'a backslash is followed by what JSON does not allow',
  },
  control: {
    az: 'sətirdə idarəedici simvol açıq yazılıb',
    en: 'a control character stands unescaped in a string',
  },
  byteOrderMark: {
    az: 'mətnin əvvəlində BOM işarəsi ola bilməz',
    en: 'a byte order mark may not be there',
  },
  utf8: { az: 'mətn UTF-8 kodlaşdırmasında deyil', en: 'the text is not UTF-8' },
  surrogate: {
    az: 'Unicode simvolunun yalnız yarısı yazılıb (tək surrogat)',
    en: 'half of a Unicode character stands alone (lone surrogate)',
  },
  duplicateName: {
    az: 'obyektdə eyni ad iki dəfə işlənib',
    en: 'an object has the same name twice',
  },
  limitBytes: { az: 'JSON mətni həddən artıq uzundur', en: 'the JSON text is too long' },
  limitDepth: { az: 'JSON həddən artıq dərindir', en: 'the JSON is nested too deeply' },
  limitValues: { az: 'JSON-da qiymətlər həddən artıq çoxdur', en: 'the JSON has too many values' },
  limitNumber: { az: 'ədəd həddən artıq uzundur', en: 'a number is too long' },
} as const

/**
 * JSON that is not accepted. Message and text may be shown to whoever sent it: they name the rule and the
 * place and never quote content.
 */
export class JsonError extends Error {
  override readonly name = 'JsonError'
  readonly reason: JsonErrorReason
  /** The rule, in both languages, without the place. */
  readonly text: { readonly az: string; readonly en: string }
  /** In bytes from the start of the text. */
  readonly offset: number
  /** From 1. */
  readonly line: number
  /** In characters, from 1. */
  readonly column: number

  constructor(reason: JsonErrorReason, bytes: Uint8Array, offset: number) {
    const { line, column } = placeOf(bytes, offset)
    super(`${texts[reason].en} (line ${line}, column ${column})`)
    this.reason = reason
    this.text = texts[reason]
    this.offset = offset
    this.line = line
    this.column = column
  }
}

function placeOf(bytes: Uint8Array, offset: number): { line: number; column: number } {
  let line = 1
  let column = 1
  for (let at = 0; at < offset; at++) {
    const byte = bytes[at] ?? 0
    if (byte === 0x0a || (byte === 0x0d && bytes[at + 1] !== 0x0a)) {
      line++
      column = 1
    } else if ((byte & 0xc0) !== 0x80) {
      // Continuation bytes of UTF-8 belong to the character before.
      column++
    }
  }
  return { line, column }
}
