import type { Random } from './random-xml.js'

/** A JSON Schema, and values of it as JSON text: numbers with their digits, members in the schema's order. */
export interface Sample {
  readonly schema: unknown
  readonly value: (random: Random, depth: number) => string
}

const names = [
  'ad',
  'soyad',
  'a b',
  '1x',
  '$',
  '@k',
  'ünvan',
  'имя ә',
  'constructor',
  'item',
  'xml',
  'a:b',
  'é́',
  '',
]
const texts = [
  'Əliyev Şükür İbrahim oğlu, Çağırış küçəsi',
  'кириллица ә Ә',
  '',
  ' iki  boşluq ',
  'a&b <c> "d" \'e\' ]]>',
  '\ttab\nline\rreturn\r\n',
  '😀 ￮',
]

function quote(text: string): string {
  return JSON.stringify(text)
}

const strings: readonly ((random: Random) => Sample)[] = [
  () => ({ schema: { type: 'string' }, value: (random) => quote(random.of(texts)) }),
  () => ({
    schema: { type: 'string', format: 'date' },
    value: (random) =>
      quote(`20${10 + random.below(20)}-0${1 + random.below(9)}-2${random.below(9)}`),
  }),
  () => ({
    schema: { type: 'string', format: 'date-time' },
    value: (random) =>
      quote(`2013-02-28T14:3${random.below(9)}:00.12${random.of(['Z', '+04:00'])}`),
  }),
  () => ({
    schema: { type: 'string', format: 'byte' },
    value: (random) => quote(Buffer.from(random.of(texts)).toString('base64')),
  }),
  () => ({
    schema: { type: 'string', pattern: '^[0-9A-HJ-NP-Z]{7}$', maxLength: 7 },
    value: (random) => quote(random.of(['0TEST01', '5XY7K2A'])),
  }),
  () => ({
    schema: { type: 'string', format: 'uuid' },
    value: () => quote('0190f3c4-7d1e-7a2b-9c3d-123456789abc'),
  }),
  () => ({
    schema: { enum: ['Bakalavr', 'Ə & ə', ' '] },
    value: (random) => quote(random.of(['Bakalavr', 'Ə & ə', ' '])),
  }),
]

const numbers: readonly ((random: Random) => Sample)[] = [
  () => ({
    schema: { type: 'number' },
    value: (random) =>
      random.of(['1.50', '5E-3', '1e+20', '-0.0', '-0', '123456789012345678.125', '0']),
  }),
  () => ({
    schema: { type: 'number', multipleOf: 0.01, maximum: 99999999999 },
    value: (random) => random.of(['1466.25', '0.10', '-7.00', '0', '12345678901.05']),
  }),
  () => ({
    schema: { type: 'integer' },
    value: (random) => random.of(['0', '-1', '9007199254740993', '184467440737095516160']),
  }),
  () => ({
    schema: { type: 'integer', format: 'int64' },
    value: (random) => random.of(['0', '9223372036854775807', '-9223372036854775808']),
  }),
  () => ({
    schema: { type: 'integer', format: 'int32', minimum: -5, exclusiveMaximum: 100 },
    value: (random) => random.of(['-5', '99', '0']),
  }),
  () => ({
    schema: { type: 'integer', enum: [1, 2, 3] },
    value: (random) => random.of(['1', '3']),
  }),
  () => ({ schema: { type: 'boolean' }, value: (random) => random.of(['true', 'false']) }),
]

/** A random schema: objects, arrays, single values, each perhaps nullable. */
export function randomSample(random: Random, depth = 0): Sample {
  const choice = random.below(depth > 3 ? 5 : 9)
  const sample =
    choice < 2
      ? random.of(strings)(random)
      : choice < 5
        ? random.of(numbers)(random)
        : choice < 7
          ? randomArray(random, depth)
          : randomObject(random, depth)
  return random.once(4) ? nullable(random, sample) : sample
}

export function randomObject(random: Random, depth: number): Sample {
  const members = names
    .filter(() => random.once(3))
    .map((name) => ({ name, isRequired: random.once(2), sample: randomSample(random, depth + 1) }))
  const properties = Object.fromEntries(members.map(({ name, sample }) => [name, sample.schema]))
  const required = members.filter(({ isRequired }) => isRequired).map(({ name }) => name)
  return {
    schema: {
      type: 'object',
      properties,
      additionalProperties: false,
      ...(required.length > 0 && { required }),
    },
    value: (values, at) =>
      `{${members
        .filter(({ isRequired }) => isRequired || values.once(2))
        .map(({ name, sample }) => `${quote(name)}:${sample.value(values, at + 1)}`)
        .join(',')}}`,
  }
}

function randomArray(random: Random, depth: number): Sample {
  const item = randomSample(random, depth + 1)
  const min = random.below(3)
  const max = random.of([undefined, 1, 2, 5])
  const bounds =
    max !== undefined && max < min ? { minItems: max, maxItems: max } : { minItems: min }
  const least = bounds.minItems
  const most = max ?? least + 2
  return {
    schema: {
      type: 'array',
      items: item.schema,
      ...bounds,
      ...(max !== undefined && { maxItems: max }),
    },
    value: (values, at) => {
      const count = least + values.below(most - least + 1)
      return `[${Array.from({ length: count }, () => item.value(values, at + 1)).join(',')}]`
    },
  }
}

/** In one of the ways of OpenAPI 3.1. */
function nullable(random: Random, sample: Sample): Sample {
  const { schema } = sample
  const { type, enum: values } = schema as { type?: unknown; enum?: unknown }
  const isTyped = typeof type === 'string' && values === undefined && random.once(2)
  const said = isTyped
    ? { ...(schema as object), type: [type, 'null'] }
    : { anyOf: [schema, { type: 'null' }] }
  return {
    schema: said,
    value: (values, at) => (values.once(3) ? 'null' : sample.value(values, at)),
  }
}
