import type { ServiceId } from '../exchange/identifier.js'
import { encodeIdentifier } from '../http/percent-encoding.js'
import {
  acceptedResponse,
  busParameters,
  refusalParts,
  signatureScheme,
} from '../openapi/bus-components.js'
import type {
  JsonSchema,
  OpenApiDescription,
  OpenApiOperation,
  OpenApiParameter,
  OpenApiResponse,
} from '../openapi/openapi-model.js'

type Plain = Readonly<Record<string, unknown>>

/** What the face of a REST service on the bus follows from. */
export interface OwnFaceParts {
  readonly service: ServiceId
  readonly description: OpenApiDescription
  /** The bus's address, `https://host`, without a slash at the end. */
  readonly server: string
  /** Whether the bus answers itself, that it has the message. */
  readonly isOneWay: boolean
}

/**
 * A REST service as consumers of REST reach it through the bus: the agency's own operations under the service's path, with
 * the bus's header fields, refusals and signature. OpenAPI 3.1.0, whose schemas are the JSON Schema that descriptions are read
 * into.
 */
export function ownFaceOf({ service, description, server, isOneWay }: OwnFaceParts): Uint8Array {
  const base = pathOnBus(service)
  const paths: Record<string, Record<string, Plain>> = {}
  for (const operation of description.operations) {
    const path = operation.path === '/' ? base : `${base}${operation.path}`
    paths[path] = { ...paths[path], [operation.method]: operationOf(operation, isOneWay) }
  }
  const { responses, schemas } = refusalParts(description.definitions)
  const view = {
    openapi: '3.1.0',
    info: { title: description.title, version: service.split('/').at(-1) },
    servers: [{ url: server }],
    security: [{ messageSignature: [] }],
    paths,
    components: {
      schemas: {
        ...Object.fromEntries(
          [...description.definitions].map(([name, schema]) => [name, referring(schema)]),
        ),
        ...schemas,
      },
      parameters: Object.fromEntries(busParameters.map((each) => [String(each['name']), each])),
      responses,
      securitySchemes: { messageSignature: signatureScheme },
    },
  }
  return Buffer.from(JSON.stringify(view))
}

/** Where consumers that speak REST reach a service. */
export function pathOnBus(service: ServiceId): string {
  return `/r1/${encodeIdentifier(service)}`
}

function operationOf(operation: OpenApiOperation, isOneWay: boolean): Plain {
  const { operationId, summary, parameters, requestBody, responses } = operation
  const refusal = { $ref: '#/components/responses/Refusal' }
  return {
    operationId,
    ...(summary !== '' && { summary }),
    parameters: [
      ...busParameters.map(({ name }) => ({ $ref: `#/components/parameters/${String(name)}` })),
      ...parameters.map(parameterOf),
    ],
    ...(requestBody && {
      requestBody: { required: requestBody.isRequired, content: contentOf(requestBody.content) },
    }),
    responses: {
      '4XX': refusal,
      '5XX': refusal,
      ...(isOneWay ? acceptedResponse : Object.fromEntries([...responses].map(responseOf))),
    },
  }
}

function responseOf([status, { description, content }]: readonly [string, OpenApiResponse]): [
  string,
  Plain,
] {
  return [status, { description, ...(content.size > 0 && { content: contentOf(content) }) }]
}

function parameterOf({ name, place, isRequired, schema }: OpenApiParameter): Plain {
  return { name, in: place, required: isRequired, schema: referring(schema) }
}

function contentOf(content: ReadonlyMap<string, JsonSchema>): Plain {
  return Object.fromEntries(
    [...content].map(([mediaType, schema]) => [mediaType, { schema: referring(schema) }]),
  )
}

/** The schema with its references as a description has them. */
function referring(schema: JsonSchema): unknown {
  return JSON.parse(
    JSON.stringify(schema, (key, value: unknown) =>
      key === '$ref' && typeof value === 'string'
        ? value.replace(/^#\/\$defs\//, '#/components/schemas/')
        : value,
    ),
  )
}
