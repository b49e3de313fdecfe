import type { BilingualText } from '../../exchange/fault.js'
import { decodeEntry, type EntryFields } from '../../message-log/entry.js'
import type { Receipt } from '../../receipt/receipt.js'
import { logOfDomain } from '../../tlog/checkpoint.js'
import { leafHashOf } from '../../tlog/merkle.js'
import type { ReceiptStep } from './receipt-step.js'

/** Whether an entry is the one that was promised, or that of the request which it answers. */
export function checkEntry(file: Buffer, receipt: Receipt): ReceiptStep {
  const name = 'entry'
  const entry = promisedIn(file, receipt)
  if (!entry) return { name, outcome: 'wrong', text: another, remedy: asStored }
  const isOutcome = hashText(entry) === receipt.leafHash
  // The hash is that of the promise, so it is the bus that would contradict itself.
  if (!saysTheSame(entry, isOutcome, receipt)) {
    return { name, outcome: 'wrong', text: contradiction, remedy: askOperator }
  }
  return { name, outcome: 'ok', text: isOutcome ? outcomes : requests }
}

/** The file's bytes, or those before the line end that an editor or a pipe has put behind them. */
function promisedIn(file: Buffer, { leafHash, requestLeafHash }: Receipt): Buffer | undefined {
  const line = file.subarray(0, file.at(-1) === 0x0a ? -1 : undefined)
  return [file, line].find((bytes) => {
    const hash = hashText(bytes)
    return hash === leafHash || hash === requestLeafHash
  })
}

function hashText(entry: Buffer): string {
  return leafHashOf(entry).toString('base64url')
}

function saysTheSame(entry: Buffer, isOutcome: boolean, receipt: Receipt): boolean {
  let fields: EntryFields
  try {
    fields = decodeEntry(entry)
  } catch {
    return false
  }
  if (fields.exchangeId !== receipt.exchangeId) return false
  if (!isOutcome) return fields.kind === 'request'
  return (
    fields.recordedAt === receipt.recordedAt.toISOString() &&
    fields.requestEntry === receipt.requestLeafHash &&
    logOfDomain(fields.domain) === receipt.log
  )
}

const outcomes: BilingualText = {
  en: "The entry given is the one promised, byte for byte: the exchange's outcome.",
  az: 'Verilən yazı bayt-bayt təsdiq edilən yazıdır: mübadilənin nəticəsi.',
}

const requests: BilingualText = {
  en: "The entry given is that of the request, byte for byte; the promise is of the outcome's entry.",
  az: 'Verilən yazı bayt-bayt sorğunun yazısıdır; təsdiq edilən isə mübadilənin nəticəsinin yazısıdır.',
}

const another: BilingualText = {
  en: 'The entry given is another than the one promised, or was changed.',
  az: 'Verilən yazı təsdiq edilən yazı deyil və ya dəyişdirilib.',
}

const contradiction: BilingualText = {
  en: 'The entry given has the hash that was promised, and says something else than the receipt.',
  az: 'Verilən yazının həşi təsdiq edilən həşdir, lakin yazıda qəbzdəkindən fərqli məlumat var.',
}

const asStored: BilingualText = {
  en: 'Take the entry as it is stored, byte for byte, and not written anew.',
  az: 'Yazını yenidən yazılmış şəkildə yox, saxlandığı kimi, bayt-bayt götürün.',
}

const askOperator: BilingualText = {
  en: 'Ask the operator, and keep receipt and entry.',
  az: 'Operatora müraciət edin, qəbzi və yazını saxlayın.',
}
