import { hash } from 'node:crypto'
import type { DerivedHttpRequest, DerivedRequest } from '../exchange/derived-request.js'
import type { HttpReplyContent } from '../exchange/http-content.js'
import type { ReplyContent, VerifiedContent } from '../exchange/signed-content.js'
import type { VerifiedSoapRequest } from '../exchange/soap-content.js'
import { Fault } from '../exchange/fault.js'
import { JsonNumber, type JsonObject, type JsonValue } from '../json/json-value.js'
import { breach, ContractBreach, type Violation } from '../violation/violation.js'
import type { WsdlDescription } from '../wsdl/wsdl-model.js'
import { XmlDocument, type XmlElement } from '../xml/document.js'
import { readXml } from '../xml/read-xml.js'
import { includedFiles, type IncludedFiles } from '../xsd/included-files.js'
import { checkPayload } from '../xsd/check-payload.js'
import {
  keyOf,
  type ElementDeclaration,
  type SchemaSet,
  type XmlName,
} from '../xsd/schema-model.js'
import { AttachedFiles } from './attached-files.js'
import { checkShape } from './check-shape.js'
import { compileCodec, type Codec } from './codec.js'
import { deriveShape } from './derive-shape.js'
import { checkLeftOut } from './header-blocks.js'
import { contentJson, faultOf, isReadable, memberOf } from './rest-answer.js'
import type { RestFault, RestForm, RestOperation, RestSuccess } from './rest-form.js'
import { restRequest } from './rest-request.js'
import type { ServiceMapping } from './service-mapping.js'
import { MadeSoapReply } from './soap-reply.js'
import type { Traced } from './traced.js'
import { escapedText } from './xml-text.js'

/** What the mapping of a REST service follows from. */
export interface RestContractParts {
  readonly form: RestForm
  /** The WSDL that belongs to the form, read. */
  readonly wsdl: WsdlDescription
  /** base64url SHA-256 of the contract's files. */
  readonly contractDigest: string
}

/** Goes up whenever the rules of src/views/README.md change what a message becomes. */
const rulesVersion = 2

/**
 * The mapping of a REST service for consumers that speak SOAP.
 * @throws MappingError where the schema has no form in JSON without loss
 */
export function restMapping(parts: RestContractParts): RestServiceMapping {
  return new RestServiceMapping(parts)
}

/** What comes beside a Body. */
export interface MessageFiles {
  readonly files: AttachedFiles
  /** Those that elements may stand for; undefined where the message is not packed as MTOM. */
  readonly included: IncludedFiles | undefined
}

/** What a SOAP message became, and of which operation it is. */
export interface AskedOperation {
  readonly operation: RestOperation
  readonly request: DerivedHttpRequest
}

/** See `restMapping`. */
export class RestServiceMapping implements ServiceMapping {
  readonly version: string
  readonly form: RestForm
  readonly #request: Codec
  readonly #reply: Codec
  readonly #faults: ReadonlyMap<RestFault, Codec>
  /** Of a request that was made here: its answer is read by it. */
  readonly #asked = new WeakMap<DerivedRequest, RestOperation>()
  readonly #schemas: SchemaSet
  readonly #declaration: ElementDeclaration

  constructor({ form, wsdl, contractDigest }: RestContractParts) {
    const followsFrom = JSON.stringify([rulesVersion, contractDigest, form])
    this.version = hash('sha256', followsFrom, 'buffer').toString('base64url')
    this.form = form
    const declarationOf = (name: XmlName): ElementDeclaration => {
      const declaration = wsdl.schemas.elements.get(keyOf(name))
      if (declaration === undefined) throw new TypeError(`no element ${name.localName}`)
      return declaration
    }
    const codecOf = (name: XmlName): Codec =>
      compileCodec(checkShape(deriveShape(declarationOf(name))))
    this.#schemas = wsdl.schemas
    this.#declaration = declarationOf(form.request)
    this.#request = codecOf(form.request)
    this.#reply = codecOf(form.reply)
    const faults = form.operations.flatMap((operation) => operation.faults)
    this.#faults = new Map(faults.map((fault) => [fault, codecOf(fault.element)]))
  }

  request(verified: VerifiedContent): DerivedHttpRequest {
    if (verified.format !== 'soap') throw new TypeError('a request that is not SOAP')
    if (verified.version !== '1.1') throw breach('/', 'mediaType', 'SOAP 1.1')
    const files = new AttachedFiles(verified, 'PAYLOAD_TOO_LARGE')
    const { document, element } = contentOf(verified, this.form.request)
    checkLeftOut(document)
    const included = includedFiles(verified)
    const { operation, request } = this.requestOf(document, element, { files, included })
    this.#asked.set(request, operation)
    return request
  }

