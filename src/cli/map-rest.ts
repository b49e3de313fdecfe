import { RestChecks } from '../contract/rest-checks.js'
import type { RestDescription } from '../contract/load-contract.js'
import type { DerivedHttpRequest } from '../exchange/derived-request.js'
import type { HttpReplyContent } from '../exchange/http-content.js'
import { AttachedFiles } from '../mediation/attached-files.js'
import { faultOf, memberOf } from '../mediation/rest-answer.js'
import type { RestOperation } from '../mediation/rest-form.js'
import type { RestServiceMapping } from '../mediation/rest-mapping.js'
import type { Traced } from '../mediation/traced.js'
import { RestMessageChecks } from '../openapi/message-checks.js'
import { ContractBreach, type Violation } from '../violation/violation.js'
import { readXml } from '../xml/read-xml.js'
import { payloadOf, wayOf, type Carried } from './map-carried.js'
import { answerIn } from './map-rest-answer.js'

/** A REST service that has a mapping. */
export interface MappedRest {
  readonly openApi: RestDescription['openApi']
  readonly mapping: RestServiceMapping
}

/** A request in XML, for a REST service. */
export function requestToRest({ openApi, mapping }: MappedRest, input: Buffer): Carried {
  const document = readXml(input)
  const trace: Traced[] = []
  const files = new AttachedFiles({ attachments: [] }, 'PAYLOAD_TOO_LARGE')
  const packing = { files, included: undefined }
  const { operation, request } = mapping.requestOf(document, payloadOf(document), packing, trace)
  raise(new RestChecks(openApi).derived(request))
  const values = trace.map((each) =>
    wayOf(unruled(each), 'XML', (path) => placeIn(operation, path)),
  )
  return { from: 'XML', to: 'HTTP', output: linesOf(request), values }
}

/** An answer of a REST service, in XML. */
export function replyFromRest({ openApi, mapping }: MappedRest, input: Buffer): Carried {
  const checks = new RestMessageChecks(openApi)
  const { operation: described, status, contentType, payload } = answerIn(input, openApi, checks)
  raise(checks.checkReply({ status, contentType, payload }, described))
  const operation = mapping.form.operations[openApi.operations.indexOf(described)]
  if (operation === undefined) throw new TypeError('an operation without a form')
  const rawHeaders = contentType === undefined ? [] : ['Content-Type', contentType]
  const head = (): Uint8Array => new Uint8Array()
  const answer: HttpReplyContent = { format: 'http', status, rawHeaders, payload, head }
  const trace: Traced[] = []
  const { envelope } = mapping.replyOf(answer, operation, trace)
  const around = aroundOf(operation, status)
  const values = trace.map((each) =>
    wayOf(unruled(each), 'JSON', (path) => behind(path, around) ?? path),
  )
  return { from: 'JSON', to: 'XML', output: [bodyIn(envelope)], values }
}

/** What the schema's hints say is no word of anybody's. */
function unruled({ xmlPath, jsonPath, value }: Traced): Traced {
  return { xmlPath, jsonPath, value, rules: [] }
}

function raise([first, ...others]: readonly Violation[]): void {
  if (first) throw new ContractBreach([first, ...others])
}

function linesOf({ method, path, query, rawHeaders, payload }: DerivedHttpRequest): string[] {
  const target = (path || '/') + (query === undefined || query === '' ? '' : `?${query}`)
  const lines = [`${method} ${target}`]
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    lines.push(`${rawHeaders[at] ?? ''}: ${rawHeaders[at + 1] ?? ''}`)
  }
  if (payload.length > 0) lines.push('', Buffer.from(payload).toString('utf8'))
  return lines
}

/** Where a value of a request stands in HTTP: `/query(il)`, or a path in the body. */
function placeIn({ member, path, query, headers, body }: RestOperation, jsonPath: string): string {
  const inside = behind(jsonPath, member === undefined ? [] : [member]) ?? jsonPath
  const inPath = path.flatMap((each) => ('parameter' in each ? [each.parameter] : []))
  for (const [kind, parameters] of [
    ['path', inPath],
    ['query', query],
    ['header', headers],
  ] as const) {
    for (const parameter of parameters) {
      const rest = behind(inside, [parameter.member])
      if (rest !== undefined) return `/${kind}(${parameter.name})${rest}`
    }
  }
  return behind(inside, body?.member === undefined ? [] : [body.member]) ?? inside
}

/** Members that the mapping puts around an answer. */
function aroundOf(operation: RestOperation, status: number): string[] {
  const success = operation.successes.find((each) => each.status === status)
  const content = success?.content ?? faultOf(operation, status)?.content ?? 'none'
  const inside = memberOf(content)
  const names = success === undefined ? [inside] : [operation.member, success.member, inside]
  return names.filter((name) => name !== undefined)
}

/** What is left of a path behind these names; undefined where it does not begin with them. */
function behind(path: string, names: readonly string[]): string | undefined {
  const start = names.map((name) => `/${name}`).join('')
  if (!path.startsWith(start)) return undefined
  const rest = path.slice(start.length)
  return rest === '' || rest.startsWith('/') || rest.startsWith('[') ? rest : undefined
}

/** What stands in the Body of an envelope. */
function bodyIn(envelope: Uint8Array): string {
  const document = readXml(envelope)
  const body = document.child(document.root, document.namespace(document.root), 'Body')
  if (body === undefined) throw new TypeError('an envelope without a Body')
  const { start, end } = document.contentRange(body)
  return Buffer.from(envelope.subarray(start, end)).toString('utf8')
}
