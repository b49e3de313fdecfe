import type { RefusalGround } from '../exchange/message-notice.js'
import { isInMemory } from '../exchange/payload.js'
import type { ReplyContent } from '../exchange/signed-content.js'
import { outboxLimits } from '../limits/one-way.js'

/** Why a recipient refused a message: in its own words, where its answer is a problem (RFC 9457 §3.1), else its status. */
export function groundOfAnswer(content: ReplyContent): RefusalGround {
  const words = wordsOf(content)
  const { status } = content
  return {
    code: undefined,
    az: words ?? `Alıcının sistemi mesajı qəbul etmədi (status ${status})`,
    en: words ?? `The recipient's system did not accept the message (status ${status})`,
  }
}

function wordsOf({ payload }: ReplyContent): string | undefined {
  if (!isInMemory(payload) || payload.length > outboxLimits.groundBytesMax) return undefined
  try {
    const problem: unknown = JSON.parse(Buffer.from(payload).toString('utf8'))
    if (typeof problem !== 'object' || problem === null) return undefined
    const { title, detail } = problem as Readonly<Record<string, unknown>>
    const words = [title, detail].filter((text) => typeof text === 'string')
    return boundedText(words.join(': '))
  } catch {
    return undefined
  }
}

/** Somebody else's words for a reader: no control characters, and not too many. Undefined where nothing is left. */
export function boundedText(text: string): string | undefined {
  const shown = text
    .toWellFormed()
    .replace(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, ' ')
    .trim()
  return shown === '' ? undefined : shown.slice(0, outboxLimits.groundCharsMax)
}
