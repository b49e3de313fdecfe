import { hash } from 'node:crypto'
import { holdsFault, refusalIn, type ReplyMeaning } from '../../adapters/soap/client-reply.js'
import { sluiceNamespace } from '../../adapters/soap/names.js'
import { Fault } from '../exchange/fault.js'
import type { SoapAttachment, VerifiedSoapRequest } from '../exchange/soap-content.js'
import type { NamedCertificate } from './command-files.js'
import type { CommandIo } from './command-io.js'
import { showReceipt } from './send-receipt.js'
import { statusLine, textOf } from './send-transport.js'

export interface ReplyToShow {
  readonly status: number
  readonly verified: VerifiedSoapRequest
  /** Those that were verified with it. */
  readonly attachments: readonly SoapAttachment[]
  readonly meaning: ReplyMeaning
}

/**
 * Shows what a verified reply says.
 * @returns exit code: 0 answered, 1 refused, or a Fault of the provider, 3 with a receipt that is wrong
 */
export function showSoapReply(
  reply: ReplyToShow,
  buses: readonly NamedCertificate[],
  io: CommandIo,
): number {
  const { status, verified, meaning } = reply
  const ours = (name: string): string | undefined =>
    verified.headerBlock(sluiceNamespace, name)?.text()
  const [exchangeId, entry, token] = [ours('exchangeId'), ours('entry'), ours('receipt')]
  io.out(statusLine(status))
  io.out(`Exchange id: ${exchangeId ?? 'none'}`)
  const bound = meaning === 'answer' ? 'this request' : 'no request in particular'
  io.out(`Signed by the bus at ${verified.signature.created.toISOString()}, in answer to ${bound}.`)
  const isRight = showReceipt({ token, exchangeId, entry }, buses, io)
  io.out('')
  const exitCode = showContent(reply, io)
  return isRight ? exitCode : 3
}

function showContent(
  { status, verified, attachments, meaning }: ReplyToShow,
  io: CommandIo,
): number {
  if (meaning === 'refusal') {
    for (const line of refusalLines(verified)) io.out(line)
    return 1
  }
  for (const text of contentOf(verified)) io.out(text)
  attachments.forEach(({ contentId, content }, index) => {
    const digest = hash('sha256', content, 'hex')
    io.out(`Attachment ${index + 1}: <${contentId}>, ${content.length} bytes, SHA-256 ${digest}`)
  })
  return isAnswered(status, verified) ? 0 : 1
}

function* refusalLines(verified: VerifiedSoapRequest): Generator<string> {
  const refusal = refusalIn(verified)
  if (!refusal) return
  const { code, field, side, detail, text, remedy } = refusal
  yield `REFUSED  ${field === undefined ? code : `${code} (${field})`}: ${text.en}. Side: ${side}.`
  if (detail !== undefined) yield detail
  yield `What to do: ${remedy.en}`
  yield `Qərar: rədd edilir. ${text.az}. ${remedy.az}`
}

/** What stands in the Body, as it was signed. */
function contentOf({ body, envelope }: VerifiedSoapRequest): string[] {
  const textAt = ({ start, end }: { readonly start: number; readonly end: number }): string =>
    textOf(envelope.subarray(start, end))
  try {
    return body.children().map(({ range }) => textAt(range))
  } catch (error) {
    // Text beside elements: then the Body is shown as a whole.
    if (error instanceof Fault) return [textAt(body.range)]
    throw error
  }
}

function isAnswered(status: number, verified: VerifiedSoapRequest): boolean {
  if (status < 200 || status >= 300) return false
  try {
    return !holdsFault(verified)
  } catch (error) {
    // What has text beside elements is no Fault.
    if (error instanceof Fault) return true
    throw error
  }
}