  /**
   * The same of what stands in the Body.
   * @param trace - gets a row for each value
   * @throws ContractBreach
   */
  requestOf(
    document: XmlDocument,
    element: XmlElement,
    { files, included }: MessageFiles,
    trace?: Traced[],
  ): AskedOperation {
    // In the consumer's own names: what is wrong is told by the WSDL that it reads.
    const [first, ...others] = checkPayload(document, element, this.#declaration, this.#schemas, {
      files: included,
    })
    if (first) throw new ContractBreach([first, ...others])
    const json = this.#request.toJson(document, element, trace, files)
    files.raise()
    if (!(json instanceof Map)) throw new TypeError('the request is no object')
    const { operation, members, path } = this.#operationIn(json as JsonObject)
    return { operation, request: restRequest(operation, members, path) }
  }

  /** @param asked - what `request` made; may be left out where the service has one operation only */
  reply(content: ReplyContent, asked?: DerivedRequest): ReplyContent {
    if (content.format !== 'http') throw new TypeError('an answer that is not HTTP')
    return this.replyOf(content, this.#operationOf(asked))
  }

  /**
   * The same, of an operation that is known.
   * @param trace - gets a row for each value
   * @throws ContractBreach, Fault PROVIDER_FAULT
   */
  replyOf(content: HttpReplyContent, operation: RestOperation, trace?: Traced[]): MadeSoapReply {
    const success = operation.successes.find(({ status }) => status === content.status)
    if (success !== undefined) return this.#success(operation, success, content, trace)
    const fault = faultOf(operation, content.status)
    if (fault === undefined) throw undeclared()
    return this.#fault(fault, content, trace)
  }

  #operationIn(json: JsonObject): {
    readonly operation: RestOperation
    readonly members: JsonObject
    readonly path: string
  } {
    const { operations } = this.form
    for (const operation of operations) {
      if (operation.member === undefined) return { operation, members: json, path: '' }
      const members = json.get(operation.member)
      if (members instanceof Map) {
        return { operation, members: members as JsonObject, path: `/${operation.member}` }
      }
    }
    throw new TypeError('a request of no operation')
  }

  #operationOf(asked: DerivedRequest | undefined): RestOperation {
    const known = asked === undefined ? undefined : this.#asked.get(asked)
    const [first, ...others] = this.form.operations
    const operation = known ?? (others.length === 0 ? first : undefined)
    if (operation === undefined) throw new TypeError('an answer to nobody knows what')
    return operation
  }

  #success(
    { member }: RestOperation,
    success: RestSuccess,
    content: HttpReplyContent,
    trace: Traced[] | undefined,
  ): MadeSoapReply {
    const names = [member, success.member].filter((name) => name !== undefined)
    const json = contentJson(success.content, content)
    if (json === undefined) throw breach('/', 'mediaType', 'none')
    const value = names.reduceRight<JsonValue>((inner, name) => new Map([[name, inner]]), json)
    return new MadeSoapReply(
      200,
      written(this.#reply, value, [...names, memberOf(success.content)], trace),
    )
  }

  /** A failure that the contract declares, with what it declares of it, is an answer. */
  #fault(fault: RestFault, content: HttpReplyContent, trace: Traced[] | undefined): MadeSoapReply {
    const codec = this.#faults.get(fault)
    if (codec === undefined || !isReadable(fault.content, content)) throw undeclared()
    const json = contentJson(fault.content, content)
    if (json === undefined) throw undeclared()
    if (json.has('@status')) throw breach('/@status', 'unknown')
    const status: [string, JsonValue] = ['@status', new JsonNumber(String(content.status))]
    const value = new Map([status, ...json])
    const detail = written(codec, value, [memberOf(fault.content)], trace)
    const code = content.status < 500 ? 'Client' : 'Server'
    const reason = escapedText(fault.description) || `HTTP ${content.status}`
    return new MadeSoapReply(
      500,
      Buffer.concat([
        Buffer.from(
          `<S:Fault><faultcode>S:${code}</faultcode><faultstring>${reason}</faultstring><detail>`,
        ),
        detail,
        Buffer.from('</detail></S:Fault>'),
      ]),
    )
  }
}

/** The Body's one child, which the codec then holds to its element. */
function contentOf(
  verified: VerifiedSoapRequest,
  expected: XmlName,
): { readonly document: XmlDocument; readonly element: XmlElement } {
  const known = 'document' in verified ? verified.document : undefined
  const document = known instanceof XmlDocument ? known : readXml(verified.envelope)
  const { root } = document
  const body = document.child(root, document.namespace(root), 'Body')
  const element = body === undefined ? undefined : document.firstChild(body)
  if (element === undefined) throw breach('/', 'missing', expected.localName)
  const second = document.nextSibling(element)
  if (second !== undefined) throw breach(`/${document.localName(second)}`, 'unexpected', 'Body')
  return { document, element }
}

/** Places are told in the provider's own JSON: what was put around it is left out of them. */
function written(
  codec: Codec,
  value: JsonValue,
  around: readonly (string | undefined)[],
  trace: Traced[] | undefined,
): Uint8Array {
  try {
    return codec.toXml(value, trace)
  } catch (error) {
    const prefix = around.map((name) => (name === undefined ? '' : `/${name}`)).join('')
    if (!(error instanceof ContractBreach) || prefix === '') throw error
    const [first, ...others] = error.violations
    throw new ContractBreach([inside(first, prefix), ...others.map((each) => inside(each, prefix))])
  }
}

function inside(each: Violation, prefix: string): Violation {
  if (!each.path.startsWith(prefix)) return each
  const path = each.path.slice(prefix.length)
  return { ...each, path: path === '' ? '/' : path.startsWith('[') ? `/${path}` : path }
}

function undeclared(): Fault {
  return new Fault('PROVIDER_FAULT', {
    detail: 'The provider answered with a failure that its contract does not declare.',
  })
}
