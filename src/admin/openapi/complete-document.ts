import { permissionOf, type Permission } from '../permission.js'
import { problems, type ProblemCode } from '../problem.js'
import { problemSchema } from './problem-schema.js'

interface Operation {
  readonly operationId?: string
  readonly parameters?: readonly object[]
  readonly requestBody?: object
  readonly responses: Readonly<Record<string, object | undefined>>
}

type Method = (typeof methods)[number]

/** As much of a document as is completed here. */
export interface ApiDocument {
  readonly paths: Readonly<Record<string, Partial<Record<Method, Operation>>>>
  readonly components?: { readonly schemas?: object; readonly securitySchemes?: object }
}

const methods = ['get', 'post', 'put', 'patch', 'delete'] as const

/** Whatever happens to any request. */
const always: readonly ProblemCode[] = [
  'INVALID',
  'ADDRESS_TOO_LONG',
  'TOO_MANY',
  'HEADERS_TOO_LONG',
  'TOO_SLOW',
  'INTERNAL',
  'UNAVAILABLE',
]

/**
 * Adds what no controller says of itself: the problems of every route, who may call it, and how they show who they are.
 * @param handlers - by operation id
 */
export function completeDocument(
  document: ApiDocument,
  handlers: ReadonlyMap<string, object>,
): ApiDocument {
  const paths = Object.entries(document.paths).map(([path, item]) => {
    const operations = methods.flatMap((method) => {
      const operation = item[method]
      const handler = handlers.get(operation?.operationId ?? '')
      if (!operation || !handler) return []
      return [[method, completed(method, operation, permissionOf(handler))] as const]
    })
    return [path, Object.fromEntries(operations)] as const
  })
  return {
    ...document,
    paths: Object.fromEntries(paths.sort(([one], [other]) => (one < other ? -1 : 1))),
    components: {
      schemas: { ...document.components?.schemas, Problem: problemSchema },
      securitySchemes: { session: { type: 'http', scheme: 'bearer' } },
    },
  }
}

function completed(
  method: string,
  operation: Operation,
  permission: Permission | undefined,
): Operation & Readonly<Record<string, unknown>> {
  const isPublic = permission?.to === 'public'
  const isRepeatable = method === 'post' && !isPublic
  const codes: ProblemCode[] = [
    ...always,
    ...(operation.requestBody ? (['BODY_TOO_LONG', 'MEDIA_TYPE'] as const) : []),
    ...(isPublic ? [] : (['LOGIN_REQUIRED'] as const)),
    ...(isPublic || permission?.to === 'everyone' ? [] : (['FORBIDDEN'] as const)),
    ...(isRepeatable ? (['KEY_IN_USE', 'KEY_REUSED'] as const) : []),
  ]
  return {
    ...operation,
    parameters: [...(operation.parameters ?? []), ...(isRepeatable ? [idempotencyKey] : [])],
    responses: withProblems(operation.responses, codes),
    ...(isPublic ? { security: [] } : { security: [{ session: [] }] }),
    // Who may call it: `public`, `everyone` who is logged in, or any of these roles.
    'x-permission': permission?.to === 'roles' ? permission.anyOf : (permission?.to ?? 'nobody'),
  }
}

const idempotencyKey = {
  name: 'Idempotency-Key',
  in: 'header',
  required: false,
  description: 'The same request under the same key is carried out once, and answered the same.',
  schema: { type: 'string', pattern: '^[!-~]{1,128}$' },
}

function withProblems(
  responses: Operation['responses'],
  codes: readonly ProblemCode[],
): Operation['responses'] {
  const all: Record<string, object | undefined> = { ...responses }
  for (const code of codes) {
    const { status, en } = problems[code]
    const known = all[status] as { readonly description?: string } | undefined
    const text = `${code}: ${en}`
    all[status] = {
      description: known?.description ? `${known.description}\n\n${text}` : text,
      content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
    }
  }
  return all
}
