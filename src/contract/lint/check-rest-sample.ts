import { z } from 'zod'
import { RestMessageChecks, type RestRequest } from '../../openapi/message-checks.js'
import type { OpenApiOperation } from '../../openapi/openapi-model.js'
import type { Violation } from '../../violation/violation.js'
import { violation } from '../../violation/violation.js'
import type { RestDescription } from '../load-contract.js'

/** A sample that says more than its body: which operation it is of, the status of a reply. */
const wholeSample = z.strictObject({
  method: z.string(),
  path: z.string(),
  query: z.string().default(''),
  headers: z.record(z.string(), z.string()).default({}),
  status: z.int().default(200),
  body: z.unknown().optional(),
})

type WholeSample = z.infer<typeof wholeSample>

/**
 * Holds a sample of REST to its contract: JSON that is the body of the only operation that there is, or an object of
 * `method`, `path`, `query`, `headers`, `status`, `body`.
 */
export function checkRestSample(
  { openApi }: RestDescription,
  side: 'request' | 'reply',
  bytes: Uint8Array,
): readonly Violation[] {
  const checks = new RestMessageChecks(openApi)
  const whole = wholeIn(bytes)
  const request = whole ? requestOf(whole) : requestTo(openApi.operations[0], bytes)
  if (side === 'request') return checks.checkRequest(request).violations
  const { operation } = checks.checkRequest(request)
  if (!operation) return [violation('', 'operation', openApi.operations[0]?.path)]
  const payload = whole ? payloadOf(whole) : bytes
  const { status = firstGood(operation) } = whole ?? {}
  return checks.checkReply({ status, contentType: json, payload }, operation)
}

const json = 'application/json'

function wholeIn(bytes: Uint8Array): WholeSample | undefined {
  try {
    const read = wholeSample.safeParse(JSON.parse(Buffer.from(bytes).toString()))
    return read.success ? read.data : undefined
  } catch {
    // No JSON: the check of the body says so, and where.
    return undefined
  }
}

function payloadOf({ body }: WholeSample): Uint8Array {
  return body === undefined ? new Uint8Array() : Buffer.from(JSON.stringify(body))
}

function requestOf(whole: WholeSample): RestRequest {
  const { method, path, query, headers } = whole
  const payload = payloadOf(whole)
  const lower = new Map(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]))
  return {
    ...{ method, path, query, payload },
    header: (name) => lower.get(name),
    contentType: payload.length > 0 ? (lower.get('content-type') ?? json) : undefined,
  }
}

function requestTo(operation: OpenApiOperation | undefined, payload: Uint8Array): RestRequest {
  const { method = 'post', path = '/' } = operation ?? {}
  return { method, path, query: '', header: () => undefined, contentType: json, payload }
}

function firstGood({ responses }: OpenApiOperation): number {
  return Number([...responses.keys()].find((status) => /^2[0-9]{2}$/.test(status)) ?? 200)
}
