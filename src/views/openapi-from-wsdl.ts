import type { ServiceId } from '../exchange/identifier.js'
import { encodeIdentifier } from '../http/percent-encoding.js'
import { JsonSchemas } from '../mediation/json-schema.js'
import type { BusinessFault, SoapShapes } from '../mediation/soap-shapes.js'
import type { JsonSchema } from '../openapi/openapi-model.js'
import { writeOpenApi } from '../openapi/write-openapi.js'
import { messageContent } from './message-content.js'

/** What the face of a SOAP service in REST follows from. */
export interface RestFaceParts {
  readonly service: ServiceId
  /** Of the operation, as its mapping has them. */
  readonly shapes: SoapShapes
  readonly title: string
  readonly description: string
  /** The bus's address, `https://host`, without a slash at the end. */
  readonly server: string
  /** Whether the bus answers itself, that it has the message. */
  readonly isOneWay: boolean
}

/**
 * An OpenAPI 3.0.3 description of a SOAP service for systems that speak REST, as JSON in UTF-8: one operation with the
 * name of the service code.
 * @throws RangeError for a schema that OpenAPI 3.0 has no words for
 */
export function restFaceOf({
  service,
  shapes,
  title,
  description,
  server,
  isOneWay,
}: RestFaceParts): Uint8Array {
  const schemas = new JsonSchemas('2020-12', '#/$defs/')
  const { request, reply, faults, files } = shapes
  const [, , , , code = '', version = ''] = service.split('/')
  const view = writeOpenApi({
    title,
    description,
    version,
    server,
    path: `/r1/${encodeIdentifier(service)}`,
    operationId: code,
    summary: title,
    request: messageContent(request, files.request, schemas),
    reply: reply && messageContent(reply, files.reply, schemas),
    isOneWay,
    businessFaults: faultSchemas(faults, schemas),
    definitions: schemas.definitions,
  })
  return Buffer.from(JSON.stringify(view))
}

/** By status; failures of one status are told apart by their type. */
function faultSchemas(
  faults: readonly BusinessFault[],
  schemas: JsonSchemas,
): Map<number, JsonSchema> {
  const byStatus = new Map<number, JsonSchema[]>()
  for (const fault of faults) {
    byStatus.set(fault.status, [...(byStatus.get(fault.status) ?? []), problemOf(fault, schemas)])
  }
  return new Map(
    [...byStatus].map(([status, [first = true, ...others]]) => [
      status,
      others.length === 0 ? first : { anyOf: [first, ...others] },
    ]),
  )
}

/** What the mapping of a SOAP service makes of a declared Fault (RFC 9457). */
function problemOf({ name, shape }: BusinessFault, schemas: JsonSchemas): JsonSchema {
  return {
    type: 'object',
    required: ['type', 'title', 'code', 'fault'],
    properties: {
      type: { type: 'string', enum: [`urn:sluice:business-fault:${name}`] },
      title: { type: 'string' },
      code: { type: 'string' },
      fault: schemas.of(shape),
    },
  }
}
