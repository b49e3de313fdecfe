import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { randomBytes } from 'node:crypto'
import { breachesOf } from '../../test/support/codec.js'
import { elementOf, messageSchema, typeSchema } from '../../test/support/scenario-schemas.js'
import { answerFor, mappingOf, restRequest, soapReply } from '../../test/support/soap-mapping.js'
import type { DerivedSoapRequest } from '../exchange/derived-request.js'
import type { VerifiedHttpRequest } from '../exchange/http-content.js'
import type { SoapAttachment } from '../exchange/soap-content.js'
import { readFormData, writeFormData } from '../http/form-data.js'
import { MappingError } from './mapping-problem.js'
import type { SoapServiceMapping } from './soap-mapping.js'

const pdf = Buffer.concat([Buffer.from('%PDF-1.7\r\n--b\r\n'), randomBytes(2_000)])

// SC-10, its SOAP side in both ways in which such services are described.
const schema =
  typeSchema('Senedler', 'Erize: base64Binary', 'Elave: base64Binary*') +
  messageSchema('Muraciet', 'Saxlayici: string', 'Mebleg: decimal') +
  messageSchema('MuracietInline', 'Saxlayici: string', 'Senedler: Senedler') +
  messageSchema('Cavab', 'MuracietNo: string', 'QebulTarixi: date') +
  messageSchema('CavabInline', 'MuracietNo: string', 'Arayis: base64Binary?')
const swa = (attachments: 'base64' | 'multipart') =>
  mappingOf(
    { request: elementOf(schema, 'Muraciet'), reply: elementOf(schema, 'Cavab') },
    'names: lowerFirst',
    { attachments, parts: [{ part: 'sened', mediaTypes: ['application/pdf', 'image/*'] }] },
  )
const inline = (soapAttachments?: 'mtom') =>
  mappingOf(
    { request: elementOf(schema, 'MuracietInline'), reply: elementOf(schema, 'CavabInline') },
    'names: lowerFirst',
    { attachments: 'multipart', soapAttachments },
  )

type Part = readonly [name: string, content: string | Uint8Array, mediaType?: string]

function form(...parts: Part[]): VerifiedHttpRequest {
  const { contentType, payload } = writeFormData(
    parts.map(([name, content, mediaType = 'application/json']) => ({
      ...{ name, mediaType, isFile: name !== 'message' },
      content: Buffer.from(content as Uint8Array),
    })),
  )
  const header = (name: string) => (name === 'content-type' ? contentType : undefined)
  return restRequest('', { header, payload })
}

function asked(mapping: SoapServiceMapping, request: VerifiedHttpRequest) {
  const { body, attachments, isXop } = mapping.request(request) as DerivedSoapRequest
  return { body: Buffer.from(body).toString(), attachments, isXop }
}

function attachment(contentId: string, type = 'application/pdf', content = pdf): SoapAttachment {
  return { contentId, rawHeaders: ['content-type', type], content }
}

function cavab(...attachments: SoapAttachment[]) {
  const content =
    '<n:MuracietNo>QK-2013-0001</n:MuracietNo><n:QebulTarixi>2013-02-15</n:QebulTarixi>'
  return soapReply(`<n:Cavab xmlns:n="urn:example:az">${content}</n:Cavab>`, { attachments })
}

const message = '{"saxlayici":"Əliyev Şükür","mebleg":"10.50"}'
const answered = '"muracietNo":"QK-2013-0001","qebulTarixi":"2013-02-15"'

/** What is in the way of a mapping. */
function problemsOf(act: () => unknown): string[] {
  try {
    act()
    return []
  } catch (error) {
    if (!(error instanceof MappingError)) throw error
    return error.problems.map(({ path, en }) => `${path} ${en}`)
  }
}

function formIn(mapping: SoapServiceMapping, reply: ReturnType<typeof cavab>) {
  const answer = mapping.reply(reply)
  if (answer.format !== 'http') throw new Error('not HTTP')
  return readFormData(answer.rawHeaders[1] ?? '', answer.payload)
}

