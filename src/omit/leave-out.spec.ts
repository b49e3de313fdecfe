import { describe, expect, it } from '@jest/globals'
import type { LeftOut } from '../exchange/exchange.js'
import type { Fault } from '../exchange/fault.js'
import type { HttpReplyContent } from '../exchange/http-content.js'
import type { MqReplyContent } from '../exchange/mq-content.js'
import type { ReplyContent } from '../exchange/signed-content.js'
import type { SoapReplyContent } from '../exchange/soap-content.js'
import { leaveOut } from './leave-out.js'

const json = '{"ad":"Aygün", "dogumYeri":"Bakı"}'
const jsonType = ['Content-Type', 'application/json']

function http(body: string, rawHeaders = jsonType, status = 200): HttpReplyContent {
  return {
    format: 'http',
    status,
    rawHeaders,
    payload: Buffer.from(body),
    head: () => Buffer.alloc(0),
  }
}

function soap(body: string, attachments: readonly object[] = []): SoapReplyContent {
  const envelope = Buffer.from(
    `<S:Envelope xmlns:S="http://schemas.xmlsoap.org/soap/envelope/"><S:Body>${body}</S:Body></S:Envelope>`,
  )
  const content: unknown = {
    ...{ format: 'soap', status: 200, payload: envelope, envelope, attachments },
    rawHeaders: ['Content-Type', 'text/xml', 'ETag', '"1"'],
    withEnvelope: (bytes: Uint8Array) => bytes,
  }
  return content as SoapReplyContent
}

const right = (omit: readonly string[]): Parameters<typeof leaveOut>[1] => ({
  accessRight: { id: 'AR-1', legalBasis: 'l', purpose: 'p', omit },
  pattern: 'request-reply',
})
const route = right(['/dogumYeri'])

function left(content: ReplyContent): LeftOut {
  const found = leaveOut(content, route)
  if (!found) throw new Error('nothing is left out')
  return found
}

function refusal(content: ReplyContent): string {
  try {
    left(content)
  } catch (error) {
    return `${(error as Fault).code} ${(error as Fault).detail ?? ''}`
  }
  return 'passed'
}

describe('what an access right leaves out of answers (R-105)', () => {
  it('is nothing where it names nothing, and of one-way messages', () => {
    expect(leaveOut(http(json), right([]))).toBeUndefined()
    expect(leaveOut(http(json), { ...route, accessRight: undefined })).toBeUndefined()
    expect(leaveOut(http('OK', []), { ...route, pattern: 'one-way' })).toBeUndefined()
  })

  it('is gone, and with it whatever the provider said over the whole answer', () => {
    const signed = [
      ...['Content-Digest', 'sha-256=:AA==:', 'Signature', 'a=:AA==:', 'Signature-Input', 'a=()'],
      ...['ETag', '"abc"', 'Content-Length', '40', 'X-Other', 'stays'],
    ]
    const { content, fields } = left(http(json, [...jsonType, ...signed]))
    expect(fields).toBe(1)
    expect(Buffer.from(content.payload as Uint8Array).toString()).toBe('{"ad":"Aygün"}')
    expect((content as HttpReplyContent).rawHeaders).toEqual([...jsonType, 'X-Other', 'stays'])
    expect(content.head().toString()).not.toContain('Signature')
  })

  it('leaves an answer as it is that has none of it', () => {
    for (const content of [http('{"ad":1}'), http('', []), http('', [], 204)]) {
      expect(left(content)).toEqual({ content, fields: 0 })
    }
  })

  it('is looked for in failures, too', () => {
    const problem = http(json, ['Content-Type', 'application/problem+json; charset=UTF-8'], 409)
    expect(left(problem).fields).toBe(1)
  })

  it('lets nothing pass that cannot be looked through', () => {
    for (const content of [
      http('Bakı', ['Content-Type', 'text/plain']),
      http('Bakı', ['Content-Type', 'text/html'], 500),
      http(json, []),
      http(json, ['Content-Type', 'application/json', 'Content-Type', 'text/plain']),
      http(json, ['Content-Type', 'application/json; charset=utf-16']),
      http(json, [...jsonType, 'Content-Encoding', 'gzip']),
      http('{"dogumYeri":1,"dogumYeri":2}'),
      http('"Bakı"', jsonType, 206),
      http(`${'['.repeat(1_000)}${']'.repeat(1_000)}`),
      soap('<r><dogumYeri>Bakı</dogumYeri></r>', [{ contentId: 'a' }]),
      soap('<r><p href="#1"/></r>'),
    ]) {
      expect(refusal(content)).toMatch(/^RESPONSE_INVALID .*cannot be found/)
    }
  })

  it('is cut out of envelopes and messages of queues', () => {
    const answer = left(soap('<r><ad>A</ad><dogumYeri>Bakı</dogumYeri></r>')).content
    expect(Buffer.from((answer as SoapReplyContent).envelope).toString()).toContain(
      '<r><ad>A</ad></r>',
    )
    expect((answer as SoapReplyContent).rawHeaders).toEqual(['Content-Type', 'text/xml'])
    const message: MqReplyContent = {
      ...{ format: 'mq', status: 200, signature: 'e30..x', payload: Buffer.from(json) },
      properties: { contentType: 'application/json', headers: { digest: 'x' } },
      head: () => Buffer.alloc(0),
    }
    const { content } = left(message)
    expect(content).toMatchObject({ signature: undefined, properties: { headers: {} } })
    expect(Buffer.from(content.payload as Uint8Array).toString()).toBe('{"ad":"Aygün"}')
  })
})
