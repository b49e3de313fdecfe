import type { RawHeaders } from '../exchange/http-content.js'

/** The head of a message as it is kept, taken apart. */
export interface HttpHead {
  readonly startLine: string
  readonly rawHeaders: RawHeaders
}

/** What is no head as the bus keeps them. */
export class HttpHeadError extends Error {
  override readonly name = 'HttpHeadError'
}

const headEnd = Buffer.from('\r\n\r\n')
const fieldLine = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+): ([^\r\n]*)$/

/** Cuts a head off what stands before others: the first ends with its empty line. */
export function splitHeads(bytes: Buffer): Buffer[] {
  const heads: Buffer[] = []
  let from = 0
  while (from < bytes.length) {
    const found = bytes.indexOf(headEnd, from)
    const end = found < 0 ? bytes.length : found + headEnd.length
    heads.push(bytes.subarray(from, end))
    from = end
  }
  return heads
}

/** Reads a head that `headBytes` of src/http has written. @throws HttpHeadError */
export function parseHead(bytes: Buffer): HttpHead {
  if (bytes.indexOf(headEnd) !== bytes.length - headEnd.length) {
    throw new HttpHeadError('the head does not end with its only empty line')
  }
  const text = bytes.toString('latin1', 0, bytes.length - headEnd.length)
  const [startLine = '', ...lines] = text.split('\r\n')
  const rawHeaders: string[] = []
  for (const line of lines) {
    const [, name, value] = fieldLine.exec(line) ?? []
    if (name === undefined || value === undefined) {
      throw new HttpHeadError('a line of the head is no header field')
    }
    rawHeaders.push(name, value)
  }
  return { startLine, rawHeaders }
}

const requestLine = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+) (\S+) HTTP\/\d\.\d$/
const statusLine = /^HTTP\/\d\.\d ([1-5]\d\d)(?: .*)?$/

/** @throws HttpHeadError */
export function requestLineOf({ startLine }: HttpHead): { method: string; target: string } {
  const [, method, target] = requestLine.exec(startLine) ?? []
  if (method === undefined || target === undefined) {
    throw new HttpHeadError('the head does not begin with a request line')
  }
  return { method, target }
}

/** @throws HttpHeadError */
export function statusOf({ startLine }: HttpHead): number {
  const status = statusLine.exec(startLine)?.[1]
  if (status === undefined) throw new HttpHeadError('the head does not begin with a status line')
  return Number(status)
}

/** Whether a kept head is an answer's, and not a request's. */
export function isAnswerHead(bytes: Buffer): boolean {
  return bytes.toString('latin1', 0, 5) === 'HTTP/'
}
