import { PdfError } from './pdf-error.js'

/** The signature within a PDF, and what it is over. */
export interface PdfSignature {
  /** Everything but the signature itself. */
  readonly signed: Buffer
  /** DER of the ContentInfo. */
  readonly signature: Buffer
  /** What the signer says of the time (`/M`): a claim, and no proof. */
  readonly claimedAt: Date | undefined
}

const pdfStart = '%PDF-'
const byteRange = /\/ByteRange\s*\[\s*(\d{1,10})\s+(\d{1,10})\s+(\d{1,10})\s+(\d{1,10})\s*\]/g
const signingTime = /\/M\s*\(D:(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z\)/g

export function isPdf(bytes: Buffer): boolean {
  return bytes.toString('latin1', 0, pdfStart.length) === pdfStart
}

/**
 * The one signature of a PDF (PAdES, ETSI EN 319 142-1 §6), which has to be over all bytes of the file but its own: what was added
 * behind it would be shown as signed to who does not look.
 * @throws PdfError
 */
export function readPdfSignature(pdf: Buffer): PdfSignature {
  const text = pdf.toString('latin1')
  const [range, ...others] = text.matchAll(byteRange)
  if (!range) throw new PdfError(unsigned)
  if (others.length > 0) throw new PdfError(several)
  const [, from, before, after, rest] = range.map(Number) as [
    number,
    number,
    number,
    number,
    number,
  ]
  const isWhole = from === 0 && before < after && after + rest === pdf.length
  if (!isWhole) throw new PdfError(partly)
  const hexadecimal = /^<((?:[0-9a-fA-F]{2})+)>$/.exec(text.slice(before, after))?.[1]
  if (hexadecimal === undefined) throw new PdfError(partly)
  const [time, ...times] = text.matchAll(signingTime)
  return {
    signed: Buffer.concat([pdf.subarray(0, before), pdf.subarray(after)]),
    signature: withoutPadding(Buffer.from(hexadecimal, 'hex')),
    claimedAt: time && times.length === 0 ? timeOf(time) : undefined,
  }
}

/** Room was left for a signature before there was one: what follows its DER is zeros. */
function withoutPadding(field: Buffer): Buffer {
  const first = field[1] ?? 0
  const lengthBytes = first < 0x80 ? 0 : first & 0x7f
  const isRead = lengthBytes <= 4 && field.length >= 2 + lengthBytes
  const content = lengthBytes === 0 ? first : isRead ? field.readUIntBE(2, lengthBytes) : Infinity
  const end = 2 + lengthBytes + content
  if (end > field.length || field.subarray(end).some((byte) => byte !== 0)) {
    throw new PdfError(malformed)
  }
  return field.subarray(0, end)
}

function timeOf([, year, month, day, hour, minute, second]: RegExpMatchArray): Date | undefined {
  const at = new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`)
  return Number.isNaN(at.getTime()) ? undefined : at
}

const unsigned = { en: 'It has no signature.', az: 'İmza yoxdur.' }
const several = {
  en: 'It has more than one signature; a document of the bus has one.',
  az: 'Birdən çox imza var; şlüzün sənədində bir imza olur.',
}
const partly = {
  en: 'Its signature is not over the whole file: something was added or taken away.',
  az: 'İmza bütün faylı əhatə etmir: nə isə əlavə edilib və ya çıxarılıb.',
}
const malformed = { en: 'Its signature cannot be read.', az: 'İmzanı oxumaq mümkün deyil.' }
