import { describe, expect, it } from '@jest/globals'
import { breachesOf } from '../../test/support/codec.js'
import { elementOf, messageSchema, typeSchema } from '../../test/support/scenario-schemas.js'
import {
  answerFor,
  bodyFor,
  mappingOf,
  restRequest,
  soapReply,
} from '../../test/support/soap-mapping.js'
import { Fault } from '../exchange/fault.js'
import { ContractBreach } from '../violation/violation.js'

const root = (name: string, content: string): string =>
  `<n1:${name} xmlns:n1="urn:example:az">${content}</n1:${name}>`
const el = (name: string, text: string): string => `<n1:${name}>${text}</n1:${name}>`

describe('the scenarios', () => {
  it('SC-01: identity check at registration', () => {
    const schema =
      messageSchema(
        'YoxlaSexsiyyetRequest',
        'SenedNovu: string',
        'SenedNomresi: string',
        'Fin: string',
      ) +
      messageSchema(
        'YoxlaSexsiyyetResponse',
        'Tapildi: boolean',
        'Soyad: string?',
        'Ad: string?',
        'AtaAdi: string?',
        'DogumTarixi: date?',
        'SenedQuvvededir: boolean?',
      )
    const mapping = mappingOf(
      {
        request: elementOf(schema, 'YoxlaSexsiyyetRequest'),
        reply: elementOf(schema, 'YoxlaSexsiyyetResponse'),
      },
      `names: lowerFirst
request: [{ path: /SenedNovu, constant: SV }, { path: /SenedNomresi, name: vesiqeNomresi }]`,
    )
    expect(bodyFor(mapping, restRequest('{"vesiqeNomresi":"00000001","fin":"0TEST01"}'))).toBe(
      root(
        'YoxlaSexsiyyetRequest',
        el('SenedNovu', 'SV') + el('SenedNomresi', '00000001') + el('Fin', '0TEST01'),
      ),
    )
    const found =
      el('Tapildi', 'true') +
      el('Soyad', 'Nümunəyev') +
      el('Ad', 'Əli') +
      el('AtaAdi', 'Şükür') +
      el('DogumTarixi', '1980-01-31') +
      el('SenedQuvvededir', 'true')
    expect(answerFor(mapping, soapReply(root('YoxlaSexsiyyetResponse', found)))).toEqual({
      status: 200,
      type: 'application/json',
      json: '{"tapildi":true,"soyad":"Nümunəyev","ad":"Əli","ataAdi":"Şükür","dogumTarixi":"1980-01-31","senedQuvvededir":true}',
    })
    const unknown = root('YoxlaSexsiyyetResponse', el('Tapildi', 'false'))
    expect(answerFor(mapping, soapReply(unknown)).json).toBe('{"tapildi":false}')
    const asked = restRequest('', { method: 'GET', query: 'vesiqeNomresi=00000001&fin=0TEST01' })
    expect(bodyFor(mapping, asked)).toContain(el('SenedNomresi', '00000001'))
  })

  it('SC-02: pension capital by year', () => {
    const schema =
      typeSchema('Il', 'Il: gYear', 'Kapital: decimal') +
      typeSchema('Iller', 'Il: Il*') +
      messageSchema('S', 'Fin: string', 'SosialSigortaNomresi: string') +
      messageSchema(
        'C',
        'SosialSigortaNomresi: string',
        'Valyuta: string',
        'Iller: Iller',
        'Cemi: decimal',
        'Tarix: date',
      )
    const mapping = mappingOf(
      { request: elementOf(schema, 'S'), reply: elementOf(schema, 'C') },
      `names: lowerFirst
reply: [{ path: /Iller, unwrap: true }, { path: /Iller/Il/Il, as: number }]`,
    )
    const iller = el('Iller', el('Il', el('Il', '2010') + el('Kapital', '412.50')))
    const rest = el('Cemi', '412.50') + el('Tarix', '2013-02-28')
    const reply = el('SosialSigortaNomresi', '9900000000017') + el('Valyuta', 'AZN') + iller + rest
    expect(answerFor(mapping, soapReply(root('C', reply))).json).toBe(
      '{"sosialSigortaNomresi":"9900000000017","valyuta":"AZN","iller":[{"il":2010,"kapital":"412.50"}],"cemi":"412.50","tarix":"2013-02-28"}',
    )
    const none = reply.replace(iller, el('Iller', ''))
    expect(answerFor(mapping, soapReply(root('C', none))).json).toContain('"iller":[],')
  })

  it('SC-03: contributions by year, month and insurer', () => {
    const schema =
      typeSchema('Ay', 'ay: unsignedByte', 'gelir: decimal', 'odenilmisHaqq: decimal') +
      typeSchema('Sigortaeden', 'ad: string', 'voen: string', 'gelir: decimal', 'aylar: Ay*') +
      '<xs:element name="S"><xs:complexType><xs:sequence><xs:element name="fin" type="xs:string"/><xs:element name="il" type="xs:int"/>' +
      '<xs:element name="aylarUzre" type="xs:boolean"/><xs:element name="sigortaedenVoen" type="xs:string" nillable="true"/></xs:sequence></xs:complexType></xs:element>' +
      messageSchema('C', 'il: int', 'sigortaedenler: Sigortaeden*')
    const mapping = mappingOf({ request: elementOf(schema, 'S'), reply: elementOf(schema, 'C') })
    expect(
      bodyFor(
        mapping,
        restRequest('{"fin":"0TEST01","il":2012,"aylarUzre":true,"sigortaedenVoen":null}'),
      ),
    ).toContain('<n1:sigortaedenVoen xsi:nil="true"/>')
    const month = el('aylar', el('ay', '1') + el('gelir', '500.00') + el('odenilmisHaqq', '15.00'))
    const insurer = el(
      'sigortaedenler',
      el('ad', 'Nümunə MMC') + el('voen', '9900000011') + el('gelir', '6000.00') + month,
    )
    expect(answerFor(mapping, soapReply(root('C', el('il', '2012') + insurer))).json).toBe(
      '{"il":2012,"sigortaedenler":[{"ad":"Nümunə MMC","voen":"9900000011","gelir":"6000.00","aylar":[{"ay":1,"gelir":"500.00","odenilmisHaqq":"15.00"}]}]}',
    )
  })

  it('SC-04: import and export operations', () => {
    const schema =
      typeSchema('Dovr', 'bas: date', 'son: date') +
      typeSchema('Setir', 'ay: gYearMonth', 'malQrupu: string', 'statistikDeyerUSD: decimal') +
      messageSchema('S', 'voen: string', 'dovr: Dovr', 'emeliyyat: string') +
      messageSchema('C', 'arayisNo: string', 'setirler: Setir*', 'cemiUSD: decimal')
    const mapping = mappingOf({ request: elementOf(schema, 'S'), reply: elementOf(schema, 'C') })
    const json =
      '{"voen":"9900000022","dovr":{"bas":"2012-01-01","son":"2012-12-31"},"emeliyyat":"IDXAL"}'
    expect(bodyFor(mapping, restRequest(json))).toBe(
      root(
        'S',
        el('voen', '9900000022') +
          el('dovr', el('bas', '2012-01-01') + el('son', '2012-12-31')) +
          el('emeliyyat', 'IDXAL'),
      ),
    )
    const row = el(
      'setirler',
      el('ay', '2012-03') + el('malQrupu', '8471') + el('statistikDeyerUSD', '12500.00'),
    )
    const reply = root('C', el('arayisNo', 'DGK-ST-2013-000001') + row + el('cemiUSD', '12500.00'))
    expect(answerFor(mapping, soapReply(reply)).json).toBe(
      '{"arayisNo":"DGK-ST-2013-000001","setirler":[{"ay":"2012-03","malQrupu":"8471","statistikDeyerUSD":"12500.00"}],"cemiUSD":"12500.00"}',
    )
  })
})

