import type { SubsystemId } from '../../src/exchange/identifier.js'
import type { HttpRequestContent } from '../../src/exchange/http-content.js'
import type { ArrivedRequest } from '../../src/http/connection.js'
import { RequestBody, type HeadFacts, type PayloadLimits } from '../../src/http/request-body.js'

/** A request as it came from a consumer; its body is not read before somebody asks for it. */
export class InboundRequest extends RequestBody implements HttpRequestContent {
  readonly format = 'http'
  readonly method: string
  readonly scheme: 'http' | 'https'
  readonly authority: string
  readonly target: string

  constructor(arrived: ArrivedRequest, facts: HeadFacts, limits: PayloadLimits) {
    super(arrived, facts, limits)
    const { method = '', url = '' } = arrived.incoming
    this.method = method
    this.scheme = facts.scheme
    this.authority = facts.head.authority
    this.target = url
  }

  readPayload(bytesMax: number, consumer: SubsystemId): Promise<Uint8Array> {
    return this.readBody(bytesMax, consumer)
  }
}
