import {
  timestampAccuracyMsMax,
  timestampResponseBytesMax,
  timestampSkewMsMax,
} from '../limits/signed-data.js'
import { contentOf, DerError, derTag, enterOnly, enterValue, rawOf } from '../trust/x509/der.js'
import { namedBitsOf, smallNaturalOf } from '../trust/x509/der-values.js'
import { TimestampError } from './timestamp-error.js'
import {
  asTimestampError,
  verifyToken,
  type TimestampTrust,
  type VerifiedTimestamp,
} from './verify-token.js'

export interface ResponseRequest {
  /** What the authority answered. */
  readonly response: Uint8Array
  /** What was to be stamped. */
  readonly data: Uint8Array
  /** Of the request, lower-case hexadecimal. */
  readonly nonce: string
  readonly policy?: string | undefined
  readonly trust: TimestampTrust
  /** When the answer came, by the clock here. */
  readonly receivedAt: Date
}

export interface FreshTimestamp extends VerifiedTimestamp {
  /** DER of the token, to be kept. */
  readonly token: Buffer
}

/**
 * Verifies the answer to a request (RFC 3161 §2.2, §2.4.2): status, token, nonce, the digest that was asked
 * for, and that the authority's clock and the one here agree.
 * @throws TimestampError
 */
export function verifyResponse(request: ResponseRequest): FreshTimestamp {
  const { response, nonce, receivedAt } = request
  if (response.length > timestampResponseBytesMax) {
    throw new TimestampError('too-large', 'The answer is too large.')
  }
  const token = tokenIn(response)
  const { data, trust, policy } = request
  const verified = verifyToken({ token, data, trust, policy })
  if (verified.nonce !== nonce) {
    throw new TimestampError('nonce', 'It answers another request: the nonces differ.')
  }
  if (verified.imprint.digest !== 'sha256') {
    throw new TimestampError('imprint', 'It stamps another digest than was asked for.')
  }
  checkClock(verified, receivedAt)
  return { ...verified, token }
}

function checkClock({ time, accuracyMs = 0 }: VerifiedTimestamp, receivedAt: Date): void {
  if (accuracyMs > timestampAccuracyMsMax) {
    throw new TimestampError('clock', `Its time may be off by ${accuracyMs / 1_000} s.`)
  }
  const skewMs = time.getTime() - receivedAt.getTime()
  if (Math.abs(skewMs) <= timestampSkewMsMax + accuracyMs) return
  const seconds = Math.round(Math.abs(skewMs) / 1_000)
  const where = skewMs > 0 ? 'ahead of' : 'behind'
  throw new TimestampError('clock', `Its clock is ${seconds} s ${where} the one here.`)
}

/** TimeStampResp: the token, where there is one. */
function tokenIn(response: Uint8Array): Buffer {
  try {
    const der = Buffer.from(response.buffer, response.byteOffset, response.length)
    const outer = enterOnly(der, derTag.sequence)
    const info = outer.enter(derTag.sequence)
    const status = smallNaturalOf(info.next(derTag.integer))
    const words = info.optional(derTag.sequence)
    const failure = info.optional(derTag.bitString)
    info.finish()
    // 0: granted; 1: granted with changes, which the checks of the token find out about.
    if (status > 1) {
      const why = [failureText(failure && namedBitsOf(failure)), ...(words ? textsIn(words) : [])]
      throw new TimestampError('rejected', `The authority refuses: ${why.join(', ')}.`)
    }
    const token = outer.next(derTag.sequence)
    outer.finish()
    return rawOf(token)
  } catch (error) {
    throw asTimestampError(error)
  }
}

/** PKIFailureInfo, RFC 3161 §2.4.2. */
const failures: Readonly<Record<number, string>> = {
  0: 'it does not know the algorithm',
  2: 'it may not or cannot do that',
  5: 'the request has the wrong format',
  14: 'its clock is not available',
  15: 'it does not know the policy',
  16: 'it does not know an extension',
  17: 'it does not understand a further wish',
  25: 'it has trouble of its own',
}

function failureText(bits: number | undefined): string {
  const [text] = Object.entries(failures)
    .filter(([bit]) => ((bits ?? 0) & (1 << Number(bit))) !== 0)
    .map(([, each]) => each)
  return text ?? 'it does not say why'
}

const textsMax = 4
const textCharsMax = 200

/** What it says in words, fit for a line of a log. */
function textsIn(words: Parameters<typeof enterValue>[0]): string[] {
  const reader = enterValue(words)
  const texts: string[] = []
  while (!reader.done && texts.length < textsMax) {
    const text = contentOf(reader.next(derTag.utf8String)).toString('utf8')
    texts.push(`“${text.slice(0, textCharsMax).replace(/[\p{C}\p{Z}]+/gu, ' ')}”`)
  }
  if (!reader.done) throw new DerError('a status has too many words')
  return texts
}
