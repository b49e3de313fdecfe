import { hash } from 'node:crypto'
import type { DerivedRequest } from '../exchange/exchange.js'
import { Fault } from '../exchange/fault.js'
import type { ReplyContent, VerifiedContent } from '../exchange/signed-content.js'
import type { JsonValue } from '../json/json-value.js'
import { ContractBreach, violation } from '../violation/violation.js'
import type { XmlDocument, XmlElement } from '../xml/document.js'
import type { WsdlOperation } from '../wsdl/wsdl-model.js'
import { AttachedFiles } from './attached-files.js'
import { compileCodec, type Codec } from './codec.js'
import { JsonReply } from './json-reply.js'
import { jsonOf, queryFieldsOf, type QueryFields } from './json-request.js'
import type { Refinement } from './refinement.js'
import type { ServiceMapping } from './service-mapping.js'
import type { ElementProperty } from './shape.js'
import { soapAnswerOf, soapFaultOf } from './soap-body.js'
import { soapShapesOf, type BusinessFault, type SoapShapes } from './soap-shapes.js'

/** What the mapping of a SOAP service follows from. */
export interface SoapContractParts {
  readonly operation: WsdlOperation
  readonly refinement: Refinement
  /** base64url SHA-256 of the contract's files, `mapping.yaml` among them. */
  readonly contractDigest: string
}

/** Goes up whenever the rules of README.md change what a message becomes. */
const rulesVersion = 2

/**
 * The mapping of a SOAP service for consumers that speak REST.
 * @throws MappingError where something of the contract cannot be carried over without loss
 */
export function soapMapping(parts: SoapContractParts): SoapServiceMapping {
  return new SoapServiceMapping(parts, soapShapesOf(parts.operation, parts.refinement))
}

interface FaultCodec extends BusinessFault {
  readonly codec: Codec
}

/** See `soapMapping`. */
export class SoapServiceMapping implements ServiceMapping {
  readonly version: string
  /** For the service's description as REST. */
  readonly shapes: SoapShapes
  /** Fields that may be asked for with GET; undefined where POST is the only way. */
  readonly queryFields: QueryFields | undefined
  readonly #operation: WsdlOperation
  readonly #request: Codec
  readonly #reply: Codec | undefined
  readonly #faults: readonly FaultCodec[]

  constructor({ operation, refinement, contractDigest }: SoapContractParts, shapes: SoapShapes) {
    const followsFrom = JSON.stringify([rulesVersion, contractDigest, refinement])
    this.version = hash('sha256', followsFrom, 'buffer').toString('base64url')
    this.shapes = shapes
    this.queryFields = queryFieldsOf(shapes.request)
    this.#operation = operation
    this.#request = compileCodec(shapes.request)
    this.#reply = shapes.reply && compileCodec(shapes.reply)
    this.#faults = shapes.faults.map((fault) => ({ ...fault, codec: compileCodec(fault.shape) }))
  }

  request(verified: VerifiedContent): DerivedRequest {
    if (verified.format !== 'http') throw new TypeError('a request that is not REST')
    return {
      format: 'soap',
      version: this.#operation.soapVersion,
      body: this.#request.toXml(jsonOf(verified, this.queryFields)),
      attachments: [],
      isXop: false,
    }
  }

  reply(content: ReplyContent): ReplyContent {
    if (content.format !== 'soap') throw breach('mediaType', 'SOAP')
    const { document, element, isFault } = soapAnswerOf(content)
    if (isFault && element !== undefined) return this.#fault(document, element)
    if (this.#reply === undefined) return new JsonReply(202, jsonType, undefined)
    if (element === undefined) throw breach('missing', this.shapes.reply?.element.localName)
    const files = new AttachedFiles(content, 'RESPONSE_INVALID')
    const json = this.#reply.toJson(document, element, undefined, files)
    files.raise()
    return new JsonReply(200, jsonType, json)
  }

  /** A failure that the contract declares is an answer; any other is the provider's trouble. */
  #fault(document: XmlDocument, element: XmlElement): ReplyContent {
    const { code, reason, detail } = soapFaultOf(document, element)
    const child = detail === undefined ? undefined : document.firstChild(detail)
    const declared =
      child === undefined
        ? undefined
        : this.#faults.find(({ shape }) => isOf(document, child, shape))
    if (child === undefined || declared === undefined) {
      throw new Fault('PROVIDER_FAULT', {
        detail: 'The provider answered with a SOAP Fault that its contract does not declare.',
      })
    }
    const problem = new Map<string, JsonValue>([
      ['type', `urn:sluice:business-fault:${declared.name}`],
      ['title', reason],
      ['code', code],
      ['fault', declared.codec.toJson(document, child)],
    ])
    return new JsonReply(declared.status, problemType, problem)
  }
}

const jsonType = 'application/json'
const problemType = 'application/problem+json'

function isOf(
  document: XmlDocument,
  element: XmlElement,
  { element: name }: ElementProperty,
): boolean {
  return document.is(element, name.namespace, name.localName)
}

function breach(rule: 'mediaType' | 'missing', term?: string): ContractBreach {
  return new ContractBreach([violation('/', rule, term)])
}