describe('requests that are none', () => {
  const schema = messageSchema('S', 'ad: string', 'say: int', 'var: boolean?')
  const mapping = mappingOf({ request: elementOf(schema, 'S') })
  const nested = mappingOf({
    request: elementOf(typeSchema('T', 'a: string') + messageSchema('N', 't: T'), 'N'),
  })

  it.each([
    ['no JSON', restRequest('{"ad":'), ['/ syntax']],
    ['a name twice', restRequest('{"ad":"a","ad":"b"}'), ['/ syntax']],
    ['another media type', restRequest('{}', { header: () => 'text/plain' }), ['/ mediaType']],
    ['another method', restRequest('{}', { method: 'PUT' }), ['/ operation']],
    ['a query beside the body', restRequest('{}', { query: 'a=b' }), ['/ unexpected']],
    ['GET with a body', restRequest('{}', { method: 'GET' }), ['/ unexpected']],
    ['an unknown field', restRequest('', { method: 'GET', query: 'x=1' }), ['/x unknown']],
    ['a field twice', restRequest('', { method: 'GET', query: 'ad=1&ad=2' }), ['/ad repeated']],
    ['broken escapes', restRequest('', { method: 'GET', query: 'ad=%C5' }), ['/ syntax']],
    ['no number', restRequest('', { method: 'GET', query: 'ad=a&say=x' }), ['/say type']],
  ])('%s', (_name, request, told) => {
    expect(breachesOf(() => mapping.request(request))).toEqual(told)
  })

  it('asks with a query only what is simple', () => {
    const asked = restRequest('', { method: 'GET', query: 'ad=%C6%8Fli+%2B&say=5&var=true' })
    expect(bodyFor(mapping, asked)).toBe(
      root('S', el('ad', 'Əli +') + el('say', '5') + el('var', 'true')),
    )
    const get = restRequest('', { method: 'GET', query: 't=1' })
    expect(breachesOf(() => nested.request(get))).toEqual(['/ operation'])
  })

  it('asks with a query only what may come twice: others repeat a GET as they like', () => {
    const request = elementOf(messageSchema('S', 'ad: string'), 'S')
    const changing = mappingOf({ request }, '', { isIdempotent: false })
    const get = restRequest('', { method: 'GET', query: 'ad=x' })
    expect(breachesOf(() => changing.request(get))).toEqual(['/ operation'])
    expect(bodyFor(changing, restRequest('{"ad":"x"}'))).toBe(root('S', el('ad', 'x')))
  })
})

