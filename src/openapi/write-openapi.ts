import { acceptedResponse, busParameters, refusalParts, signatureScheme } from './bus-components.js'
import type { PlainRecord } from './contract-tree.js'
import type { JsonSchema } from './openapi-model.js'
import { schemaOf30 } from './schema-3-0.js'

/** What a service's face in REST consists of: one operation, a POST with the request as its body. */
export interface OpenApiView {
  readonly title: string
  readonly description: string
  /** Of the contract. */
  readonly version: string
  /** The bus's address, `https://host`, without a slash at the end. */
  readonly server: string
  /** The service's path on the bus, percent-encoded: `/r1/…`. */
  readonly path: string
  readonly operationId: string
  readonly summary: string
  /** Schemas by media type. */
  readonly request: ReadonlyMap<string, JsonSchema>
  /** Undefined for an operation that answers nothing. */
  readonly reply: ReadonlyMap<string, JsonSchema> | undefined
  /** Whether the bus answers itself, that it has the message. */
  readonly isOneWay: boolean
  /** Bodies of `application/problem+json` by status, 4xx, where the provider declares business faults. */
  readonly businessFaults: ReadonlyMap<number, JsonSchema>
  /** What `#/$defs/Name` refers to. */
  readonly definitions: ReadonlyMap<string, JsonSchema>
}

/**
 * Writes an OpenAPI 3.0.3 description, the version that most tools read: the operation, the bus's header fields, its
 * refusals and its signature.
 * @throws RangeError for a schema that OpenAPI 3.0 has no words for
 */
export function writeOpenApi(view: OpenApiView): PlainRecord {
  const { title, description, version, server, path, definitions } = view
  const { responses, schemas: ofRefusals } = refusalParts(definitions)
  const schemas = [...definitions].map(([name, schema]) => [name, schemaOf30(schema)] as const)
  return {
    openapi: '3.0.3',
    info: { title, description, version },
    servers: [{ url: server }],
    security: [{ messageSignature: [] }],
    paths: { [path]: { post: operationOf(view) } },
    components: {
      schemas: { ...Object.fromEntries(schemas), ...ofRefusals },
      parameters: Object.fromEntries(busParameters.map((each) => [String(each['name']), each])),
      responses,
      securitySchemes: { messageSignature: signatureScheme },
    },
  }
}

function operationOf(view: OpenApiView): PlainRecord {
  const { operationId, summary, request, businessFaults, isOneWay } = view
  const refusal = { $ref: '#/components/responses/Refusal' }
  return {
    operationId,
    summary,
    parameters: busParameters.map(({ name }) => ({
      $ref: `#/components/parameters/${String(name)}`,
    })),
    requestBody: { required: true, content: contentOf(request) },
    responses: {
      ...(isOneWay ? acceptedResponse : successOf(view)),
      ...(!isOneWay && Object.fromEntries([...businessFaults].map(faultOf))),
      '4XX': refusal,
      '5XX': refusal,
    },
  }
}

function successOf({ reply }: OpenApiView): PlainRecord {
  if (reply === undefined) return { '202': { description: 'Qəbul edildi. / Accepted.' } }
  return { '200': { description: 'Cavab. / The answer.', content: contentOf(reply) } }
}

function faultOf([status, schema]: readonly [number, JsonSchema]): [string, PlainRecord] {
  return [
    String(status),
    {
      description: 'Provayderin iş xətası. / A business fault of the provider.',
      content: contentOf(new Map([['application/problem+json', schema]])),
    },
  ]
}

function contentOf(content: ReadonlyMap<string, JsonSchema>): PlainRecord {
  return Object.fromEntries(
    [...content].map(([mediaType, schema]) => [mediaType, { schema: schemaOf30(schema) }]),
  )
}
