import { hash } from 'node:crypto'
import type { DerivedRequest } from '../exchange/derived-request.js'
import type { ReplyContent, VerifiedContent } from '../exchange/signed-content.js'
import type { SoapAttachment } from '../exchange/soap-content.js'
import { Fault } from '../exchange/fault.js'
import type { JsonValue } from '../json/json-value.js'
import { ContractBreach, violation } from '../violation/violation.js'
import type { XmlDocument, XmlElement } from '../xml/document.js'
import type { WsdlOperation } from '../wsdl/wsdl-model.js'
import { AttachedFiles } from './attached-files.js'
import { compileCodec, type Codec } from './codec.js'
import { JsonReply } from './json-reply.js'
import { answerWithFiles, askedWithFiles } from './files-in-rest.js'
import type { FileForm } from './file-face.js'
import { queryFieldsOf, type QueryFields } from './json-request.js'
import { MappingError, problem } from './mapping-problem.js'
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
  /** Whether the same request may come twice, as one with GET may (RFC 9110 §9.2.2); false if left out. */
  readonly isIdempotent?: boolean
  /** How files go where the service is seen as REST; `none` if left out. */
  readonly attachments?: FileForm
  /**
   * How `xs:base64Binary` of requests goes in SOAP: as attachments with `mtom`, else in the envelope. What the WSDL
   * binds by `mime:content` is an attachment always.
   */
  readonly soapAttachments?: 'swa' | 'mtom' | 'inline' | undefined
}

/** Goes up whenever the rules of README.md change what a message becomes. */
const rulesVersion = 3

/**
 * The mapping of a SOAP service for consumers that speak REST.
 * @throws MappingError where something of the contract cannot be carried over without loss
 */
export function soapMapping(parts: SoapContractParts): SoapServiceMapping {
  const { operation, refinement, attachments, soapAttachments } = parts
  const [part] = operation.input.attachments
  if (soapAttachments === 'mtom' && part !== undefined) {
    throw new MappingError([{ path: 'request/', ...problem('mtomWithParts', part.part) }])
  }
  return new SoapServiceMapping(parts, soapShapesOf(operation, refinement, attachments))
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
  readonly #isMtom: boolean
  readonly #request: Codec
  readonly #reply: Codec | undefined
  readonly #faults: readonly FaultCodec[]

  constructor(parts: SoapContractParts, shapes: SoapShapes) {
    const { operation, refinement, contractDigest, attachments = 'none', soapAttachments } = parts
    const { isIdempotent = false } = parts
    const others = [attachments, soapAttachments ?? null, isIdempotent]
    const followsFrom = JSON.stringify([rulesVersion, contractDigest, refinement, ...others])
    this.version = hash('sha256', followsFrom, 'buffer').toString('base64url')
    this.shapes = shapes
    const mayBeGet = isIdempotent && operation.input.attachments.length === 0
    this.queryFields = mayBeGet ? queryFieldsOf(shapes.request) : undefined
    this.#operation = operation
    this.#isMtom = soapAttachments === 'mtom'
    this.#request = compileCodec(shapes.request)
    this.#reply = shapes.reply && compileCodec(shapes.reply)
    this.#faults = shapes.faults.map((fault) => ({ ...fault, codec: compileCodec(fault.shape) }))
  }

  request(verified: VerifiedContent): DerivedRequest {
    if (verified.format !== 'http') throw new TypeError('a request that is not REST')
    const { json, attachments } = askedWithFiles(
      verified,
      this.shapes.files.request,
      this.queryFields,
    )
    const packed: SoapAttachment[] | undefined = this.#isMtom ? [] : undefined
    const body = this.#request.toXml(json, undefined, packed)
    return {
      format: 'soap',
      version: this.#operation.soapVersion,
      body,
      attachments: packed ?? attachments,
      isXop: packed !== undefined && packed.length > 0,
    }
  }

  reply(content: ReplyContent): ReplyContent {
    if (content.format !== 'soap') throw breach('mediaType', 'SOAP')
    const { document, element, isFault } = soapAnswerOf(content)
    const files = new AttachedFiles(content, 'RESPONSE_INVALID')
    if (isFault && element !== undefined) {
      const answer = this.#fault(document, element)
      files.raise()
      return answer
    }
    if (this.#reply === undefined) {
      if (element !== undefined) throw breach('unexpected')
      return JsonReply.empty(202)
    }
    if (element === undefined) throw breach('missing', this.shapes.reply?.element.localName)
    const json = this.#reply.toJson(document, element, undefined, files)
    return answerWithFiles(json, files, this.shapes.files.reply)
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
    const said = new Map<string, JsonValue>([
      ['type', `urn:sluice:business-fault:${declared.name}`],
      ['title', reason],
      ['code', code],
      ['fault', declared.codec.toJson(document, child)],
    ])
    return JsonReply.of(declared.status, problemType, said)
  }
}

const problemType = 'application/problem+json'

function isOf(
  document: XmlDocument,
  element: XmlElement,
  { element: name }: ElementProperty,
): boolean {
  return document.is(element, name.namespace, name.localName)
}

function breach(rule: 'mediaType' | 'missing' | 'unexpected', term?: string): ContractBreach {
  return new ContractBreach([violation('/', rule, term)])
}
