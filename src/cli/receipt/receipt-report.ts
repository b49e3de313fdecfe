import type { Receipt } from '../../receipt/receipt.js'
import { printable } from '../../printable.js'
import { timeText, type ReceiptStep } from './receipt-step.js'

/** All that the command found out. */
export interface ReceiptReport {
  readonly steps: readonly ReceiptStep[]
  /** What was promised; undefined where the signature did not prove right. */
  readonly receipt: Receipt | undefined
}

export function isGenuine({ steps, receipt }: ReceiptReport): boolean {
  return receipt !== undefined && firstWrong(steps) === undefined
}

function firstWrong(steps: readonly ReceiptStep[]): ReceiptStep | undefined {
  return steps.find(({ outcome }) => outcome === 'wrong')
}

const marks = { ok: 'ok         ', wrong: 'WRONG      ', 'not checked': 'not checked' } as const
const indent = ' '.repeat(13)

export function* linesOf(report: ReceiptReport): Generator<string> {
  for (const { outcome, text } of report.steps) {
    yield `${marks[outcome]}  ${printable(text.en)}`
    yield indent + printable(text.az)
  }
  yield ''
  if (report.receipt) yield* promiseOf(report.receipt)
  yield* conclusionOf(report)
}

function* promiseOf(receipt: Receipt): Generator<string> {
  const { exchangeId, log, leafHash, requestLeafHash, recordedAt } = receipt
  yield 'What the bus promised: this entry is durable and will be in this log.'
  yield 'Şlüzün təsdiqi: bu yazı qalıcı saxlanılıb və bu jurnalda olacaq.'
  yield `  exchange / mübadilə        ${exchangeId}`
  yield `  log / jurnal               ${printable(log)}`
  yield `  recorded / yazının vaxtı   ${timeText(recordedAt)}`
  yield `  entry / yazı               ${hexOf(leafHash)}`
  if (requestLeafHash !== undefined) {
    yield `  request / sorğu            ${hexOf(requestLeafHash)}`
  }
  yield ''
}

/** As `log show` has it. */
function hexOf(leafHash: string): string {
  return Buffer.from(leafHash, 'base64url').toString('hex')
}

function* conclusionOf(report: ReceiptReport): Generator<string> {
  if (isGenuine(report)) {
    yield 'GENUINE  The bus gave this receipt. That the entry is in the log, an inclusion proof says.'
    yield 'Nəticə: qəbz həqiqidir, onu şlüz verib. Yazının jurnalda olduğunu daxilolma sübutu göstərir.'
    return
  }
  const wrong = firstWrong(report.steps)
  yield `NOT GENUINE  ${printable(wrong?.text.en ?? '')}`
  if (wrong?.remedy) yield `What to do: ${wrong.remedy.en}`
  yield `Nəticə: qəbz təsdiqlənmədi. ${printable(wrong?.text.az ?? '')} ${wrong?.remedy?.az ?? ''}`.trimEnd()
}

export function jsonOf(report: ReceiptReport): unknown {
  const { steps, receipt } = report
  const remedy = firstWrong(steps)?.remedy
  return {
    genuine: isGenuine(report),
    ...(receipt && { receipt }),
    steps: steps.map(({ name, outcome, text }) => ({ name, outcome, text })),
    ...(remedy && { remedy }),
  }
}
