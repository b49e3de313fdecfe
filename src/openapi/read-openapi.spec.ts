import { Socket } from 'node:net'
import { describe, expect, it, jest } from '@jest/globals'
import { filesOf, problemsOf, sampleFiles } from '../../test/support/openapi-samples.js'
import { OpenApiError } from './openapi-error.js'
import { readOpenApi } from './read-openapi.js'

const ok = `      responses: {'200': {description: OK}}`

function described(operation: string, rest = '', version = '3.0.3'): string {
  return `openapi: ${version}
info: {title: T, version: '1'}
paths:
  /a:
    post:
      operationId: a
${operation}
${rest}`
}

/** A description whose request body has this schema. */
function withSchema(schema: string, version = '3.0.3', schemas = ''): string {
  const body = `      requestBody: {content: {application/json: {schema: ${schema}}}}\n${ok}`
  return described(body, schemas && `components: {schemas: ${schemas}}`, version)
}

async function bodySchema(text: string): Promise<unknown> {
  const { operations } = await readOpenApi(filesOf(text), 'openapi.yaml')
  return operations[0]?.requestBody?.content.get('application/json')
}

describe('reading OpenAPI descriptions', () => {
  it('reads the search for taxpayer numbers (SC-04), 3.0 in YAML', async () => {
    const { version, title, operations, definitions } = await readOpenApi(
      sampleFiles('voen-tap'),
      'openapi.yaml',
    )
    expect({ version, title }).toEqual({ version: '3.0', title: 'VÖEN-in tapılması' })
    expect(operations).toHaveLength(1)
    const [operation] = operations
    expect(operation).toMatchObject({ operationId: 'voenTap', method: 'get', path: '/voen/{fin}' })
    expect(
      operation?.parameters.map(({ name, valueType, list }) => [name, valueType, list]),
    ).toEqual([
      ['fin', 'string', undefined],
      ['novu', 'string', 'repeated'],
      ['sehife', 'integer', undefined],
    ])
    expect([...(operation?.responses.keys() ?? [])]).toEqual(['200', '404', 'default'])
    expect([...definitions.keys()].sort()).toEqual(['Novu', 'Voen', 'VoenSiyahisi', 'Xeta'])
    expect(definitions.get('Voen')).toMatchObject({
      properties: { lagvTarixi: { type: ['string', 'null'], format: 'date' } },
    })
    expect(definitions.get('Xeta')).toMatchObject({
      properties: { status: { type: 'integer', exclusiveMinimum: 399, maximum: 599 } },
    })
  })

  it('reads diploma data (SC-05), 3.1 with its schemas in a file of their own', async () => {
    const { version, operations, definitions } = await readOpenApi(
      sampleFiles('diplom-melumati'),
      'openapi.yaml',
    )
    expect(version).toBe('3.1')
    expect(operations.map(({ operationId }) => operationId)).toEqual([
      ...['postDiplomlarAxtaris', 'suret', 'suretYukle'],
    ])
    expect(operations[0]?.parameters[0]).toMatchObject({ name: 'x-sorgu-nomresi', place: 'header' })
    expect([...definitions.keys()].sort()).toEqual(['Diplom', 'Fin', 'Seriya', 'Sorgu', 'diplom'])
  })

  it('reads what .NET writes: recursion, maps, read-only members', async () => {
    const { definitions } = await readOpenApi(sampleFiles('teskilat'), 'openapi.json')
    expect(definitions.get('TeskilatDto')).toMatchObject({
      properties: {
        altTeskilatlar: { type: ['array', 'null'], items: { $ref: '#/$defs/TeskilatDto' } },
        gostericiler: { additionalProperties: { type: 'number' } },
      },
    })
  })

  it('fetches nothing', async () => {
    const connect = jest.spyOn(Socket.prototype, 'connect')
    const fetched = jest.spyOn(globalThis, 'fetch')
    await readOpenApi(sampleFiles('diplom-melumati'), 'openapi.yaml')
    await problemsOf(withSchema("{$ref: 'http://127.0.0.1:9/a.json'}", '3.1.0'))
    expect(connect).not.toHaveBeenCalled()
    expect(fetched).not.toHaveBeenCalled()
    connect.mockRestore()
    fetched.mockRestore()
  })

  it('writes aliases of YAML out', async () => {
    expect(await bodySchema(withSchema('{allOf: [&a {type: object}, *a]}'))).toEqual({
      allOf: [{ type: 'object' }, { type: 'object' }],
    })
  })

  it('keeps in 3.1 what stands beside a $ref', async () => {
    const text = withSchema(
      "{$ref: '#/components/schemas/A', minLength: 2}",
      '3.1.0',
      '{A: {type: string}}',
    )
    expect(await bodySchema(text)).toEqual({ $ref: '#/$defs/A', minLength: 2 })
  })

  it('gives two definitions of one name two names', async () => {
    const texts = {
      'openapi.yaml': withSchema(
        "{type: object, properties: {a: {$ref: 'x/s.json#/A'}, b: {$ref: 'y/s.json#/A'}}}",
      ),
      'x/s.json': '{"A":{"type":"string"}}',
      'y/s.json': '{"A":{"$ref":"../x/s.json#/A"}}',
    }
    const { definitions } = await readOpenApi(filesOf(texts), 'openapi.yaml')
    expect(Object.fromEntries(definitions)).toEqual({
      A: { type: 'string' },
      A_2: { $ref: '#/$defs/A' },
    })
  })
})

