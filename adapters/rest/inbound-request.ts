import type { Holding, PayloadBudget } from '../../src/exchange/adapter.js'
import { Fault, toFault } from '../../src/exchange/fault.js'
import type { SubsystemId } from '../../src/exchange/identifier.js'
import type { HttpRequestContent, RawHeaders } from '../../src/exchange/signed-content.js'
import type { ArrivedRequest, BodyReader } from './connection.js'
import { headOf, type RequestHead } from './head.js'
import { noPayload, PayloadCollector } from './payload.js'

export interface PayloadLimits {
  /** Hard cap, whatever the service allows. */
  readonly payloadBytesMax: number
  readonly budget: PayloadBudget
}

export interface HeadFacts {
  readonly scheme: 'http' | 'https'
  readonly head: RequestHead
  readonly expectsContinue: boolean
}

/** A request as it came from a consumer; its body is not read before somebody asks for it. */
export class InboundRequest implements HttpRequestContent, BodyReader {
  readonly format = 'http'
  readonly method: string
  readonly scheme: 'http' | 'https'
  readonly authority: string
  readonly target: string
  readonly rawHeaders: RawHeaders
  readonly #arrived: ArrivedRequest
  readonly #limits: PayloadLimits
  readonly #payloadBytes: number | undefined
  readonly #expectsContinue: boolean
  #reading: ((fault: Fault) => void) | undefined
  #broken: Fault | undefined
  #asked = false

  constructor(
    arrived: ArrivedRequest,
    { scheme, head, expectsContinue }: HeadFacts,
    limits: PayloadLimits,
  ) {
    const { incoming } = arrived
    this.method = incoming.method ?? ''
    this.scheme = scheme
    this.authority = head.authority
    this.target = incoming.url ?? ''
    this.rawHeaders = incoming.rawHeaders
    this.#arrived = arrived
    this.#limits = limits
    this.#payloadBytes = head.payloadBytes
    this.#expectsContinue = expectsContinue
  }

  head(): Uint8Array {
    return headOf(this.#arrived.incoming)
  }

  readPayload(bytesMax: number, consumer: SubsystemId): Promise<Uint8Array> {
    if (this.#payloadBytes === 0) return Promise.resolve(noPayload)
    try {
      const holding = this.#limits.budget.hold(this.#arrived.exchangeId, consumer)
      return this.#collect(this.#admit(bytesMax, holding), holding)
    } catch (error) {
      return Promise.reject(toFault(error))
    }
  }

  /** The connection's parser gave up; whoever waits for the payload is told. */
  fail(fault: Fault): void {
    this.#broken = fault
    this.#reading?.(fault)
  }

  /** The exchange is over: the payload's bytes no longer count. */
  release(): void {
    this.#limits.budget.release(this.#arrived.exchangeId)
  }

  /** Refuses before the first byte is read what can be refused then. */
  #admit(bytesMax: number, holding: Holding): number {
    if (this.#asked) throw new Error('a payload is read once')
    this.#asked = true
    if (this.#broken) throw this.#broken
    const limit = Math.min(bytesMax, this.#limits.payloadBytesMax)
    if (this.#payloadBytes !== undefined && this.#payloadBytes > limit) throw tooLarge(limit)
    if (this.#arrived.incoming.destroyed) throw brokenOff()
    // An announcement takes no room: who announces and does not send keeps it from nobody.
    holding.assertRoom(this.#payloadBytes ?? 0)
    if (this.#expectsContinue) this.#arrived.response.writeContinue()
    return limit
  }

  // The listeners stay until the request is forgotten: taking them off costs more than a look.
  #collect(limit: number, holding: Holding): Promise<Uint8Array> {
    const { incoming } = this.#arrived
    const collector = new PayloadCollector(this.#payloadBytes, limit, holding)
    let done = false
    return new Promise((resolve, reject) => {
      const refuse = (fault: Fault): void => {
        if (done) return
        done = true
        collector.drop()
        incoming.pause()
        reject(fault)
      }
      this.#reading = refuse
      incoming.on('data', (chunk: Buffer) => {
        if (done) return
        try {
          if (collector.bytes + chunk.length > limit) throw tooLarge(limit)
          collector.add(chunk)
        } catch (error) {
          refuse(toFault(error))
        }
      })
      incoming.on('end', () => {
        if (done) return
        done = true
        resolve(collector.take())
      })
      incoming.on('error', () => refuse(brokenOff()))
    })
  }
}

function tooLarge(bytesMax: number): Fault {
  return new Fault('PAYLOAD_TOO_LARGE', { detail: `The limit is ${bytesMax} bytes.` })
}

function brokenOff(): Fault {
  return new Fault('PAYLOAD_UNSAFE', {
    field: 'payload',
    detail: 'The connection broke off before the end of the payload.',
  })
}
