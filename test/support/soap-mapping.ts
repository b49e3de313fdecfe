import { readRefinement } from '../../src/mediation/refinement.js'
import {
  soapMapping,
  type SoapContractParts,
  type SoapServiceMapping,
} from '../../src/mediation/soap-mapping.js'
import type { VerifiedHttpRequest } from '../../src/exchange/http-content.js'
import type { SoapReplyContent } from '../../src/exchange/soap-content.js'
import type { ElementDeclaration } from '../../src/xsd/schema-model.js'
import type { WsdlAttachment, WsdlOperation } from '../../src/wsdl/wsdl-model.js'

const envelope = 'http://schemas.xmlsoap.org/soap/envelope/'

/** The mapping of an operation with these elements. */
export function mappingOf(
  elements: {
    readonly request: ElementDeclaration
    readonly reply?: ElementDeclaration
    readonly faults?: Readonly<Record<string, ElementDeclaration>>
  },
  mapping = '',
  files: Pick<SoapContractParts, 'attachments' | 'soapAttachments' | 'isIdempotent'> & {
    readonly parts?: readonly WsdlAttachment[]
  } = {},
): SoapServiceMapping {
  const message = (body: ElementDeclaration) => ({
    ...{ body, attachments: files.parts ?? [], headers: [] },
  })
  const operation: WsdlOperation = {
    name: 'op',
    documentation: '',
    soapVersion: '1.1',
    soapAction: undefined,
    style: 'document',
    input: message(elements.request),
    output: elements.reply && message(elements.reply),
    faults: Object.entries(elements.faults ?? {}).map(([name, element]) => ({ name, element })),
  }
  const refinement = readRefinement(Buffer.from(`mapping: 1\n${mapping}`))
  return soapMapping({
    ...{ operation, refinement, contractDigest: 'digest', isIdempotent: true },
    ...files,
  })
}

/** A request as a REST consumer signed it. */
export function restRequest(
  json: string,
  more: Partial<VerifiedHttpRequest> = {},
): VerifiedHttpRequest {
  return {
    format: 'http',
    method: 'POST',
    path: '/r1/AZ/GOV/X/Y/op/v1',
    query: undefined,
    header: (name) => (name === 'content-type' ? 'application/json' : undefined),
    signature: { label: 'a', keyId: 'k', created: new Date(0), value: new Uint8Array() },
    payload: Buffer.from(json),
    payloadSha256: new Uint8Array(32),
    ...more,
  }
}

/** An answer of a SOAP provider. */
export function soapReply(body: string, more: Partial<SoapReplyContent> = {}): SoapReplyContent {
  const bytes = Buffer.from(
    `<s:Envelope xmlns:s="${envelope}"><s:Body>${body}</s:Body></s:Envelope>`,
  )
  return {
    format: 'soap',
    status: 200,
    rawHeaders: [],
    payload: bytes,
    envelope: bytes,
    attachments: [],
    head: () => new Uint8Array(),
    withEnvelope: (other) => other,
    ...more,
  }
}

/** The Body that a request becomes. */
export function bodyFor(mapping: SoapServiceMapping, request: VerifiedHttpRequest): string {
  const derived = mapping.request(request)
  if (derived.format !== 'soap') throw new Error('not SOAP')
  return Buffer.from(derived.body).toString()
}

/** The JSON answer that a SOAP answer becomes. */
export function answerFor(mapping: SoapServiceMapping, reply: SoapReplyContent) {
  const answer = mapping.reply(reply)
  if (answer.format !== 'http') throw new Error('not HTTP')
  return {
    status: answer.status,
    type: answer.rawHeaders[1],
    json: Buffer.from(answer.payload).toString(),
  }
}