describe('SC-10: an application with a signed file', () => {
  it('goes from a form to an attachment, its bytes unchanged', () => {
    const request = form(['message', message], ['sened', pdf, 'application/pdf'])
    const { body, attachments, isXop } = asked(swa('multipart'), request)
    expect(body).toContain('<n1:Saxlayici>Əliyev Şükür</n1:Saxlayici><n1:Mebleg>10.50</n1:Mebleg>')
    expect(isXop).toBe(false)
    expect(attachments).toEqual([
      {
        contentId: expect.stringMatching(/^sened=[0-9a-f-]{36}@sluice$/) as unknown,
        rawHeaders: ['Content-Type', 'application/pdf', 'Content-Transfer-Encoding', 'binary'],
        content: pdf,
      },
    ])
  })

  it('comes back as a form', () => {
    expect(formIn(swa('multipart'), cavab(attachment('sened=1@x')))).toEqual([
      { name: 'message', mediaType: 'application/json', content: Buffer.from(`{${answered}}`) },
      { name: 'sened', mediaType: 'application/pdf', content: pdf },
    ])
  })

  it('goes as base64 in JSON where the contract says so', () => {
    const file = { mediaType: 'image/png', content: pdf.toString('base64') }
    const json = message.replace('}', `,"sened":${JSON.stringify(file)}}`)
    const { body, attachments } = asked(swa('base64'), restRequest(json))
    expect(body).not.toContain('sened')
    expect(attachments).toMatchObject([
      {
        rawHeaders: ['Content-Type', 'image/png', 'Content-Transfer-Encoding', 'binary'],
        content: pdf,
      },
    ])
    expect(answerFor(swa('base64'), cavab(attachment('x', 'image/png'))).json).toBe(
      `{${answered},"sened":${JSON.stringify(file)}}`,
    )
  })

  it('goes from a form into the elements of the envelope', () => {
    const request = form(
      ['message', '{"saxlayici":"Ə"}'],
      ['erize', pdf, 'application/pdf'],
      ['elave', 'a', 'text/plain'],
      ['elave', 'b', 'text/plain'],
    )
    const content = `<n1:Erize>${pdf.toString('base64')}</n1:Erize><n1:Elave>YQ==</n1:Elave><n1:Elave>Yg==</n1:Elave>`
    const { body, attachments } = asked(inline(), request)
    expect(body).toContain(`<n1:Senedler>${content}</n1:Senedler>`)
    expect(attachments).toEqual([])
    const packed = asked(inline('mtom'), request)
    expect(packed.isXop).toBe(true)
    expect(packed.attachments.map(({ content }) => Buffer.from(content))).toEqual([
      ...[pdf, Buffer.from('a'), Buffer.from('b')],
    ])
    for (const { contentId } of packed.attachments) {
      expect(packed.body).toContain(
        `<xop:Include xmlns:xop="http://www.w3.org/2004/08/xop/include" href="cid:${contentId}"/>`,
      )
    }
  })

  it('comes back from the elements of the envelope as a form, without files as JSON', () => {
    const reply = (file: string) =>
      soapReply(
        `<n:CavabInline xmlns:n="urn:example:az"><n:MuracietNo>1</n:MuracietNo>${file}</n:CavabInline>`,
      )
    const file = `<n:Arayis>${pdf.toString('base64')}</n:Arayis>`
    expect(formIn(inline(), reply(file))).toMatchObject([
      { name: 'message', content: Buffer.from('{"muracietNo":"1"}') },
      { name: 'arayis', mediaType: 'application/octet-stream', content: pdf },
    ])
    expect(answerFor(inline(), reply(''))).toMatchObject({
      type: 'application/json',
      json: '{"muracietNo":"1"}',
    })
  })

  it('keeps any bytes there and back', () => {
    const mappings = [swa('multipart'), inline(), inline('mtom')] as const
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
        const [parts, ...others] = mappings
        const { attachments } = asked(
          parts,
          form(['message', message], ['sened', bytes, 'image/png']),
        )
        expect(Buffer.from(attachments[0]!.content).equals(bytes)).toBe(true)
        const back = formIn(parts, cavab(...attachments))
        expect(Buffer.from(back[1]!.content).equals(bytes)).toBe(true)
        for (const each of others) {
          const { body, attachments: files } = asked(
            each,
            form(['message', '{"saxlayici":"Ə"}'], ['erize', bytes, 'image/png']),
          )
          const sent = files[0]?.content ?? Buffer.from(/Erize>([^<]*)</.exec(body)![1]!, 'base64')
          expect(Buffer.from(sent).equals(bytes)).toBe(true)
        }
      }),
      { numRuns: 100 },
    )
  })
})

