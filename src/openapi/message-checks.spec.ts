import { beforeAll, describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { filesOf, sampleFiles } from '../../test/support/openapi-samples.js'
import { RestMessageChecks, type RestRequest } from './message-checks.js'
import type { OpenApiError } from './openapi-error.js'
import type { OpenApiDescription } from './openapi-model.js'
import { readOpenApi } from './read-openapi.js'

const bytes = (value: unknown): Uint8Array =>
  typeof value === 'string' ? Buffer.from(value) : Buffer.from(JSON.stringify(value))

function request(given: Partial<RestRequest> & { readonly body?: unknown }): RestRequest {
  const { body, ...rest } = given
  return {
    method: 'GET',
    path: '/',
    query: '',
    header: () => undefined,
    contentType: body === undefined ? undefined : 'application/json; charset=utf-8',
    payload: body === undefined ? new Uint8Array() : bytes(body),
    ...rest,
  }
}

interface Contract {
  readonly description: OpenApiDescription
  readonly checks: RestMessageChecks
}

async function contractOf(files: ReadonlyMap<string, Uint8Array>, main: string): Promise<Contract> {
  const description = await readOpenApi(files, main)
  return { description, checks: new RestMessageChecks(description) }
}

function found({ checks }: Contract, given: Parameters<typeof request>[0]): string[] {
  return checks.checkRequest(request(given)).violations.map(({ path, rule }) => `${rule} ${path}`)
}

function inReply(
  { checks, description }: Contract,
  body: unknown,
  {
    id,
    status = 200,
    contentType = 'application/json',
  }: { id?: string; status?: number; contentType?: string } = {},
): string[] {
  const { operations } = description
  const operation = operations.find(({ operationId }) => operationId === id) ?? operations[0]!
  const reply = { status, contentType, payload: body === undefined ? bytes('') : bytes(body) }
  return checks.checkReply(reply, operation).map(({ path, rule }) => `${rule} ${path}`)
}

/** A contract with one operation whose body has this schema. */
function schemaContract(schema: string, schemas = '{}'): Promise<Contract> {
  const text = `openapi: 3.1.0
info: {title: T, version: '1'}
paths:
  /a: {post: {requestBody: {content: {application/json: {schema: ${schema}}}}, responses: {'200': {description: OK}}}}
components: {schemas: ${schemas}}`
  return contractOf(filesOf(text), 'openapi.yaml')
}

const sent = async (schema: string, body: unknown, schemas?: string): Promise<string[]> =>
  found(await schemaContract(schema, schemas), { method: 'POST', path: '/a', body })

describe('the search for taxpayer numbers (SC-04)', () => {
  let contract: Contract
  beforeAll(async () => {
    contract = await contractOf(sampleFiles('voen-tap'), 'openapi.yaml')
  })

  it('takes a good request and names the operation', () => {
    const good = request({ path: '/voen/0TEST01', query: 'novu=FIZIKI&novu=HUQUQI&sehife=2' })
    const { operation, violations } = contract.checks.checkRequest(good)
    expect(operation?.operationId).toBe('voenTap')
    expect(violations).toEqual([])
  })

  it.each([
    [{ path: '/voen/0TESTO1' }, 'pattern /path(fin)'],
    [{ path: '/voen/' }, 'missing /path(fin)'],
    [{ path: '/voen/%ff' }, 'syntax /path(fin)'],
    [{ path: '/voen/0TEST01', query: 'novu=BASQA' }, 'enumeration /query(novu)[1]'],
    [
      { path: '/voen/0TEST01', query: 'novu=FIZIKI&novu=FIZIKI&novu=FIZIKI' },
      'tooMany /query(novu)',
    ],
    [{ path: '/voen/0TEST01', query: 'sehife=0' }, 'tooSmall /query(sehife)'],
    [{ path: '/voen/0TEST01', query: 'sehife=1.0' }, 'type /query(sehife)'],
    [{ path: '/voen/0TEST01', query: 'sehife=1&sehife=2' }, 'repeated /query(sehife)'],
    [{ path: '/voen/0TEST01', query: 'admin=1' }, 'unknown /query(admin)'],
    [{ path: '/voen/0TEST01', query: 'sehife=%zz' }, 'syntax /query'],
    [{ path: '/voen/0TEST01', body: {} }, 'unexpected /'],
    [{ path: '/voen/0TEST01', method: 'POST' }, 'operation /'],
    [{ path: '/voen' }, 'operation /'],
    [{ path: '/voen/../0TEST01' }, 'operation /'],
  ])('refuses %j: %s', (given, expected) => {
    expect(found(contract, given)).toEqual([expected])
  })

  it('holds answers to the contract', () => {
    const voen = { voen: '9900000022', ad: 'Nümunəyev Ə. Ş.', novu: 'FIZIKI', lagvTarixi: null }
    expect(inReply(contract, { voenler: [voen] })).toEqual([])
    expect(inReply(contract, { voenler: [voen, { ...voen, voen: 9900000022, x: 1 }] })).toEqual([
      'unknown /voenler[2]/x',
      'type /voenler[2]/voen',
    ])
    expect(
      inReply(contract, { voenler: [{ ...voen, ad: null, lagvTarixi: '2013-02-30' }] }),
    ).toEqual(['null /voenler[1]/ad', 'type /voenler[1]/lagvTarixi'])
    expect(inReply(contract, {})).toEqual(['missing /voenler'])
    expect(inReply(contract, undefined)).toEqual(['missing /'])
    expect(inReply(contract, '{"voenler":[],"voenler":[]}')).toEqual(['syntax /'])
    expect(inReply(contract, '<a/>', { contentType: 'text/xml' })).toEqual(['mediaType /'])
  })

  it('knows answers by status, class of statuses and default', () => {
    const problem = { contentType: 'application/problem+json' }
    expect(inReply(contract, { title: 'Yoxdur', x: 1 }, { status: 404, ...problem })).toEqual([])
    expect(inReply(contract, { title: 1 }, { status: 503, ...problem })).toEqual(['type /title'])
    expect(inReply(contract, { title: 'a', status: 399 }, { status: 503, ...problem })).toEqual([
      'above /status',
    ])
  })

  it('tells what is wrong in both languages, and quotes no value', () => {
    const { violations } = contract.checks.checkRequest(
      request({ path: '/voen/GIZLIFIN', query: 'sehife=sirr' }),
    )
    expect(violations[0]).toEqual({
      path: '/path(fin)',
      rule: 'pattern',
      text: {
        az: 'Qiymət nümunəyə uyğun deyil: ^[0-9A-HJ-NP-Z]{7}$',
        en: 'The value does not match: ^[0-9A-HJ-NP-Z]{7}$',
      },
    })
    expect(JSON.stringify(violations)).not.toMatch(/GIZLI|sirr/)
  })
})

describe('diploma data (SC-05)', () => {
  let contract: Contract
  beforeAll(async () => {
    contract = await contractOf(sampleFiles('diplom-melumati'), 'openapi.yaml')
  })

  it.each([
    [{ fin: '0TEST01', seriya: 'ƏB', nomre: '000123' }, []],
    [{ fin: '0TEST01', nomre: '000123' }, ['missing /seriya']],
    [{ fin: '0TEST01', ad: 'x' }, ['unknown /ad']],
    [{ fin: '0TEST01', seriya: 'ab', nomre: '1a' }, ['pattern /seriya', 'pattern /nomre']],
    [[], ['type /']],
  ])('holds %j to its schema', (body, expected) => {
    expect(found(contract, { method: 'POST', path: '/diplomlar/axtaris', body })).toEqual(expected)
  })

  it('needs the body and its media type, and looks at header parameters', () => {
    const path = '/diplomlar/axtaris'
    expect(found(contract, { method: 'POST', path })).toEqual(['missing /'])
    const body = { fin: '0TEST01' }
    expect(found(contract, { method: 'POST', path, body, contentType: 'text/plain' })).toEqual([
      'mediaType /',
    ])
    const header = (name: string): string | undefined =>
      name === 'x-sorgu-nomresi' ? '1' : undefined
    expect(found(contract, { method: 'POST', path, body, header })).toEqual([
      'type /header(x-sorgu-nomresi)',
    ])
  })

  it('checks decimals by their digits, and items for being different', () => {
    const diplom = { seriya: 'AB', nomre: '1', muessise: 'N', etibarlidir: true, orta: 4.35 }
    expect(inReply(contract, { diplomlar: [diplom] })).toEqual([])
    expect(inReply(contract, { diplomlar: [{ ...diplom, orta: 4.351 }] })).toEqual([
      'multipleOf /diplomlar[1]/orta',
    ])
    const turned = Object.fromEntries(Object.entries(diplom).reverse())
    expect(inReply(contract, { diplomlar: [diplom, turned] })).toEqual(['unique /diplomlar'])
  })

  it('carries files: only their media type is of the contract', () => {
    const path = '/diplomlar/AB/1/surat'
    expect(found(contract, { path })).toEqual([])
    expect(found(contract, { path: '/diplomlar/AB/x/surat' })).toEqual(['type /path(nomre)'])
    expect(
      found(contract, {
        method: 'PUT',
        path,
        body: '--a',
        contentType: 'multipart/form-data; boundary=a',
      }),
    ).toEqual([])
    expect(
      inReply(contract, '%PDF', { id: 'suret', contentType: 'application/octet-stream' }),
    ).toEqual([])
    expect(inReply(contract, {}, { id: 'suret', status: 500 })).toEqual(['status /'])
    expect(inReply(contract, undefined, { id: 'suretYukle', status: 204 })).toEqual([])
  })
})

describe('what .NET writes', () => {
  it('read-only members are not asked for, recursion ends, variants exclude each other', async () => {
    const contract = await contractOf(sampleFiles('teskilat'), 'openapi.json')
    const post = (body: unknown): string[] =>
      found(contract, { method: 'POST', path: '/api/Teskilat', body })
    expect(post({ ad: 'A', altTeskilatlar: [{ ad: null, elaqe: { telefon: '1' } }] })).toEqual([])
    expect(post({ ad: 'A', altTeskilatlar: [{ altTeskilatlar: null, nov: 3 }] })).toEqual([
      'missing /altTeskilatlar[1]/ad',
      'enumeration /altTeskilatlar[1]/nov',
    ])
    expect(post({ ad: 'A', elaqe: {} })[0]).toBe('choice /elaqe')
    expect(post({ ad: 'A', gostericiler: { a: 1.5, b: 'x' } })).toEqual(['type /gostericiler/b'])
  })
})

describe('members that the contract does not name', () => {
  const named = '{type: object, properties: {a: {type: integer}}}'

  it.each([
    ['are refused', named, {}, ['unknown /b']],
    [
      'pass where the contract says so',
      '{type: object, properties: {a: {type: integer}}, additionalProperties: true}',
      {},
      [],
    ],
    ['pass where it names none', '{type: object}', {}, []],
    [
      'are looked for in all schemas of a value together',
      `{allOf: [${named}, {properties: {b: {}}}]}`,
      {},
      [],
    ],
    [
      'and refused by all together',
      `{allOf: [${named}, {properties: {c: {}}}]}`,
      {},
      ['unknown /b'],
    ],
    [
      'are no hidden names',
      named,
      JSON.parse('{"__proto__":{"a":1}}') as object,
      ['unknown /b', 'unknown /__proto__'],
    ],
  ])('%s', async (_, schema, more, expected) => {
    const body = bytes(`{"a":1,"b":2${Object.keys(more).length > 0 ? ',"__proto__":{"a":1}' : ''}}`)
    expect(await sent(schema, Buffer.from(body).toString())).toEqual(expected)
  })
})

describe('hostile messages', () => {
  it('does not take inherited names for members', async () => {
    expect(await sent('{type: object, required: [constructor, toString]}', {})).toEqual([
      'missing /constructor',
      'missing /toString',
    ])
    expect(
      await sent('{type: array, uniqueItems: true}', '[{"valueOf":1},{"constructor":2}]'),
    ).toEqual([])
  })

  it('tells of twenty violations, of a large message of the first only', async () => {
    const schema = '{type: array, items: {type: integer}}'
    expect(await sent(schema, Array(100).fill('x'))).toHaveLength(20)
    expect(await sent(schema, Array(50_000).fill('x'))).toEqual(['type /[1]'])
  })

  it('ends with patterns, formats and comparisons made to take for ever', async () => {
    const long = `${'a'.repeat(300_000)}!`
    expect(await sent('{type: string, pattern: "^(a+)+$"}', JSON.stringify(long))).toEqual([
      'pattern /',
    ])
    expect(await sent('{type: string, format: email}', JSON.stringify(long))).toEqual(['type /'])
    const many = `[${Array.from({ length: 50_000 }, (_, index) => `{"a":${index}}`).join(',')}]`
    expect(await sent('{type: array, uniqueItems: true}', many)).toEqual([])
  })

  it.each([
    ['lookahead', '{type: string, pattern: "(?=a)"}', '{}', 'pattern'],
    [
      'recursion through several variants',
      "{$ref: '#/components/schemas/A'}",
      "{A: {anyOf: [{properties: {x: {$ref: '#/components/schemas/A'}}}, {properties: {x: {$ref: '#/components/schemas/A'}}}]}}",
      'branching',
    ],
    [
      'variants within variants',
      "{$ref: '#/components/schemas/A0'}",
      `{${Array.from({ length: 11 }, (_, at) => `A${at}: {anyOf: [{$ref: '#/components/schemas/A${at + 1}'}, {$ref: '#/components/schemas/A${at + 1}'}]}`).join(', ')}, A11: {type: string}}`,
      'branching',
    ],
    ['objects in an enumeration', '{enum: [{a: 1}]}', '{}', 'unsupported'],
  ])('is not compiled: %s', async (_, schema, schemas, rule) => {
    const error: unknown = await schemaContract(schema, schemas).catch((e: unknown) => e)
    expect((error as OpenApiError).problems[0]?.rule).toBe(rule)
  })

  it('gives an answer to anything', async () => {
    const contract = await contractOf(sampleFiles('teskilat'), 'openapi.json')
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), fc.string(), fc.string(), (body, path, query) => {
        const text = JSON.stringify(body)
        const post = request({ method: 'POST', path: '/api/Teskilat', body: text })
        const { violations } = contract.checks.checkRequest(post)
        expect(violations.length).toBeGreaterThan(0)
        contract.checks.checkRequest({ ...post, path, query })
      }),
    )
  })
})
