import { readCertificates, readInput, type NamedCertificate } from './command-files.js'
import { UsageError, type FileCommandIo } from './command-io.js'
import { checkChain } from './receipt/check-chain.js'
import { checkEntry } from './receipt/check-entry.js'
import { checkReceipt } from './receipt/check-receipt.js'
import { findReceipt } from './receipt/find-receipt.js'
import { readReceiptOptions, receiptUsage, type ReceiptOptions } from './receipt/receipt-options.js'
import { isGenuine, jsonOf, linesOf, type ReceiptReport } from './receipt/receipt-report.js'
import type { ReceiptStep } from './receipt/receipt-step.js'

/**
 * `sluice receipt verify`: says step by step whether the bus gave a receipt, and what it promised.
 * @returns exit code: 0 genuine, 1 not, 2 wrong usage or a file that cannot be read
 */
export async function receiptVerify(args: readonly string[], io: FileCommandIo): Promise<number> {
  try {
    const options = readReceiptOptions(args)
    if (options === 'help') {
      io.out(receiptUsage)
      return 0
    }
    const report = await reportOf(options, io)
    if (options.json) io.out(JSON.stringify(jsonOf(report), undefined, 2))
    else for (const line of linesOf(report)) io.out(line)
    return isGenuine(report) ? 0 : 1
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    io.err(error.message)
    return 2
  }
}

async function reportOf(options: ReceiptOptions, io: FileCommandIo): Promise<ReceiptReport> {
  const certificates: NamedCertificate[] = []
  for (const file of options.certificateFiles) {
    certificates.push(...(await readCertificates(file, io)))
  }
  const entry = options.entryFile === undefined ? undefined : await readInput(options.entryFile, io)
  const found = await findReceipt(options.receipt, io)
  const steps: ReceiptStep[] = []
  const checked = checkReceipt(found, certificates, steps)
  const chain = await checkChain(options, checked, io)
  if (chain) steps.push(chain)
  if (checked && entry) steps.push(checkEntry(entry, checked.receipt))
  return { steps, receipt: checked?.receipt }
}