describe('a request with files', () => {
  const file: Part = ['sened', pdf, 'application/pdf']
  it.each<[string, string[], ...Part[]]>([
    ['no file', ['/sened missing'], ['message', message]],
    ['no message', ['/ missing'], file],
    ['two messages', ['/message repeated'], ['message', message], ['message', message], file],
    ['a message that is no JSON', ['/ syntax'], ['message', '{'], file],
    ['a message of another type', ['/message mediaType'], ['message', message, 'text/xml'], file],
    [
      'a message in another charset',
      ['/message mediaType'],
      ['message', message, 'application/json; charset=utf-16'],
      file,
    ],
    ['two files', ['/sened repeated'], ['message', message], file, file],
    ['a file of another name', ['/basqa unknown'], ['message', message], file, ['basqa', 'x']],
    [
      'a file of another type',
      ['/sened mediaType'],
      ['message', message],
      ['sened', 'x', 'text/a'],
    ],
  ])('is refused with %s', (_, breaches, ...parts) => {
    const mapping = swa('multipart')
    expect(breachesOf(() => mapping.request(form(...parts)))).toEqual(breaches)
  })

  it('is refused where a file is there twice, in the form and in the JSON', () => {
    const json = '{"saxlayici":"Ə","senedler":{"erize":"YQ=="}}'
    const request = form(['message', json], ['erize', 'a', 'text/plain'])
    expect(breachesOf(() => inline().request(request))).toEqual(['/senedler/erize repeated'])
    const misplaced = form(['message', '{"saxlayici":"Ə","senedler":[]}'], ['erize', 'a'])
    expect(breachesOf(() => inline().request(misplaced))).toEqual(['/senedler type'])
  })

  it('is refused that is no form, or the form of another contract', () => {
    const broken = { ...form(['message', message], file), payload: Buffer.from('x') }
    expect(breachesOf(() => swa('multipart').request(broken))).toEqual(['/ syntax'])
    const whole = form(['message', message], file)
    expect(breachesOf(() => swa('base64').request(whole))).toEqual(['/ mediaType'])
    expect(breachesOf(() => swa('multipart').request(restRequest(message)))).toEqual([
      '/sened missing',
    ])
    const get = { ...whole, method: 'GET' }
    expect(breachesOf(() => swa('multipart').request(get))).toEqual(['/ operation'])
  })

  it.each([
    ['"x"', ['/sened type']],
    ['{}', ['/sened/mediaType missing', '/sened/content missing']],
    ['{"mediaType":1,"content":"","ad":"x"}', ['/sened/ad unknown', '/sened/mediaType type']],
    ['{"mediaType":"image/png","content":"YQ="}', ['/sened/content type']],
    ['{"mediaType":"text/a","content":""}', ['/sened mediaType']],
    ['{"mediaType":"image/png\\r\\nX: y","content":""}', ['/sened mediaType']],
  ])('is refused with %s for a file', (value, breaches) => {
    const json = message.replace('}', `,"sened":${value}}`)
    expect(breachesOf(() => swa('base64').request(restRequest(json)))).toEqual(breaches)
  })
})

describe('an answer with files', () => {
  it.each<[string, string[], ...SoapAttachment[]]>([
    ['none', ['/sened missing']],
    ['one of another type', ['/sened mediaType'], attachment('a', 'text/plain')],
    ['one too many', ['/ attachment'], attachment('sened=1@x'), attachment('b')],
    ['two of which none is named', ['/sened missing'], attachment('a'), attachment('%=b')],
  ])('is refused with %s', (_, breaches, ...attachments) => {
    expect(breachesOf(() => swa('base64').reply(cavab(...attachments)))).toEqual(breaches)
  })
})

describe('a contract with files', () => {
  const twice = typeSchema('A', 'Fayl: base64Binary') + messageSchema('B', 'X: A', 'Y: A')
  const named = messageSchema('C', 'message: base64Binary', 'a: base64Binary')
  const one = (text: string, name: string) => ({ request: elementOf(text, name) })
  const refused = (...parts: Parameters<typeof mappingOf>) => problemsOf(() => mappingOf(...parts))

  it('is refused where files would have the same name, or one that no part can have', () => {
    const multipart = { attachments: 'multipart' } as const
    expect(refused(one(twice, 'B'), '', multipart)).toEqual([
      'request/ Two parts of the form would have the same name: Fayl; give one a "name" in mapping.yaml',
    ])
    const rules = `request: [{ path: /a, name: 'a"b' }]`
    expect(refused(one(named, 'C'), rules, multipart)).toEqual([
      'request/ Two parts of the form would have the same name: message; give one a "name" in mapping.yaml',
      'request/ No part of a form can have the name a"b',
    ])
  })

  it('is refused where an attachment has no place', () => {
    const parts = [{ part: 'a', mediaTypes: [] }]
    expect(refused(one(named, 'C'), '', { parts })).toEqual([
      'request/ JSON has no place for the attachment a',
    ])
    expect(refused(one(named, 'C'), '', { parts, attachments: 'base64' })).toEqual([
      'request/ Two fields would have the same name in JSON: a; give one a "name" in mapping.yaml',
    ])
    const mtom = { parts, attachments: 'base64', soapAttachments: 'mtom' } as const
    expect(refused(one(named, 'C'), '', mtom)).toEqual([
      'request/ Parts bound by mime:content cannot travel in an MTOM message: a',
    ])
  })

  it('leaves base64 in JSON where a part would not say which it is of', () => {
    const many = typeSchema('A', 'Fayl: base64Binary') + messageSchema('B', 'X: A*')
    const { files } = mappingOf(one(many, 'B'), '', { attachments: 'multipart' }).shapes
    expect(files.request.places).toEqual([])
  })
})
