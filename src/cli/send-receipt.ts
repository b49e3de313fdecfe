import { readReceipt } from '../receipt/read-receipt.js'
import { ReceiptError } from '../receipt/receipt-error.js'
import type { Receipt } from '../receipt/receipt.js'
import type { NamedCertificate } from './command-files.js'
import type { CommandIo } from './command-io.js'
import { printable } from '../printable.js'

/** What a verified reply says of its entry. */
export interface ReplyReceipt {
  readonly token: string | undefined
  readonly exchangeId: string | undefined
  /** Leaf hash, of an answer. */
  readonly entry: string | undefined
}

/**
 * Shows whether a receipt came with a reply, and what it promises.
 * @returns false for one that is wrong, although the bus's signature over the reply covers it
 */
export function showReceipt(
  reply: ReplyReceipt,
  buses: readonly NamedCertificate[],
  io: CommandIo,
): boolean {
  if (reply.token === undefined) {
    io.out('Receipt: none, so the bus does not promise that this is in its log.')
    return true
  }
  try {
    const unverified = readReceipt(reply.token)
    const { certificateThumbprint: named } = unverified
    const bus = buses.find(({ thumbprint }) => thumbprint === named)
    if (!bus) {
      io.out(`Receipt: not checked. Give the certificate with the thumbprint ${named}, too.`)
      return true
    }
    return showPromise(unverified.verifiedBy(bus.publicKey), reply, io)
  } catch (error) {
    if (!(error instanceof ReceiptError)) throw error
    io.err(`Receipt: WRONG. ${error.message}`)
    return false
  }
}

function showPromise(
  receipt: Receipt,
  { exchangeId, entry }: ReplyReceipt,
  io: CommandIo,
): boolean {
  const { leafHash, log } = receipt
  if (receipt.exchangeId !== exchangeId || (entry !== undefined && entry !== leafHash)) {
    io.err('Receipt: WRONG. It is of another exchange than the reply.')
    return false
  }
  io.out(`Receipt: verified. Entry ${leafHash} will be in the log ${printable(log)}.`)
  return true
}
