import { describe, expect, it } from '@jest/globals'
import { breachesOf } from '../../test/support/codec.js'
import {
  bodyIn,
  diplomFace,
  faceOf,
  httpReply,
  soapRequest,
  soapRequestOf,
  voenTapFace,
} from '../../test/support/views.js'
import { soap11 } from '../../test/support/wss.js'
import type { DerivedHttpRequest } from '../exchange/derived-request.js'
import type { ServiceMapping } from './service-mapping.js'

const voenTap = await voenTapFace()
const diplom = await diplomFace()
const voen = 'urn:sluice:service:AZ:GOV:VN:VERGI:voenTap:v1'
const dip = 'urn:sluice:service:AZ:GOV:TN:DIPLOM:diplomMelumati:v1'

function requestOf({ mapping }: { readonly mapping: ServiceMapping }, body: string) {
  const derived = mapping.request(soapRequest(body)) as DerivedHttpRequest
  return { ...derived, payload: Buffer.from(derived.payload).toString() }
}

function replyOf(
  { mapping }: { readonly mapping: ServiceMapping },
  ...reply: Parameters<typeof httpReply>
) {
  const content = mapping.reply(httpReply(...reply))
  if (content.format !== 'soap') throw new Error('no SOAP')
  expect(content.withEnvelope(Buffer.from('x'))).toEqual(Buffer.from('x'))
  return { status: content.status, body: bodyIn(content.envelope) }
}

describe('SC-04, step 1: a SOAP consumer of voenTap', () => {
  it('asks with its parameters in path and query', () => {
    const xml = `<v:voenTap xmlns:v="${voen}"><v:fin>0TEST01</v:fin><v:novu>FIZIKI</v:novu><v:novu>HUQUQI</v:novu><v:sehife>2</v:sehife></v:voenTap>`
    expect(requestOf(voenTap, xml)).toEqual({
      format: 'http',
      method: 'GET',
      path: '/voen/0TEST01',
      query: 'novu=FIZIKI&novu=HUQUQI&sehife=2',
      rawHeaders: ['Accept', 'application/json, application/problem+json'],
      payload: '',
    })
  })

  it('gets what was found', () => {
    const json =
      '{"voenler":[{"voen":"9900000022","ad":"Nümunəyev Ə. Ş.","novu":"FIZIKI","lagvTarixi":null}]}'
    expect(replyOf(voenTap, 200, json)).toEqual({
      status: 200,
      body:
        `<n1:voenTapResponse xmlns:n1="${voen}" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><n1:voenler><n1:voen>9900000022</n1:voen>` +
        '<n1:ad>Nümunəyev Ə. Ş.</n1:ad><n1:novu>FIZIKI</n1:novu><n1:lagvTarixi xsi:nil="true"/></n1:voenler></n1:voenTapResponse>',
    })
    expect(replyOf(voenTap, 200, '{"voenler":[]}').body).toBe(
      `<n1:voenTapResponse xmlns:n1="${voen}"></n1:voenTapResponse>`,
    )
  })

  it('gets a failure that the contract declares as a Fault with its detail', () => {
    expect(replyOf(voenTap, 404, '{"title":"Tapılmadı"}', 'application/problem+json')).toEqual({
      status: 500,
      body:
        '<S:Fault><faultcode>S:Client</faultcode><faultstring>Xəta</faultstring><detail>' +
        `<n1:voenTapFault404 xmlns:n1="${voen}" status="404"><n1:title>Tapılmadı</n1:title></n1:voenTapFault404></detail></S:Fault>`,
    })
    expect(replyOf(voenTap, 503, '{"title":"x"}').body).toContain('<n1:voenTapFaultDefault')
  })
})

