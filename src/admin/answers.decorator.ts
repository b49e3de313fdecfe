import { applyDecorators, Header, HttpCode } from '@nestjs/common'
import { ApiBody, ApiConsumes, ApiResponse } from '@nestjs/swagger'
import type { z } from 'zod'
import { setBodyTerms } from './body-terms.js'
import { bodyBytesMax } from './limits.js'
import { problems, type ProblemCode } from './problem.js'

interface AnswerTerms {
  readonly status?: number
  readonly description?: string
  /** For an entry that can be changed: the handler answers `new Tagged(entry, revision)`. */
  readonly tagged?: boolean
  /** Further headers that the answer has. */
  readonly headers?: Readonly<Record<string, string>>
}

/** What a route answers when all is well; whatever it does not declare fails the tests. */
export function Answers(
  schema: z.ZodType,
  { status = 200, description = '', tagged = false, headers = {} }: AnswerTerms = {},
): MethodDecorator {
  const described = tagged ? { ...headers, ETag: 'Revision of the entry' } : headers
  return applyDecorators(
    HttpCode(status),
    ApiResponse({ status, description, standardSchema: schema, headers: headersOf(described) }),
  )
}

/** That a route answers with nothing (204) when all is well. */
export function AnswersNothing(description = ''): MethodDecorator {
  return applyDecorators(HttpCode(204), ApiResponse({ status: 204, description }))
}

/** That a route answers with bytes; the handler returns `new StreamableFile(bytes)`. */
export function AnswersBytes(mediaType: string, description = ''): MethodDecorator {
  // Of bytes that are JSON, a description says at least that they are any JSON.
  const described = mediaType === 'application/json' ? { schema: {} } : {}
  return applyDecorators(
    HttpCode(200),
    Header('Content-Type', mediaType),
    ApiResponse({ status: 200, description, content: { [mediaType]: described } }),
  )
}

/** That a route redirects (303). */
export function AnswersElsewhere(description = ''): MethodDecorator {
  const headers = headersOf({ Location: 'Where to' })
  return applyDecorators(HttpCode(303), ApiResponse({ status: 303, description, headers }))
}

/** Problems of a route's own; those that any route has are declared for all. */
export function ApiProblems(...codes: readonly ProblemCode[]): MethodDecorator {
  return applyDecorators(
    ...codes.map((code) =>
      ApiResponse({
        status: problems[code].status,
        description: `${code}: ${problems[code].en}`,
        content: {
          'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } },
        },
      }),
    ),
  )
}

/** That a route takes bytes, and `@Body()` hands its handler a Buffer. */
export function TakesBytes(
  mediaTypes: readonly string[],
  bytesMax: number = bodyBytesMax,
): MethodDecorator {
  return applyDecorators(
    TakesBody({ mediaTypes, bytesMax }),
    ApiConsumes(...mediaTypes),
    ApiBody({ schema: {}, required: true }),
  )
}

/** That a route takes a longer JSON body than others. */
export function TakesJson(bytesMax: number): MethodDecorator {
  return TakesBody({ mediaTypes: ['application/json'], bytesMax })
}

function TakesBody(terms: Parameters<typeof setBodyTerms>[1]): MethodDecorator {
  return (_target, _name, descriptor) => setBodyTerms(descriptor.value as object, terms)
}

function headersOf(
  described: Readonly<Record<string, string>>,
): Record<string, { description: string; schema: { type: 'string' } }> {
  return Object.fromEntries(
    Object.entries(described).map(([name, description]) => [
      name,
      { description, schema: { type: 'string' } },
    ]),
  )
}
