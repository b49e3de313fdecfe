import fc from 'fast-check'
import { anyCharacter } from './any-character.js'
import type { AdminCall, TestCaller } from './admin-api.js'
import type { AdminContract, ApiOperation, ApiParameter, ApiSchema } from './admin-contract.js'
import { known } from './admin-registry.js'

export interface FuzzedRequest {
  readonly method: string
  readonly target: string
  readonly call: AdminCall
}

/** Whoever may do whatever anybody may. */
export const everyRole = [
  ...(['OPERATOR', 'AGENCY', 'SECURITY'] as const),
  { role: 'FOUNDER_ADMIN', scope: known.domain },
  { role: 'MEMBER_ADMIN', scope: known.member },
] as const

const callers = fc.oneof(
  { weight: 3, arbitrary: fc.constant<TestCaller>(everyRole) },
  { weight: 2, arbitrary: fc.constantFrom<TestCaller>(undefined, 'nobody', ...everyRole) },
)

const hostileTexts = [
  ...['', ' ', '.', '..', '../..', '__proto__', 'constructor', 'toString', 'null', '\u0000', '%00'],
  ...["' OR 1=1 --", '{{7*7}}', '<script>', '\u202e', '\ufeff', 'ə'.repeat(2_000), '9'.repeat(400)],
  ...['-1', '1e400', 'NaN', '2026-02-30', '2026-11-26T25:00:00Z', 'AZ/GOV', 'AZ%2FGOV', '🙂'],
]

/** Texts that lead somewhere, texts that should lead nowhere, and any others. */
const anyText = fc.oneof(
  fc.constantFrom(...Object.values(known)),
  fc.constantFrom(...hostileTexts),
  fc.string({ unit: anyCharacter, maxLength: 60 }),
)

/** Random requests to a route: after its description, and against it. */
export function requestsTo(
  operation: ApiOperation,
  contract: AdminContract,
): fc.Arbitrary<FuzzedRequest> {
  const { method, path, parameters, body } = operation
  const of = (place: ApiParameter['in']): ApiParameter[] =>
    parameters.filter((each) => each.in === place)
  const text = (schema: ApiSchema): fc.Arbitrary<string> =>
    fc.oneof(
      { weight: 3, arbitrary: valueOf(schema, contract).map(asText) },
      { weight: 1, arbitrary: anyText },
    )
  const some = (place: 'path' | 'query' | 'header'): fc.Arbitrary<Record<string, string>> =>
    fc.record(Object.fromEntries(of(place).map(({ name, schema }) => [name, text(schema)])), {
      requiredKeys: place === 'path' ? of(place).map(({ name }) => name) : [],
    })
  return fc
    .record({
      as: callers,
      path: some('path'),
      query: some('query'),
      extraQuery: fc.option(fc.tuple(anyText, anyText), { freq: 8 }),
      headers: some('header'),
      extraHeaders: oddHeaders,
      content: contentOf(body, contract),
    })
    .map(({ as, extraQuery, headers, extraHeaders, content, ...made }) => {
      const filled = path.replaceAll(/\{([^}]+)\}/g, (_all, name: string) =>
        encoded(made.path[name] ?? ''),
      )
      const query = [...Object.entries(made.query), ...(extraQuery ? [extraQuery] : [])]
      const search = query.map((pair) => pair.map(encoded).join('=')).join('&')
      return {
        method,
        target: search === '' ? filled : `${filled}?${search}`,
        call: {
          as,
          headers: { ...headersOf({ ...headers, ...extraHeaders }), ...content.headers },
          ...(content.bytes !== undefined && { bytes: content.bytes }),
        },
      }
    })
}

const oddHeaders: fc.Arbitrary<Record<string, string>> = fc.oneof(
  { weight: 6, arbitrary: fc.constant({}) },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom('*', '"1"', '"999999999999999"', 'x')
      .map((tag) => ({ 'If-Match': tag })),
  },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom('Bearer x', 'Basic eDp4', 'Bearer')
      .map((text) => ({ authorization: text })),
  },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom('en', 'az;q=0, en', '*;q=9', ',;')
      .map((text) => ({ 'accept-language': text })),
  },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom('a', 'ə', 'x'.repeat(129))
      .map((key) => ({ 'idempotency-key': key })),
  },
)

/** Headers are ASCII; what else a value would have is left out. */
function headersOf(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name,
      value
        .replaceAll(/[^ -~]/g, '')
        .trim()
        .slice(0, 1_000),
    ]),
  )
}

interface Sent {
  readonly headers: Record<string, string>
  readonly bytes?: Uint8Array | string
}

function contentOf(body: ApiOperation['body'], contract: AdminContract): fc.Arbitrary<Sent> {
  const none = fc.constant<Sent>({ headers: {} })
  const broken = fc
    .tuple(
      fc.constantFrom(
        'application/json',
        'text/plain',
        'application/json; charset=utf-16',
        'application/xml',
        '',
      ),
      fc.oneof(
        fc.constantFrom(
          '{',
          '[]',
          'null',
          '{"a":1,"a":1}',
          '{"__proto__":{}}',
          '['.repeat(5_000),
          '\ufeff{}',
          '1',
        ),
        fc.json(),
        fc.uint8Array({ maxLength: 200 }),
      ),
    )
    .map(([type, bytes]): Sent => ({ headers: type === '' ? {} : { 'content-type': type }, bytes }))
  if (!body) return fc.oneof({ weight: 6, arbitrary: none }, { weight: 1, arbitrary: broken })
  const good = Object.entries(body).map(([type, { schema = {} }]) =>
    type === 'application/json'
      ? fc
          .oneof(
            { weight: 3, arbitrary: valueOf(schema, contract) },
            { weight: 1, arbitrary: mutated(valueOf(schema, contract)) },
          )
          .map((value): Sent => ({
            headers: { 'content-type': type },
            bytes: JSON.stringify(value),
          }))
      : fc
          .uint8Array({ maxLength: 500 })
          .map((bytes): Sent => ({ headers: { 'content-type': type }, bytes })),
  )
  return fc.oneof(
    { weight: 6, arbitrary: fc.oneof(...good) },
    { weight: 1, arbitrary: none },
    { weight: 2, arbitrary: broken },
  )
}