describe('header blocks of a request', () => {
  const envelope = (block: string) =>
    soapRequestOf(
      Buffer.from(
        `<S:Envelope xmlns:S="${soap11}"><S:Header>${block}</S:Header><S:Body>` +
          `<v:voenTap xmlns:v="${voen}"><v:fin>0TEST01</v:fin></v:voenTap></S:Body></S:Envelope>`,
      ),
    )
  const must = 'xmlns:w="urn:w" S:mustUnderstand="1"'

  it('have no place in JSON: one that must be understood, by whomever, is refused by its name', () => {
    const toOther = envelope(`<w:Limit ${must} S:actor="urn:provider"/>`)
    expect(breachesOf(() => voenTap.mapping.request(toOther))).toEqual(['/Header/Limit unmappable'])
  })

  it('others, and those that the bus knows, are left out', () => {
    const blocks =
      '<w:Limit xmlns:w="urn:w"/><x:id xmlns:x="http://x-road.eu/xsd/xroad.xsd" S:mustUnderstand="1">1</x:id>'
    expect(voenTap.mapping.request(envelope(blocks))).toMatchObject({ path: '/voen/0TEST01' })
  })
})

describe('SC-05: a SOAP consumer of diplomMelumati', () => {
  it('sends a header field and a JSON body, in which nil is null and what is absent stays so', () => {
    const xml =
      `<d:diplomMelumati xmlns:d="${dip}" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">` +
      '<d:x-sorgu-nomresi>12/34-567</d:x-sorgu-nomresi><d:fin>0TEST01</d:fin><d:nomre xsi:nil="true"/></d:diplomMelumati>'
    expect(requestOf(diplom, xml)).toMatchObject({
      method: 'POST',
      path: '/diplomlar/axtaris',
      query: undefined,
      rawHeaders: [
        ...['Accept', 'application/json, application/problem+json'],
        ...['Content-Type', 'application/json', 'x-sorgu-nomresi', '12/34-567'],
      ],
      payload: '{"fin":"0TEST01","nomre":null}',
    })
  })

  it('gets numbers as they are written', () => {
    const json =
      '{"diplomlar":[{"seriya":"AB","nomre":"1","muessise":"Ə","etibarlidir":true,"orta":4.50}]}'
    expect(replyOf(diplom, 200, json).body).toContain('<n1:orta>4.50</n1:orta>')
  })

  it('is told in the provider’s own names what is wrong with an answer', () => {
    const reply = (...what: Parameters<typeof httpReply>) =>
      breachesOf(() => replyOf(diplom, ...what))
    const json = '{"diplomlar":[{"seriya":"AB","nomre":"x","muessise":"Ə","etibarlidir":1}],"z":1}'
    expect(reply(200, json)).toEqual([
      '/z unknown',
      '/diplomlar[1]/nomre pattern',
      '/diplomlar[1]/etibarlidir type',
    ])
    expect(reply(200, '[]')).toEqual(['/ type'])
    expect(reply(200, '{"a":')).toEqual(['/ syntax'])
    expect(reply(200, '')).toEqual(['/ mediaType'])
    expect(reply(200, '<a/>', 'text/xml')).toEqual(['/ mediaType'])
    expect(reply(404, '{"kod":"X"}')).toEqual(['/kod enumeration'])
    expect(reply(404, '{"kod":"TAPILMADI","@status":1}')).toEqual(['/@status unknown'])
  })

  it('gets PROVIDER_FAULT for what the contract does not know', () => {
    for (const [status, body, type] of [
      [418, '{}', 'application/json'],
      [301, '', ''],
      [404, '<html>', 'text/html'],
      [503, '{"stack":"x"}', 'application/json'],
      [600, '', ''],
    ] as const) {
      expect(() => replyOf(diplom, status, body, type)).toThrow(
        expect.objectContaining({ code: 'PROVIDER_FAULT', side: 'provider' }),
      )
    }
  })

  it('gets a Fault of the server for a failure without content', () => {
    expect(replyOf(diplom, 503, '').body).toBe(
      '<S:Fault><faultcode>S:Server</faultcode><faultstring>Sistem nasazdır</faultstring><detail>' +
        `<n1:diplomMelumatiFault5XX xmlns:n1="${dip}" status="503"></n1:diplomMelumatiFault5XX></detail></S:Fault>`,
    )
  })

  it('is held to its own contract', () => {
    const asked = (xml: string) => breachesOf(() => requestOf(diplom, xml))
    const d = `xmlns="${dip}"`
    expect(asked(`<diplomMelumati ${d}><fin>x</fin></diplomMelumati>`)).toEqual(['/fin pattern'])
    const others = '<fin>0TEST01</fin><ad>x</ad><nomre>1</nomre>'
    expect(asked(`<diplomMelumati ${d}>${others}</diplomMelumati>`)).toEqual(['/ad unexpected'])
    expect(asked(`<basqa ${d}/>`)).toEqual(['/basqa unexpected'])
    expect(asked('')).toEqual(['/ missing'])
    expect(asked(`<diplomMelumati ${d}><fin>0TEST01</fin></diplomMelumati><x/>`)).toEqual([
      '/x unexpected',
    ])
    const fin = '<fin>0TEST01</fin>'
    for (const value of ['ə', ' a', 'a&#13;&#10;Sluice-Mode: user', '']) {
      const field = `<x-sorgu-nomresi>${value}</x-sorgu-nomresi>`
      expect(asked(`<diplomMelumati ${d}>${field}${fin}</diplomMelumati>`)).toEqual([
        '/x-sorgu-nomresi unmappable',
      ])
    }
  })

  it('speaks SOAP 1.1 without attachments', () => {
    const request = soapRequest(
      `<diplomMelumati xmlns="${dip}"><fin>0TEST01</fin></diplomMelumati>`,
    )
    const attachment = { contentId: 'a', rawHeaders: [], content: new Uint8Array() }
    for (const [more, breach] of [
      [{ version: '1.2' as const }, '/ mediaType'],
      [{ attachments: [attachment] }, '/ attachment'],
    ] as const) {
      const odd = { ...request, ...more }
      expect(breachesOf(() => diplom.mapping.request(odd))).toEqual([breach])
    }
  })
})

