import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { Fault } from '../../src/exchange/fault.js'
import { soap11, soap12 } from '../../test/support/wss.js'
import { wsseNamespace, xroadNamespace } from './names.js'
import { readProviderAnswer } from './provider-answer.js'

const envelopeOf = (body: string, namespace = soap11, header = '') =>
  `<S:Envelope xmlns:S="${namespace}">${header}<S:Body>${body}</S:Body></S:Envelope>`

function answer(
  payload: string | Buffer,
  contentType = 'text/xml; charset=utf-8',
  status = 200,
  ...more: string[]
) {
  const rawHeaders = ['content-type', contentType, ...more]
  return { status, rawHeaders, payload: Buffer.from(payload) }
}

const headerOf = (blocks: string) => `<S:Header>${blocks}</S:Header>`

const noType = (payload: string) => ({ ...answer(payload), rawHeaders: [] })

function faultOf(response: Parameters<typeof readProviderAnswer>[0]): Fault | undefined {
  try {
    readProviderAnswer(response, '1.1')
    return undefined
  } catch (error) {
    if (!(error instanceof Fault)) throw error
    return error
  }
}

const good = envelopeOf('<r/>')
const fault = envelopeOf('<S:Fault><faultcode>S:Server</faultcode><faultstring/></S:Fault>')

