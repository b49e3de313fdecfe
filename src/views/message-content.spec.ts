import { describe, expect, it } from '@jest/globals'
import { createConfig, lintFromString } from '@redocly/openapi-core'
import { elementOf, messageSchema, typeSchema } from '../../test/support/scenario-schemas.js'
import { mappingOf } from '../../test/support/soap-mapping.js'
import { parseServiceId } from '../exchange/identifier.js'
import type { FileForm } from '../mediation/file-face.js'
import { readOpenApi } from '../openapi/read-openapi.js'
import { restFaceOf } from './openapi-from-wsdl.js'

// SC-10.
const service = parseServiceId('AZ/GOV/QKDK/GIROV/arayisMuracieti/v1')
const schema =
  typeSchema('Senedler', 'Erize: base64Binary', 'Elave: base64Binary*', 'Qeyd: string') +
  messageSchema('Muraciet', 'Saxlayici: string', 'Senedler: Senedler') +
  messageSchema('Cavab', 'MuracietNo: string', 'Arayis: base64Binary?')

function textOf(attachments: FileForm, parts = [{ part: 'sened', mediaTypes: ['image/*'] }]) {
  const elements = { request: elementOf(schema, 'Muraciet'), reply: elementOf(schema, 'Cavab') }
  const { shapes } = mappingOf(elements, 'names: lowerFirst', { attachments, parts })
  const texts = { title: 'Arayış', description: 'QKDK', server: 'https://bus.example.test' }
  return Buffer.from(restFaceOf({ service, shapes, isOneWay: false, ...texts })).toString()
}

interface View {
  readonly paths: Record<
    string,
    {
      readonly post: {
        readonly requestBody: { readonly content: unknown }
        readonly responses: { readonly 200: { readonly content: unknown } }
      }
    }
  >
}

function contentsIn(text: string): { readonly request: unknown; readonly reply: unknown } {
  const [path] = Object.values((JSON.parse(text) as View).paths)
  if (path === undefined) throw new Error('no path')
  const { requestBody, responses } = path.post
  return { request: requestBody.content, reply: responses[200].content }
}

const image = { type: 'string', format: 'binary', description: 'image/*' }
const file = { type: 'string', format: 'binary' }

describe('a SOAP service with files as REST sees it', () => {
  it('is a form, of the files that have to be there and those that need not', () => {
    expect(contentsIn(textOf('multipart'))).toEqual({
      request: {
        'multipart/form-data': {
          schema: {
            type: 'object',
            required: ['message', 'erize', 'sened'],
            properties: {
              message: expect.objectContaining({ required: ['saxlayici', 'senedler'] }) as unknown,
              ...{ erize: file, elave: { type: 'array', items: file }, sened: image },
            },
            additionalProperties: false,
          },
        },
      },
      reply: {
        'multipart/form-data': {
          schema: {
            type: 'object',
            required: ['message', 'sened'],
            properties: { message: expect.anything() as unknown, arayis: file, sened: image },
            additionalProperties: false,
          },
        },
      },
    })
    expect(contentsIn(textOf('multipart', [])).reply).toMatchObject({
      'multipart/form-data': { schema: { required: ['message'] } },
      'application/json': {},
    })
  })

  it('has a member for each attachment, or none', () => {
    expect(contentsIn(textOf('base64')).request).toMatchObject({
      'application/json': {
        schema: {
          required: ['saxlayici', 'senedler', 'sened'],
          properties: { sened: { required: ['mediaType', 'content'] } },
        },
      },
    })
    expect(contentsIn(textOf('none', [])).request).toEqual({
      'application/json': { schema: { $ref: '#/components/schemas/Muraciet' } },
    })
  })

  it.each(['multipart', 'base64'] as const)('is a good description: %s', async (form) => {
    const source = textOf(form)
    const config = await createConfig({
      extends: ['recommended'],
      rules: { 'info-license': 'off', 'info-license-strict': 'off', 'no-unused-components': 'off' },
    })
    const problems = await lintFromString({ source, absoluteRef: 'openapi.json', config })
    expect(problems.map(({ ruleId, message }) => `${ruleId}: ${message}`)).toEqual([])
    if (form === 'multipart') return
    const files = new Map([['openapi.json', Buffer.from(source)]])
    await expect(readOpenApi(files, 'openapi.json')).resolves.toBeDefined()
  })
})
