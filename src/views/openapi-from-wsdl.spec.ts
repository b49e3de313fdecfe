import { describe, expect, it } from '@jest/globals'
import { createConfig, lintFromString } from '@redocly/openapi-core'
import { OpenAPIClientAxios, type Document } from 'openapi-client-axios'
import { elementOf, messageSchema, typeSchema } from '../../test/support/scenario-schemas.js'
import { answerFor, mappingOf, soapReply } from '../../test/support/soap-mapping.js'
import { parseServiceId } from '../exchange/identifier.js'
import { RestMessageChecks } from '../openapi/message-checks.js'
import { readOpenApi } from '../openapi/read-openapi.js'
import { restFaceOf } from './openapi-from-wsdl.js'

const service = parseServiceId('AZ/GOV/DSMF/FUS/pensiyaKapitali/v1')
const schema =
  typeSchema('İl', 'il: int', 'kapital: decimal', 'qeyd: string?', 'alt: İl*') +
  messageSchema('Sorgu', 'fin: string', 'sosialSigortaNomresi: string') +
  messageSchema('Cavab', 'valyuta: string', 'iller: İl*', 'cemi: decimal', 'tarix: date') +
  messageSchema('TapilmadiXetasi', 'kod: string') +
  messageSchema('BaglidirXetasi', 'saat: time')

// SC-02 as its SOAP side may have it: a type that holds itself, and three failures of which two have one status.
const mapping = mappingOf(
  {
    request: elementOf(schema, 'Sorgu'),
    reply: elementOf(schema, 'Cavab'),
    faults: {
      Tapilmadi: elementOf(schema, 'TapilmadiXetasi'),
      Baglidir: elementOf(schema, 'BaglidirXetasi'),
      Silinib: elementOf(schema, 'TapilmadiXetasi'),
    },
  },
  'faults: [{ fault: Silinib, status: 410 }]',
)
const description = restFaceOf({
  service,
  shapes: mapping.shapes,
  title: 'Pensiya kapitalı',
  description: 'DSMF: pension capital',
  server: 'https://bus.example.test',
  isOneWay: false,
})
const text = Buffer.from(description).toString()

describe('a SOAP service as REST sees it', () => {
  it('is an OpenAPI description of which Redocly’s recommended rules miss a licence only', async () => {
    const config = await createConfig({
      extends: ['recommended'],
      // The bus does not know the licence of an agency's service.
      rules: { 'info-license': 'off', 'info-license-strict': 'off', 'no-unused-components': 'off' },
    })
    const problems = await lintFromString({ source: text, absoluteRef: 'openapi.json', config })
    expect(problems.map(({ ruleId, message }) => `${ruleId}: ${message}`)).toEqual([])
  })

  it('has one operation, the service code, for a generated client', async () => {
    const api = new OpenAPIClientAxios({ definition: JSON.parse(text) as Document })
    const client = await api.init()
    expect(client['pensiyaKapitali']).toBeInstanceOf(Function)
    const body = { fin: '0TEST01', sosialSigortaNomresi: '9900000000017' }
    const asked = { 'X-Road-Client': 'AZ/GOV/A/B', 'X-Road-Id': '1' }
    expect(api.getAxiosConfigForOperation('pensiyaKapitali', [asked, body])).toMatchObject({
      method: 'post',
      url: '/r1/AZ/GOV/DSMF/FUS/pensiyaKapitali/v1',
      data: body,
    })
  })

  it('describes what the mapping makes, answers and business faults', async () => {
    const files = new Map([['openapi.json', description]])
    const read = await readOpenApi(files, 'openapi.json')
    const checks = new RestMessageChecks(read)
    const [operation] = read.operations
    const answer = (body: string) => answerFor(mapping, soapReply(body))
    const year = '<il>2010</il><kapital>412.50</kapital>'
    const answers = [
      answer(
        `<Cavab xmlns="urn:example:az"><valyuta>AZN</valyuta><iller>${year}<alt>${year}<qeyd>ə</qeyd></alt></iller>` +
          '<cemi>1466.25</cemi><tarix>2013-02-28</tarix></Cavab>',
      ),
      answer(fault('<e:BaglidirXetasi><e:saat>09:00:00</e:saat></e:BaglidirXetasi>')),
      answer(fault('<e:TapilmadiXetasi><e:kod>X</e:kod></e:TapilmadiXetasi>')),
    ]
    expect(answers.map(({ status }) => status)).toEqual([200, 422, 422])
    for (const { status, type: contentType, json } of answers) {
      const reply = { status, contentType, payload: Buffer.from(json) }
      expect(operation && checks.checkReply(reply, operation)).toEqual([])
    }
    expect([...(operation?.responses.keys() ?? [])].sort()).toEqual([
      ...['200', '410', '422', '4XX', '5XX'],
    ])
  })

  it.each([false, true])('says that a message is accepted (one-way: %s)', (isOneWay) => {
    const { shapes } = mappingOf({ request: elementOf(schema, 'Sorgu') })
    const parts = { service, shapes, title: 'A', description: 'B', server: 'https://x', isOneWay }
    const view = Buffer.from(restFaceOf(parts)).toString()
    expect(view).toContain('"202":')
    expect(view).not.toContain('"200":')
    // Of a one-way service the bus says so itself.
    expect(view.includes('"exchangeId","messageId"')).toBe(isOneWay)
  })
})

function fault(detail: string): string {
  return (
    '<s:Fault><faultcode>s:Server</faultcode><faultstring>Xəta</faultstring>' +
    `<detail xmlns:e="urn:example:az">${detail}</detail></s:Fault>`
  )
}
