import type { MessageContract } from '../openapi/message-contract.js'
import type { JsonSchema, OpenApiDescription, OpenApiResponse } from '../openapi/openapi-model.js'

/** What a contract about messages is called. */
export interface MessageServiceNames {
  /** The service code. */
  readonly operation: string
  readonly title: string
}

/**
 * A contract about messages as the REST service that it is over HTTP: a POST of the request to the service's own address.
 * From there on it has the faces of any such service.
 */
export function messageService(
  { request, reply, definitions }: MessageContract,
  { operation, title }: MessageServiceNames,
): OpenApiDescription {
  const response: [string, OpenApiResponse] =
    reply === undefined
      ? ['202', { description: 'Qəbul edildi. / Accepted.', content: new Map() }]
      : ['200', { description: 'Cavab. / The answer.', content: json(reply) }]
  return {
    version: '3.1',
    title,
    operations: [
      {
        operationId: operation,
        method: 'post',
        path: '/',
        summary: title,
        parameters: [],
        requestBody: { isRequired: true, content: json(request) },
        responses: new Map([response]),
      },
    ],
    definitions,
  }
}

function json(schema: JsonSchema): ReadonlyMap<string, JsonSchema> {
  return new Map([['application/json', schema]])
}
