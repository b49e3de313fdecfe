import type { ReceivedReply } from '../exchange/exchange.js'
import type { RawHeaders } from '../exchange/http-content.js'

/** Between the heads of messages of queues, which are JSON in one line each. */
const lineEnd = Buffer.from('\n')

function joinMqHeads(delivery: Uint8Array, answer: Uint8Array): Uint8Array {
  return Buffer.concat([delivery, lineEnd, answer])
}

/**
 * The head of an answer as it is kept. A signature over an answer of HTTP covers the signature of the
 * delivery that it answers (RFC 9421 §2.4), and is checked by nobody who does not have that: so the
 * delivery's head stands before the answer's own, which begins after its empty line. In a queue the answer names
 * that signature by its digest, and the delivery's head is a line before its own.
 */
export function answerHead({ content, delivered }: ReceivedReply): Uint8Array {
  const head = content.head()
  if (content.format === 'mq') {
    return content.signature === undefined ? head : joinMqHeads(delivered.head(), head)
  }
  if (content.format !== 'http' || !isSigned(content.rawHeaders)) return head
  return Buffer.concat([delivered.head(), head])
}

function isSigned(rawHeaders: RawHeaders): boolean {
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at] ?? ''
    if (name.length === 9 && name.toLowerCase() === 'signature') return true
  }
  return false
}