describe('refusing OpenAPI descriptions by name', () => {
  it.each([
    [
      'another version',
      'openapi: 3.2.0\ninfo: {title: T, version: "1"}\npaths: {}',
      'version /openapi',
    ],
    ['Swagger 2.0', 'swagger: "2.0"', 'version /openapi'],
    ['broken YAML', 'openapi: [', 'file  '],
    ['a key twice', 'openapi: 3.0.3\nopenapi: 3.0.3', 'file  '],
    ['bytes that are no UTF-8', '\ud800', 'version'],
    ['no operations', 'openapi: 3.0.3\ninfo: {title: T, version: "1"}\npaths: {}', 'noOperations '],
    [
      'what the official schema refuses',
      described('      respones: {}'),
      'official /paths/~1a/post',
    ],
    ['a type that is none', withSchema('{type: text}', '3.1.0'), 'schema /paths/~1a/post/type'],
    ['an unknown keyword', withSchema('{nullable: true}', '3.1.0'), 'unknownKeyword'],
    ['$dynamicRef', withSchema("{$dynamicRef: '#a'}", '3.1.0'), 'unsupported'],
    ['$id', withSchema('{$id: http://a.test/}', '3.1.0'), 'unsupported'],
    [
      'another dialect',
      withSchema('{$schema: http://json-schema.org/draft-07/schema#}', '3.1.0'),
      'unsupported',
    ],
    [
      'nullable beside $ref',
      withSchema(
        "{$ref: '#/components/schemas/A', nullable: true}",
        '3.0.3',
        '{A: {type: string}}',
      ),
      'ignoredByStandard',
    ],
    ['nullable without type', withSchema('{nullable: true}'), 'nullableWithoutType'],
    ['a reference to nothing', withSchema("{$ref: '#/components/schemas/A'}"), 'dangling'],
    ['a reference to a file that is not there', withSchema("{$ref: 'a.yaml'}"), 'missingFile'],
    ['a reference out of the folder', withSchema("{$ref: '../../etc/passwd'}"), 'outside'],
    ['a reference with an escaped way out', withSchema("{$ref: '%2e%2e/a.yaml'}"), 'outside'],
    ['a reference to the network', withSchema("{$ref: 'https://example.test/a.json'}"), 'outside'],
    ['a reference to a file URL', withSchema("{$ref: 'file:///etc/passwd'}"), 'outside'],
    ['a reference to a host', withSchema("{$ref: '//example.test/a.json'}"), 'outside'],
    ['an absolute path', withSchema("{$ref: '/etc/passwd'}"), 'outside'],
    [
      'a schema that is itself',
      withSchema(
        "{$ref: '#/components/schemas/A'}",
        '3.0.3',
        "{A: {allOf: [{$ref: '#/components/schemas/B'}]}, B: {$ref: '#/components/schemas/A'}}",
      ),
      'endless',
    ],
    [
      'a response that is itself',
      described(
        "      responses: {'200': {$ref: '#/components/responses/A'}}",
        "components: {responses: {A: {$ref: '#/components/responses/A'}}}",
      ),
      'endless',
    ],
    [
      'XML bodies',
      described(`      requestBody: {content: {text/xml: {schema: {}}}}\n${ok}`),
      'mediaType',
    ],
    [
      'form bodies',
      described(
        `      requestBody: {content: {application/x-www-form-urlencoded: {schema: {}}}}\n${ok}`,
      ),
      'mediaType',
    ],
    [
      'JSON of which nothing is said',
      described(`      requestBody: {content: {application/json: {}}}\n${ok}`),
      'missing',
    ],
    [
      'cookies',
      described(`      parameters: [{name: s, in: cookie, schema: {type: string}}]\n${ok}`),
      'unsupported',
    ],
    [
      'other styles',
      described(
        `      parameters: [{name: s, in: query, style: deepObject, schema: {type: object}}]\n${ok}`,
      ),
      'unsupported',
    ],
    [
      'objects as parameters',
      described(`      parameters: [{name: s, in: query, schema: {type: object}}]\n${ok}`),
      'parameterType',
    ],
    [
      'parameters as JSON',
      described(
        `      parameters: [{name: s, in: query, content: {application/json: {schema: {}}}}]\n${ok}`,
      ),
      'unsupported',
    ],
    [
      'a parameter twice',
      described(
        `      parameters: [{name: s, in: query, schema: {type: string}}, {name: s, in: query, schema: {type: integer}}]\n${ok}`,
      ),
      'twice',
    ],
    ['a path parameter that is not declared', described(ok).replace('/a:', '/a/{b}:'), 'missing'],
    ['a part of a segment', described(ok).replace('/a:', '/a.{b}:'), 'unsupported'],
    [
      'an operation twice',
      `${described(ok)}  /b: {get: {operationId: a, responses: {'200': {description: OK}}}}`,
      'twice',
    ],
    [
      '__proto__',
      withSchema('{type: object, properties: {__proto__: {type: string}}}'),
      'unsupported',
    ],
  ])('%s', async (_, text, expected) => {
    const problems = await problemsOf(text)
    expect(problems.join('\n')).toContain(expected)
  })

  it('tells all problems at once, in both languages, with file and pointer', async () => {
    const text = withSchema("{type: object, properties: {a: {$ref: '#/x'}, b: {$ref: 'c.yaml'}}}")
    const error: unknown = await readOpenApi(filesOf(text), 'openapi.yaml').catch((e: unknown) => e)
    expect(error).toBeInstanceOf(OpenApiError)
    const at = '/paths/~1a/post/requestBody/content/application~1json/schema/properties'
    expect((error as OpenApiError).problems).toEqual([
      {
        file: 'openapi.yaml',
        pointer: `${at}/a/$ref`,
        rule: 'dangling',
        az: 'İstinadın göstərdiyi yer yoxdur: #/x',
        en: 'What a reference points at is not there: #/x',
      },
      expect.objectContaining({ pointer: `${at}/b/$ref`, rule: 'missingFile' }),
    ])
  })
})