describe('answers', () => {
  const schema =
    messageSchema('S', 'ad: string') +
    messageSchema('C', 'ad: string') +
    messageSchema('Tapilmadi', 'sebeb: string', 'kod: int')
  const mapping = mappingOf(
    {
      request: elementOf(schema, 'S'),
      reply: elementOf(schema, 'C'),
      faults: { NotFound: elementOf(schema, 'Tapilmadi') },
    },
    'faults: [{ fault: NotFound, status: 404, rules: [{ path: /sebeb, name: reason }] }]',
  )
  const fault = (detail: string): string =>
    `<s:Fault><faultcode>s:Server</faultcode><faultstring>Tapılmadı</faultstring>${detail}</s:Fault>`

  it('a declared failure stays an answer', () => {
    const detail = root('Tapilmadi', el('sebeb', 'ə') + el('kod', '5'))
    expect(
      answerFor(mapping, soapReply(fault(`<detail>${detail}</detail>`), { status: 500 })),
    ).toEqual({
      status: 404,
      type: 'application/problem+json',
      json: '{"type":"urn:sluice:business-fault:NotFound","title":"Tapılmadı","code":"Server","fault":{"reason":"ə","kod":5}}',
    })
  })

  it.each([
    ['no detail', ''],
    ['an empty detail', '<detail/>'],
    ['an undeclared one', '<detail><x>secret</x></detail>'],
  ])('an undeclared failure is the provider’s trouble, and is not quoted: %s', (_name, detail) => {
    let thrown: unknown
    try {
      mapping.reply(soapReply(fault(detail), { status: 500 }))
    } catch (error) {
      thrown = error
    }
    expect(thrown).toBeInstanceOf(Fault)
    expect(thrown).toMatchObject({ code: 'PROVIDER_FAULT', side: 'provider' })
    expect(JSON.stringify((thrown as Fault).detail)).not.toMatch(/secret|Tapılmadı/)
  })

  it.each([
    ['nothing', '', ['/ missing']],
    ['two things', `${root('C', el('ad', 'a'))}<x/>`, ['/x unexpected']],
    ['another element', root('S', el('ad', 'a')), ['/ unexpected']],
    ['something missing', root('C', ''), ['/ad missing']],
  ])('%s', (_name, body, told) => {
    expect(breachesOf(() => mapping.reply(soapReply(body)))).toEqual(told)
  })

  it('lose no file', () => {
    const attachments = [{ contentId: 'a', rawHeaders: [], content: Buffer.from('x') }]
    const reply = soapReply(root('C', el('ad', 'a')), { attachments })
    expect(breachesOf(() => mapping.reply(reply))).toEqual(['/ attachment'])
  })

  it('are empty where the operation has none', () => {
    const oneWay = mappingOf({ request: elementOf(schema, 'S') })
    expect(answerFor(oneWay, soapReply(''))).toEqual({ status: 202, type: undefined, json: '' })
    expect(() => oneWay.reply(soapReply('<A/>'))).toThrow(ContractBreach)
  })

  it('have another version where another rule was followed', () => {
    const elements = { request: elementOf(schema, 'S'), reply: elementOf(schema, 'C') }
    const versions = ['', '', 'names: lowerFirst'].map(
      (rules) => mappingOf(elements, rules).version,
    )
    expect(versions[0]).toBe(versions[1])
    expect(versions[0]).not.toBe(versions[2])
  })
})
