import { describe, expect, it } from '@jest/globals'
import { filesOf } from '../../test/support/openapi-samples.js'
import { MessageChecks, readMessageContract } from './message-contract.js'
import { OpenApiError } from './openapi-error.js'

const schemas = {
  'messages.schema.json': JSON.stringify({
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $defs: {
      request: {
        type: 'object',
        required: ['il'],
        properties: { il: { type: 'integer', minimum: 2006 }, ay: { $ref: '#/$defs/Ay' } },
      },
      reply: { type: 'array', items: { $ref: '#/$defs/Ay' } },
      Ay: { type: 'integer', minimum: 1, maximum: 12 },
    },
  }),
}

const message = `
      payload:
        type: object
        required: [senedId]
        properties: {senedId: {type: string, format: uuid}}`

function checksOf(texts: Readonly<Record<string, string>>): MessageChecks {
  const [main = ''] = Object.keys(texts)
  return new MessageChecks(readMessageContract(filesOf(texts), main))
}

function check(checks: MessageChecks, kind: 'request' | 'reply', body: unknown): string[] {
  const found = checks.checkMessage(kind, Buffer.from(JSON.stringify(body)))
  return found.map(({ path, rule }) => `${rule} ${path}`)
}

describe('contracts about messages', () => {
  it('JSON Schema: request and reply', () => {
    const checks = checksOf(schemas)
    expect(check(checks, 'request', { il: 2012, ay: 12 })).toEqual([])
    expect(check(checks, 'request', { il: 2005, ay: 13, gun: 1 })).toEqual([
      'unknown /gun',
      'tooSmall /il',
      'tooLarge /ay',
    ])
    expect(check(checks, 'reply', [1, 2, 'a'])).toEqual(['type /[3]'])
  })

  it.each([
    [
      '2.6',
      `asyncapi: 2.6.0\ninfo: {title: T, version: '1'}\nchannels:\n  sened:\n    publish:\n     message:${message}`,
    ],
    [
      '3.0',
      `asyncapi: 3.0.0\ninfo: {title: T, version: '1'}\nchannels:\n  sened:\n   messages:\n    mektub:${message}`,
    ],
  ])('AsyncAPI %s: the message of the one channel', (_, text) => {
    const checks = checksOf({ 'asyncapi.yaml': text })
    const senedId = '0192f0c8-0000-7000-8000-000000000000'
    expect(check(checks, 'request', { senedId })).toEqual([])
    expect(check(checks, 'request', { senedId: '1' })).toEqual(['type /senedId'])
  })

  it.each([
    ['no request', { 'm.schema.json': '{"$defs":{}}' }, 'missing'],
    ['another version', { 'asyncapi.yaml': 'asyncapi: 1.2.0\nchannels: {}' }, 'version'],
    [
      'two channels',
      { 'asyncapi.yaml': `asyncapi: 3.0.0\nchannels: {a: {messages: {m: {payload: {}}}}, b: {}}` },
      'unsupported',
    ],
    [
      'Avro',
      {
        'asyncapi.yaml': `asyncapi: 3.0.0\nchannels: {a: {messages: {m: {payload: {schemaFormat: avro, schema: {}}}}}}`,
      },
      'unsupported',
    ],
    [
      'no payload',
      { 'asyncapi.yaml': `asyncapi: 3.0.0\nchannels: {a: {messages: {m: {}}}}` },
      'missing',
    ],
    [
      'no JSON',
      {
        'asyncapi.yaml': `asyncapi: 3.0.0\nchannels: {a: {messages: {m: {contentType: text/xml, payload: {}}}}}`,
      },
      'mediaType',
    ],
  ])('refused by name: %s', (_, texts, rule) => {
    let error: unknown
    try {
      checksOf(texts)
    } catch (caught) {
      error = caught
    }
    expect(error).toBeInstanceOf(OpenApiError)
    expect((error as OpenApiError).problems[0]?.rule).toBe(rule)
  })
})