/** An object with one member more, less or otherwise. */
function mutated(values: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  return fc
    .tuple(values, fc.nat(), fc.oneof(fc.jsonValue(), anyText), anyText)
    .map(([value, pick, other, name]) => {
      if (typeof value !== 'object' || value === null || Array.isArray(value)) return other
      const entries = Object.entries(value)
      const at = entries.length === 0 ? 0 : pick % entries.length
      const changed = entries.map(([key, member], index) => [
        key,
        index === at ? other : (member as unknown),
      ])
      if (pick % 3 === 0) changed.splice(at, 1)
      if (pick % 3 === 1) changed.push([name === '__proto__' ? 'proto' : name, other])
      return Object.fromEntries(changed) as unknown
    })
}

/** Values that a schema allows, as far as its keywords are known here. */
export function valueOf(
  schema: ApiSchema,
  contract: AdminContract,
  depth = 0,
): fc.Arbitrary<unknown> {
  const inner = (each: unknown): fc.Arbitrary<unknown> =>
    valueOf(each as ApiSchema, contract, depth + 1)
  const reference = schema['$ref']
  if (typeof reference === 'string') {
    return inner(contract.schemas[reference.replace('#/components/schemas/', '')] ?? {})
  }
  if (depth > 6) return fc.constant(null)
  if ('const' in schema) return fc.constant(schema['const'])
  if (Array.isArray(schema['enum'])) return fc.constantFrom(...(schema['enum'] as unknown[]))
  for (const keyword of ['oneOf', 'anyOf']) {
    const choices = schema[keyword]
    if (Array.isArray(choices)) return fc.oneof(...choices.map(inner))
  }
  return typedValue(schema, inner)
}

function typedValue(
  schema: ApiSchema,
  inner: (each: unknown) => fc.Arbitrary<unknown>,
): fc.Arbitrary<unknown> {
  const number = (name: string, otherwise: number): number =>
    typeof schema[name] === 'number' ? schema[name] : otherwise
  switch (Array.isArray(schema['type']) ? (schema['type'] as unknown[])[0] : schema['type']) {
    case 'object': {
      const properties = Object.entries((schema['properties'] ?? {}) as Record<string, unknown>)
      return fc.record(Object.fromEntries(properties.map(([name, each]) => [name, inner(each)])), {
        requiredKeys: (schema['required'] ?? []) as string[],
      })
    }
    case 'array':
      return fc.array(inner(schema['items'] ?? {}), {
        minLength: number('minItems', 0),
        maxLength: Math.min(number('maxItems', 4), number('minItems', 0) + 4),
      })
    case 'integer':
      return fc.integer({
        min: Math.max(number('minimum', -1_000), -(2 ** 31)),
        max: Math.min(number('maximum', 1_000), 2 ** 31 - 1),
      })
    case 'number':
      return fc.double({ noNaN: true, noDefaultInfinity: true })
    case 'boolean':
      return fc.boolean()
    case 'null':
      return fc.constant(null)
    case 'string':
      return textValue(schema, number('minLength', 0), number('maxLength', 60))
    default:
      return fc.jsonValue({ maxDepth: 2 })
  }
}

function textValue(schema: ApiSchema, minLength: number, maxLength: number): fc.Arbitrary<string> {
  const { format, pattern } = schema
  if (format === 'date-time') {
    return fc
      .date({ min: new Date('2020-01-01'), max: new Date('2040-01-01'), noInvalidDate: true })
      .map((date) => date.toISOString())
  }
  if (format === 'uuid') return fc.uuid()
  if (format === 'uri') return addresses
  if (format === 'email') return fc.emailAddress()
  if (typeof pattern === 'string') return matching(pattern)
  const plain = fc.string({ minLength, maxLength: Math.min(maxLength, minLength + 60) })
  const fitting = Object.values(known).filter(
    ({ length }) => length >= minLength && length <= maxLength,
  )
  return fitting.length === 0 ? plain : fc.oneof(plain, fc.constantFrom(...fitting))
}

/** As `fc.webUrl()` has them. That one first makes a table of all characters, a second of a processor. */
const addresses = fc
  .tuple(fc.webAuthority(), fc.array(fc.string({ unit: anyCharacter }), { maxLength: 4 }))
  .map(([authority, steps]) => `https://${[authority, ...steps.map(encodeURIComponent)].join('/')}`)

/** One a pattern: each first makes tables of all the characters that it may have, which is most of the work of a fuzz. */
const matchingTexts = new Map<string, fc.Arbitrary<string>>()

function matching(pattern: string): fc.Arbitrary<string> {
  const known = matchingTexts.get(pattern)
  if (known) return known
  const made = fc.stringMatching(new RegExp(pattern)).map((text) => text.slice(0, 2_000))
  matchingTexts.set(pattern, made)
  return made
}

function asText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}

function encoded(text: string): string {
  return encodeURIComponent(text.toWellFormed()).slice(0, 3_000)
}
