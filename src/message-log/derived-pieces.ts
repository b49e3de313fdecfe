import type { DerivedRequest } from '../exchange/derived-request.js'
import type { ReplyContent } from '../exchange/signed-content.js'
import { isInMemory } from '../exchange/payload.js'

/** The bytes that a mapping made of a request, in the order in which their digest is taken. */
export function derivedPieces(derived: DerivedRequest): Uint8Array[] {
  if (derived.format !== 'soap') return [derived.payload]
  return [derived.body, ...derived.attachments.map(({ content }) => content)]
}

/** The same of an answer; what is made of one is in memory. */
export function answerPieces(content: ReplyContent): Uint8Array[] {
  if (content.format !== 'soap') return [content.payload]
  const attachments = content.attachments.map((attachment) => attachment.content)
  return [content.envelope, ...attachments.filter(isInMemory)]
}