describe('an answer in another charset than it is read in', () => {
  it('is none that can be carried over', () => {
    const json = '{"voenler":[]}'
    expect(replyOf(voenTap, 200, json, 'application/json; charset="UTF-8"').status).toBe(200)
    const type = 'application/json;charset=iso-8859-1'
    expect(breachesOf(() => replyOf(voenTap, 200, json, type))).toEqual(['/ mediaType'])
  })
})

describe('a value in a path', () => {
  const path = faceOf(`
openapi: 3.1.0
info: { title: A, version: '1' }
paths:
  /a/{b}/{c}/d:
    get:
      parameters:
        - { name: b, in: path, required: true, schema: { type: string } }
        - { name: c, in: path, required: true, schema: { type: array, items: { type: string } } }
        - { name: 'ə q', in: query, schema: { type: array, items: { type: number } }, explode: false }
      responses: { '204': { description: Boş } }
`)
  const ask = async (b: string, ...c: string[]) => {
    const values = c.map((each) => `<c>${each}</c>`).join('')
    return requestOf(
      await path,
      `<voenTap xmlns="${voen}"><b>${b}</b>${values}<ə_q>1.50</ə_q><ə_q>2</ə_q></voenTap>`,
    )
  }

  it('is percent-encoded, and lists have commas', async () => {
    expect(await ask("Ş ə?#:%&amp;'()*!+", 'x y', 'z.')).toMatchObject({
      path: '/a/%C5%9E%20%C9%99%3F%23%3A%25%26%27%28%29%2A%21%2B/x%20y,z./d',
      query: '%C9%99%20q=1.50,2',
      payload: '',
    })
  })

  it.each([
    '',
    '.',
    '..',
    ' .. ',
    '..;x',
    'a/b',
    '../b',
    'a\\b',
    '%2e%2e',
    'a%2Fb',
    'a\nb',
    '\uff0e\uff0e',
    'a\uff0fb',
    '․․',
  ])('that leads elsewhere is refused: %j', async (value) => {
    await expect(ask(value, 'x')).rejects.toMatchObject({
      violations: [{ path: '/b', rule: 'unmappable' }],
    })
  })

  it('with a comma is none of a list', async () => {
    await expect(ask('x', 'a,b', 'c')).rejects.toMatchObject({ violations: [{ path: '/c' }] })
    // One item alone would be two as well, to whoever decodes before it splits, and an empty one none.
    await expect(ask('x', 'a,b')).rejects.toMatchObject({ violations: [{ path: '/c' }] })
    await expect(ask('x', '')).rejects.toMatchObject({ violations: [{ path: '/c' }] })
    expect((await ask('a,b', 'x')).path).toBe('/a/a%2Cb/x/d')
  })

  it('an answer without content is an empty element', async () => {
    expect(replyOf(await path, 204, '').body).toBe(
      `<n1:voenTapResponse xmlns:n1="${voen}"></n1:voenTapResponse>`,
    )
    expect(
      breachesOf(() => replyOf({ mapping: voenTap.mapping }, 200, '{"voenler":null}')),
    ).toEqual(['/voenler null'])
  })
})

