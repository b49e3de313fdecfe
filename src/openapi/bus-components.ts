import { messageIdCharsMax, textCharsMax, tokenCharsMax } from '../limits/http.js'
import { assertionCharsMax } from '../limits/persons.js'
import type { PlainRecord } from './contract-tree.js'

/** Header fields by which a consumer says who asks and why; what they are is in the REST adapter's README. */
export const busParameters: readonly PlainRecord[] = [
  header('X-Road-Client', 'Soruşan alt sistem. / The subsystem that asks.', {
    isRequired: true,
    example: 'AZ/GOV/NUMUNE/PORTAL',
  }),
  header('X-Road-Id', 'Sorğunun nömrəsi, təkrarlanmır. / The message id, used once.', {
    isRequired: true,
    charsMax: messageIdCharsMax,
  }),
  header('X-Road-UserId', 'Adından soruşulan şəxs. / The person on whose behalf it is asked.', {
    charsMax: messageIdCharsMax,
  }),
  header(
    'Sluice-Assertion',
    'İstifadəçinin kimliyini təsdiq edən imzalı bəyanat. / The signed assertion of who the user is.',
    { charsMax: assertionCharsMax },
  ),
  header('X-Road-Issue', 'İşin nömrəsi. / The case number.', { charsMax: messageIdCharsMax }),
  header('X-Road-Represented-Party', 'Təmsil olunan tərəf. / The party represented.'),
  header('Sluice-Domain', 'Mübadilə sahəsi. / The exchange domain.', { charsMax: tokenCharsMax }),
  header('Sluice-Mode', 'Kimin adından. / On whose behalf.', { values: ['user', 'body'] }),
  header('Sluice-Purpose', 'Sorğunun məqsədi. / The purpose.', { charsMax: textCharsMax }),
  header('Sluice-Legal-Basis', 'Hüquqi əsas. / The legal basis.', { charsMax: textCharsMax }),
  header(
    'Sluice-Correlation-Id',
    'Bir işin sorğularını birləşdirir. / Joins the requests of one case.',
    {
      charsMax: messageIdCharsMax,
    },
  ),
  header('Sluice-Classification', 'Məxfilik dərəcəsi. / The classification.', {
    charsMax: tokenCharsMax,
  }),
]

interface HeaderForm {
  readonly isRequired?: boolean
  readonly charsMax?: number
  readonly values?: readonly string[]
  readonly example?: string
}

function header(name: string, description: string, form: HeaderForm = {}): PlainRecord {
  const { isRequired = false, charsMax, values, example } = form
  return {
    name,
    in: 'header',
    required: isRequired,
    description,
    schema: {
      type: 'string',
      ...(isRequired && { minLength: 1 }),
      ...(charsMax !== undefined && { maxLength: charsMax }),
      ...(values !== undefined && { enum: values }),
    },
    ...(example !== undefined && { example }),
  }
}

/** The signature that every request has. */
export const signatureScheme: PlainRecord = {
  type: 'http',
  scheme: 'Signature',
  description:
    'HTTP Message Signatures (RFC 9421) with the key of the subsystem’s registered certificate: Signature-Input and ' +
    'Signature over @method, @target-uri, content-digest (RFC 9530), content-type and every X-Road-* and Sluice-* ' +
    'field. / Hər sorğu alt sistemin qeydiyyatdan keçmiş sertifikatının açarı ilə imzalanır.',
}

const bilingual = {
  type: 'object',
  required: ['az', 'en'],
  properties: { az: { type: 'string' }, en: { type: 'string' } },
}

/** A refusal of the bus (RFC 9457). */
const problemSchema: PlainRecord = {
  type: 'object',
  description: 'Şinin imtinası. / A refusal of the bus.',
  required: ['type', 'title', 'status', 'code', 'side', 'exchangeId', 'text', 'remedy'],
  properties: {
    type: { type: 'string', description: 'urn:sluice:fault:CODE' },
    title: { type: 'string' },
    status: { type: 'integer', minimum: 400, maximum: 599 },
    detail: { type: 'string' },
    instance: { type: 'string' },
    code: { type: 'string' },
    side: { type: 'string', enum: ['consumer', 'bus', 'provider'] },
    field: { type: 'string' },
    exchangeId: { type: 'string', format: 'uuid' },
    text: bilingual,
    remedy: bilingual,
    places: {
      type: 'array',
      items: {
        type: 'object',
        required: ['path', 'text'],
        properties: { path: { type: 'string' }, text: bilingual },
      },
    },
  },
}

/** What the sender of a one-way message gets; what became of it is told at `Location`. */
export const acceptedResponse: PlainRecord = {
  '202': {
    description: 'Mesaj qəbul edildi, çatdırılacaq. / The message was taken and will be delivered.',
    headers: {
      Location: {
        description: 'Mesajın vəziyyəti. / Where its sender asks what became of it.',
        schema: { type: 'string' },
      },
    },
    content: {
      'application/json': {
        schema: {
          type: 'object',
          required: ['exchangeId', 'messageId'],
          properties: {
            exchangeId: { type: 'string', format: 'uuid' },
            messageId: { type: 'string' },
            expiresAt: { type: 'string', format: 'date-time' },
          },
        },
      },
    },
  },
}

/** The components by which a description tells of the bus's refusals; their schema has a name that is free. */
export function refusalParts(definitions: ReadonlyMap<string, unknown>): {
  readonly responses: PlainRecord
  readonly schemas: PlainRecord
} {
  let name = 'SluiceProblem'
  while (definitions.has(name)) name += '_'
  const refusal = {
    description: 'Şinin imtinası. / A refusal of the bus.',
    headers: { 'X-Road-Error': { schema: { type: 'string' } } },
    content: {
      'application/problem+json': { schema: { $ref: `#/components/schemas/${name}` } },
    },
  }
  return { responses: { Refusal: refusal }, schemas: { [name]: problemSchema } }
}
