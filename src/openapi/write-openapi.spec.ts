import { describe, expect, it } from '@jest/globals'
import { createConfig, lintFromString } from '@redocly/openapi-core'
import { OpenAPIClientAxios, type Document } from 'openapi-client-axios'
import { RestMessageChecks } from './message-checks.js'
import { readOpenApi } from './read-openapi.js'
import { writeOpenApi, type OpenApiView } from './write-openapi.js'

const view: OpenApiView = {
  title: 'Şəxsiyyətin yoxlanılması',
  description: 'DİN: identity check',
  version: '1',
  server: 'https://bus.example.test',
  path: '/r1/AZ/GOV/DIN/GCQ/yoxlaSexsiyyet/v1',
  operationId: 'yoxlaSexsiyyet',
  summary: 'Şəxsiyyətin yoxlanılması',
  request: new Map([['application/json', { $ref: '#/$defs/Sorgu' }]]),
  reply: new Map([
    [
      'application/json',
      {
        type: 'object',
        required: ['tapildi'],
        properties: {
          tapildi: { type: 'boolean' },
          soyad: { type: ['string', 'null'], maxLength: 100 },
          valideyn: { $ref: '#/$defs/Sexs', description: 'Recursive' },
          yas: { type: 'integer', exclusiveMinimum: 0, maximum: 150 },
        },
      },
    ],
  ]),
  isOneWay: false,
  businessFaults: new Map([[422, { type: 'object', properties: { title: { type: 'string' } } }]]),
  definitions: new Map([
    [
      'Sorgu',
      {
        type: 'object',
        required: ['vesiqeNomresi', 'fin'],
        properties: {
          senedNovu: { const: 'SV' },
          vesiqeNomresi: { type: 'string', pattern: '^[0-9]{8}$' },
          fin: { type: 'string', pattern: '^[0-9A-HJ-NP-Z]{7}$' },
        },
        additionalProperties: false,
      },
    ],
    ['Sexs', { type: 'object', properties: { valideyn: { $ref: '#/$defs/Sexs' } } }],
    ['SluiceProblem', { type: 'object', properties: {} }],
  ]),
}

const text = JSON.stringify(writeOpenApi(view))

describe('writing OpenAPI (SC-01 as REST sees it)', () => {
  it('Redocly’s recommended rules find nothing but a licence missing', async () => {
    const config = await createConfig({
      extends: ['recommended'],
      // The bus does not know the licence of an agency's service.
      rules: { 'info-license': 'off', 'info-license-strict': 'off', 'no-unused-components': 'off' },
    })
    const problems = await lintFromString({ source: text, absoluteRef: 'openapi.json', config })
    expect(problems.map(({ ruleId, message }) => `${ruleId}: ${message}`)).toEqual([])
  })

  it('a generated client has the operation and sends to its address', async () => {
    const api = new OpenAPIClientAxios({ definition: JSON.parse(text) as Document })
    const client = await api.init()
    expect(client['yoxlaSexsiyyet']).toBeInstanceOf(Function)
    const parameters = { 'X-Road-Client': 'AZ/GOV/A/B', 'X-Road-Id': '1' }
    const body = { vesiqeNomresi: '00000001', fin: '0TEST01' }
    const config = api.getAxiosConfigForOperation('yoxlaSexsiyyet', [parameters, body])
    expect(config).toMatchObject({
      method: 'post',
      url: '/r1/AZ/GOV/DIN/GCQ/yoxlaSexsiyyet/v1',
      data: body,
    })
    expect(api.getBaseURL()).toBe('https://bus.example.test')
  })

  it('our own reader takes it, and holds messages to the same schemas', async () => {
    const files = new Map([['openapi.json', Buffer.from(text)]])
    const checks = new RestMessageChecks(await readOpenApi(files, 'openapi.json'))
    const headers = new Map([
      ['x-road-client', 'AZ/GOV/A/B'],
      ['x-road-id', '1'],
    ])
    const sent = (body: object): string[] =>
      checks
        .checkRequest({
          method: 'POST',
          path: view.path,
          query: '',
          header: (name) => headers.get(name),
          contentType: 'application/json',
          payload: Buffer.from(JSON.stringify(body)),
        })
        .violations.map(({ path, rule }) => `${rule} ${path}`)
    expect(sent({ vesiqeNomresi: '00000001', fin: '0TEST01', senedNovu: 'SV' })).toEqual([])
    expect(sent({ vesiqeNomresi: '1', senedNovu: 'X' })).toEqual([
      'missing /fin',
      'enumeration /senedNovu',
      'pattern /vesiqeNomresi',
    ])
  })

  it('refuses what OpenAPI 3.0 has no words for', () => {
    const reply = new Map([['application/json', { prefixItems: [] }]])
    expect(() => writeOpenApi({ ...view, reply })).toThrow(RangeError)
  })
})