describe('several operations', () => {
  const face = faceOf(`
openapi: 3.1.0
info: { title: A, version: '1' }
paths:
  /a:
    post:
      operationId: yarat
      requestBody: { content: { application/json: { schema: { type: array, items: { type: string } } } } }
      responses:
        '201': { description: A, content: { application/json: { schema: { type: integer } } } }
        '202': { description: B }
        '409': { description: '', content: { application/json: { schema: { type: [string, 'null'] } } } }
    get:
      operationId: oxu
      responses: { '200': { description: A, content: { application/json: { schema: { type: [string, 'null'] } } } } }
`)
  const askedFor = async (inside: string) => {
    const { mapping } = await face
    const request = mapping.request(soapRequest(`<voenTap xmlns="${voen}">${inside}</voenTap>`))
    return { request: request, mapping }
  }
  const answered = async (inside: string, ...reply: Parameters<typeof httpReply>) => {
    const { mapping, request } = await askedFor(inside)
    const content = mapping.reply(httpReply(...reply), request)
    if (content.format !== 'soap') throw new Error('no SOAP')
    return bodyIn(content.envelope)
  }

  it('are told apart by their element, and their answers by what was asked', async () => {
    const { request } = await askedFor('<yarat><body><item>a</item></body></yarat>')
    expect(Buffer.from(request.payload).toString()).toBe('["a"]')
    const n1 = (content: string) =>
      `<n1:voenTapResponse xmlns:n1="${voen}">${content}</n1:voenTapResponse>`
    expect(await answered('<yarat/>', 201, '7')).toBe(
      n1('<n1:yarat><n1:status201><n1:body>7</n1:body></n1:status201></n1:yarat>'),
    )
    expect(await answered('<yarat/>', 202, '')).toBe(
      n1('<n1:yarat><n1:status202></n1:status202></n1:yarat>'),
    )
    expect(await answered('<oxu/>', 200, '"ə"')).toBe(n1('<n1:oxu><n1:body>ə</n1:body></n1:oxu>'))
    expect(await answered('<yarat/>', 409, 'null')).toContain('<faultstring>HTTP 409</faultstring>')
  })

  it('places in an answer are the provider’s own', async () => {
    await expect(answered('<yarat/>', 201, '"x"')).rejects.toMatchObject({
      violations: [{ path: '/', rule: 'type' }],
    })
  })

  it('of a request without body nothing is sent', async () => {
    const { request } = await askedFor('<yarat/>')
    expect(request.payload).toHaveLength(0)
    expect(request.rawHeaders).not.toContain('Content-Type')
  })
})
