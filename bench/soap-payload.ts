import { soapEnvelope } from '../demo/soap-request.js'
import { row } from './wss-messages.js'

/** Of the Body's element, and so the code of the benched service. */
export const soapServiceCode = 'echo'
/** What ends every message of the bench, and stands behind the Body's content. */
export const soapEnd = '</S:Body></S:Envelope>'

const namespace = 'urn:example:din:gcq:v1'

/** Content of a Body, of exactly so many bytes: one element full of rows as agencies exchange them. */
export function soapContent(localName: string, bytes: number): string {
  const name = `gcq:${localName}`
  const around = (rows: string, rest: string): string =>
    `<${name} xmlns:gcq="${namespace}">${rows}<gcq:qeyd>${rest}</gcq:qeyd></${name}>`
  let rows = ''
  let left = bytes - Buffer.byteLength(around('', ''))
  for (let number = 1; left >= Buffer.byteLength(row(number)); number++) {
    rows += row(number)
    left -= Buffer.byteLength(row(number))
  }
  return around(rows, 'x'.repeat(left))
}

/** What the benched provider answers to a request whose Body's content has so many bytes. */
export function soapAnswer(bytes: number): Buffer {
  return Buffer.from(soapEnvelope(soapContent(`${soapServiceCode}Response`, bytes)))
}

/** How many bytes the content of a request's Body has. @throws Error for what is no such request */
export function soapContentBytes(request: Buffer): number {
  const body = request.indexOf('<S:Body')
  const content = request.indexOf('>', body) + 1
  if (body < 0 || content === 0) throw new Error('no Body')
  return request.length - soapEnd.length - content
}

const bodyContent = /<([\w.-]+:)?Body[^>]*>([^]*)<\/\1?Body>/

/** An answer that says what the request said: the Body's element, called as answers are. */
export function soapSame(request: Buffer): Buffer {
  const content = bodyContent.exec(request.toString('utf8'))?.[2] ?? ''
  const name = /^<([\w.:-]+)/.exec(content)?.[1] ?? ''
  const end = content.lastIndexOf(`</${name}`)
  const answer = `<${name}Response${content.slice(1 + name.length, end)}</${name}Response>`
  return Buffer.from(
    `<S:Envelope xmlns:S="http://schemas.xmlsoap.org/soap/envelope/"><S:Body>${answer}</S:Body></S:Envelope>`,
  )
}
