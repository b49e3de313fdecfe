import type { IncomingMessage } from 'node:http'
import { JsonError } from '../json/json-error.js'
import { plainJson, type PlainJson } from '../json/plain-json.js'
import { readJson } from '../json/read-json.js'
import { jsonMediaType, type BodyTerms } from './body-terms.js'
import { Problem } from './problem.js'

/** A body as it came, and as a handler takes it. */
export interface ReadBody {
  readonly bytes: Buffer
  readonly value: PlainJson | Buffer
}

/** Whether a request has a body (RFC 9112 §6.3). */
export function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0
}

/**
 * Reads a body whole.
 * @throws Problem MEDIA_TYPE, BODY_TOO_LONG, INVALID
 */
export async function readBody(request: IncomingMessage, terms: BodyTerms): Promise<ReadBody> {
  const mediaType = mediaTypeOf(request, terms)
  const bytes = await readBytes(request, terms.bytesMax)
  return { bytes, value: mediaType === jsonMediaType ? parse(bytes) : bytes }
}

const mediaTypePattern =
  /^([a-z0-9.+-]+\/[a-z0-9.+-]+)(?:\s*;\s*charset\s*=\s*(?:"([^"]*)"|([^\s;"]+)))?$/

/** JSON is UTF-8 (RFC 8259 §8.1), so no other charset passes; nor does a compressed body. */
function mediaTypeOf({ headers }: IncomingMessage, { mediaTypes }: BodyTerms): string {
  const encoding = headers['content-encoding']
  const found = mediaTypePattern.exec(headers['content-type']?.trim().toLowerCase() ?? '')
  const [, mediaType, quoted, plain] = found ?? []
  const charset = quoted ?? plain ?? 'utf-8'
  const isKnown = mediaType !== undefined && mediaTypes.includes(mediaType)
  if (!isKnown || charset !== 'utf-8' || (encoding !== undefined && encoding !== 'identity')) {
    throw new Problem('MEDIA_TYPE', { detail: mediaTypes.join(', ') })
  }
  return mediaType
}

async function readBytes(request: IncomingMessage, bytesMax: number): Promise<Buffer> {
  if (Number(request.headers['content-length'] ?? 0) > bytesMax) throw tooLong(bytesMax)
  const pieces: Buffer[] = []
  let length = 0
  try {
    for await (const piece of request as AsyncIterable<Buffer>) {
      length += piece.length
      if (length > bytesMax) throw tooLong(bytesMax)
      pieces.push(piece)
    }
  } catch (error) {
    // Of a caller who went away nothing is wrong here, and nobody is left to tell.
    throw error instanceof Problem ? error : new Problem('INVALID', { cause: error })
  }
  return Buffer.concat(pieces, length)
}

function tooLong(bytesMax: number): Problem {
  return new Problem('BODY_TOO_LONG', {
    detail: { az: `Ən çoxu ${bytesMax} bayt`, en: `At most ${bytesMax} bytes` },
  })
}

function parse(bytes: Buffer): PlainJson {
  try {
    const value = plainJson(readJson(bytes))
    if (holdsNul(value)) throw nulProblem()
    return value
  } catch (error) {
    if (!(error instanceof JsonError)) throw error
    const { line, column, text } = error
    throw new Problem('INVALID', {
      detail: {
        az: `JSON: ${text.az} (sətir ${line}, sütun ${column})`,
        en: `JSON: ${text.en} (line ${line}, column ${column})`,
      },
    })
  }
}

/** No text of the database holds a NUL. */
function holdsNul(value: PlainJson): boolean {
  if (typeof value === 'string') return value.includes('\0')
  if (value === null || typeof value !== 'object') return false
  if (Array.isArray(value)) return value.some(holdsNul)
  return Object.entries(value).some(([name, member]) => name.includes('\0') || holdsNul(member))
}

function nulProblem(): Problem {
  return new Problem('INVALID', {
    detail: { az: 'JSON: mətndə sıfır simvolu var', en: 'JSON: a text has a NUL character' },
  })
}