describe("a provider's answer", () => {
  it.each(['1.1', '1.2'] as const)('in SOAP %s, as asked', (version) => {
    const namespace = version === '1.1' ? soap11 : soap12
    const type = version === '1.1' ? 'text/xml' : 'application/soap+xml; charset=utf-8'
    const text = envelopeOf('<r/>', namespace, '<S:Header/>')
    const read = readProviderAnswer(answer(text, type), version)
    expect(read).toMatchObject({ version, isFault: false, attachments: [], multipart: undefined })
    const { start, end } = read.layout.body
    expect(text.slice(start, end)).toBe('<S:Body><r/></S:Body>')
  })

  it.each([200, 400, 500])('that is a Fault passes, with status %d', (status) => {
    expect(readProviderAnswer(answer(fault, 'text/xml', status), '1.1').isFault).toBe(true)
  })

  it('may have header blocks that nobody must understand, and those that the bus knows', () => {
    const blocks = [
      '<w:Action xmlns:w="urn:w" S:mustUnderstand="0"/>',
      `<w:Security xmlns:w="${wsseNamespace}" S:mustUnderstand="1"/>`,
      `<x:id xmlns:x="${xroadNamespace}" S:mustUnderstand="1">1</x:id>`,
    ]
    const text = envelopeOf('<r/>', soap11, headerOf(blocks.join('')))
    expect(faultOf(answer(text))).toBeUndefined()
  })

  it('may have attachments, and an empty Body', () => {
    const type = 'multipart/related; type="text/xml"; boundary=b'
    const empty = envelopeOf('')
    const bytes =
      `--b\r\nContent-Type: text/xml\r\n\r\n${empty}\r\n` +
      '--b\r\nContent-ID: <a>\r\n\r\nfayl\r\n--b--\r\n'
    const read = readProviderAnswer(answer(bytes, type), '1.1')
    expect(Buffer.from(read.envelope).toString()).toBe(empty)
    expect(read.attachments[0]?.contentId).toBe('a')
    expect(faultOf(answer(bytes.slice(0, -9), type))).toMatchObject({ field: 'multipart' })
  })

  it.each([
    ['nothing', answer(''), 'Envelope', /empty \(status 200\)/],
    ['an HTML page', answer('<html>', 'text/html'), 'Content-Type', /an HTML page/],
    [
      'an HTML page called XML',
      answer('<!DOCTYPE html><p>'),
      'Envelope',
      /document type declaration/,
    ],
    ['JSON', answer('{}', 'application/json'), 'Content-Type', /no SOAP message/],
    ['no Content-Type', noType(good), 'Content-Type', /must be text\/xml/],
    ['another charset', answer(good, 'text/xml; charset=windows-1251'), 'charset', /UTF-8/],
    [
      'another encoding',
      answer(`<?xml version="1.0" encoding="utf-16"?>${good}`),
      'Envelope',
      /encoding/,
    ],
    ['bytes that are no UTF-8', answer(Buffer.from('<a>\xff</a>', 'latin1')), 'Envelope', /UTF-8/],
    ['broken XML', answer('<a><b></a>'), 'Envelope', /line 1/],
    ['a DTD', answer(`<!DOCTYPE a>${good}`), 'Envelope', /document type declaration/],
    ['another root', answer('<a/>'), 'Envelope', /no Envelope/],
    [
      'the other SOAP',
      answer(envelopeOf('', soap12)),
      'Envelope',
      /of SOAP 1.2; the request was SOAP 1.1/,
    ],
    [
      'the other media type',
      answer(good, 'application/soap+xml'),
      'Content-Type',
      /request was SOAP 1.1/,
    ],
    ['no SOAP at all', answer(envelopeOf('', 'urn:s')), 'Envelope', /of no known version/],
    [
      'no Body',
      answer(`<S:Envelope xmlns:S="${soap11}"><S:Header/></S:Envelope>`),
      'Body',
      /no Body/,
    ],
    [
      'a header block that must be understood',
      answer(
        envelopeOf('<r/>', soap11, headerOf('<w:Action xmlns:w="urn:w" S:mustUnderstand="1"/>')),
      ),
      'Header',
      /must be understood/,
    ],
    ['two Bodies', answer(good.replace('</S:Env', '<S:Body/></S:Env')), 'Envelope', /beside/],
    [
      'a Fault and more',
      answer(fault.replace('</S:Body', '<x/></S:Body')),
      'Body',
      /follows the Fault/,
    ],
    [
      'gzip',
      answer(good, 'text/xml', 200, 'Content-Encoding', 'gzip'),
      'Content-Encoding',
      /compressed/,
    ],
  ])('that is %s is refused, and says so', (_, response, field, detail) => {
    const found = faultOf(response)
    expect(found).toMatchObject({ code: 'RESPONSE_INVALID', side: 'provider', field })
    expect(found?.detail).toMatch(detail)
  })

  it.each([
    ['a redirect', answer('', 'text/html', 302), /redirects/],
    [
      'an error page',
      answer('<html>', 'text/html; charset=utf-8', 502),
      /status 502 and an HTML page/,
    ],
    ['an error without type', { ...noType('<html>'), status: 404 }, /status 404 and an HTML page/],
    ['a bare status', { ...noType(''), status: 503 }, /status 503 and nothing else/],
    ['an error that holds no Fault', answer(good, 'text/xml', 500), /holds no Fault/],
  ])('that is %s is a failure of the provider', (_, response, detail) => {
    const found = faultOf(response)
    expect(found).toMatchObject({ code: 'PROVIDER_FAULT', side: 'provider' })
    expect(found?.detail).toMatch(detail)
  })

  it('any bytes under any type are read or refused, and never quoted', () => {
    const type = fc.oneof(
      fc.constantFrom('text/xml', 'multipart/related; type="text/xml"; boundary=b'),
      fc.string(),
    )
    const piece = fc.constantFrom(
      '<S:Envelope',
      ` xmlns:S="${soap11}"`,
      '>',
      '<S:Body>',
      '--b\r\n',
      'SECRET',
      '\0',
    )
    fc.assert(
      fc.property(
        fc.array(piece),
        type,
        fc.integer({ min: 200, max: 599 }),
        (pieces, contentType, status) => {
          expect(faultOf(answer(pieces.join(''), contentType, status))?.detail ?? '').not.toContain(
            'SECRET',
          )
        },
      ),
      { numRuns: 500 },
    )
  })
})
