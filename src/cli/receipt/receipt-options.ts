import { parseArgs } from 'node:util'
import { UsageError } from '../command-io.js'
import type { TrustFiles } from '../trust-files.js'

export const receiptUsage = `Usage: sluice receipt verify RECEIPT --certificate FILE [options]

Says step by step whether the bus gave a receipt, and what it promised with it. Needs neither the bus nor its
database. RECEIPT is the receipt itself (it begins with eyJ), or a file: with the receipt alone, with a captured
HTTP reply that brings it (its head is enough), or with a SOAP envelope. "-" is standard input.

  --certificate FILE    the bus's certificates, one after the other (repeatable)
  --trust FILE          an accepted root: the certificate's chain is checked, as of the time of the receipt (repeatable)
  --intermediate FILE   a certificate between the root and the bus's (repeatable)
  --crl FILE            a revocation list that was current then (repeatable)
  --entry FILE          an entry of the message log, its bytes as they are stored: is it the one promised?
  --json                print one JSON object

Exit code: 0 the receipt is the bus's and everything given fits it, 1 it is not, 2 wrong usage or a file that
cannot be read.`

export interface ReceiptOptions {
  /** The receipt itself, or the path of a file. */
  readonly receipt: string
  readonly certificateFiles: readonly string[]
  /** Handed on to the check of the chain. */
  readonly chain: TrustFiles
  readonly entryFile: string | undefined
  readonly json: boolean
}

/** @throws UsageError */
export function readReceiptOptions(args: readonly string[]): ReceiptOptions | 'help' {
  const { values, positionals } = parsed(args)
  if (values.help) return 'help'
  const [receipt, ...others] = positionals
  if (receipt === undefined) throw new UsageError(`RECEIPT is missing.\n\n${receiptUsage}`)
  if (others.length > 0) throw new UsageError(`One receipt at a time.\n\n${receiptUsage}`)
  const { certificate: certificateFiles, trust, intermediate, crl } = values
  if (certificateFiles.length === 0) {
    throw new UsageError(`--certificate is missing.\n\n${receiptUsage}`)
  }
  return {
    receipt,
    certificateFiles,
    chain: { trust, intermediate, crl },
    entryFile: values.entry,
    json: values.json,
  }
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        certificate: { type: 'string', multiple: true, default: [] },
        trust: { type: 'string', multiple: true, default: [] },
        intermediate: { type: 'string', multiple: true, default: [] },
        crl: { type: 'string', multiple: true, default: [] },
        entry: { type: 'string' },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    })
  } catch (error) {
    throw new UsageError(`${(error as Error).message}\n\n${receiptUsage}`)
  }
}
