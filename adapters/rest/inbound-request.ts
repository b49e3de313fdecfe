import type { IncomingMessage, ServerResponse } from 'node:http'
import { Fault, toFault } from '../../src/exchange/fault.js'
import type { HttpRequestContent, RawHeaders } from '../../src/exchange/signed-content.js'
import { headOf, type RequestHead } from './head.js'
import { noPayload, PayloadCollector, type PayloadBudget } from './payload.js'

export interface PayloadLimits {
  /** Hard cap, whatever the service allows. */
  readonly payloadBytesMax: number
  readonly budget: PayloadBudget
}

/** A request as it came from a consumer; its body is not read before somebody asks for it. */
export class InboundRequest implements HttpRequestContent {
  readonly format = 'http'
  readonly method: string
  readonly scheme: 'http' | 'https'
  readonly authority: string
  readonly target: string
  readonly rawHeaders: RawHeaders
  readonly #incoming: IncomingMessage
  readonly #response: ServerResponse
  readonly #limits: PayloadLimits
  readonly #payloadBytes: number | undefined
  readonly #expectsContinue: boolean
  #reserved = 0
  #reading: ((fault: Fault) => void) | undefined
  #broken: Fault | undefined
  #asked = false

  constructor(
    incoming: IncomingMessage,
    response: ServerResponse,
    scheme: 'http' | 'https',
    head: RequestHead,
    limits: PayloadLimits,
    expectsContinue: boolean,
  ) {
    this.method = incoming.method ?? ''
    this.scheme = scheme
    this.authority = head.authority
    this.target = incoming.url ?? ''
    this.rawHeaders = incoming.rawHeaders
    this.#incoming = incoming
    this.#response = response
    this.#limits = limits
    this.#payloadBytes = head.payloadBytes
    this.#expectsContinue = expectsContinue
  }

  head(): Uint8Array {
    return headOf(this.#incoming)
  }

  readPayload(bytesMax: number): Promise<Uint8Array> {
    if (this.#payloadBytes === 0) return Promise.resolve(noPayload)
    try {
      return this.#collect(this.#admit(bytesMax))
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
    this.#limits.budget.release(this.#reserved)
    this.#reserved = 0
  }

  /** Refuses before the first byte is read what can be refused then. */
  #admit(bytesMax: number): number {
    if (this.#asked) throw new Error('a payload is read once')
    this.#asked = true
    if (this.#broken) throw this.#broken
    const limit = Math.min(bytesMax, this.#limits.payloadBytesMax)
    if (this.#payloadBytes !== undefined && this.#payloadBytes > limit) throw tooLarge(limit)
    if (this.#incoming.destroyed) throw brokenOff()
    this.#reserve(this.#payloadBytes ?? 0)
    if (this.#expectsContinue) this.#response.writeContinue()
    return limit
  }

  // The listeners stay until the request is forgotten: taking them off costs more than a look.
  #collect(limit: number): Promise<Uint8Array> {
    const incoming = this.#incoming
    const collector = new PayloadCollector(this.#payloadBytes)
    let done = false
    return new Promise((resolve, reject) => {
      const refuse = (fault: Fault): void => {
        if (done) return
        done = true
        incoming.pause()
        reject(fault)
      }
      this.#reading = refuse
      incoming.on('data', (chunk: Buffer) => {
        if (done) return
        try {
          if (collector.bytes + chunk.length > limit) throw tooLarge(limit)
          if (this.#payloadBytes === undefined) this.#reserve(chunk.length)
          collector.add(chunk)
        } catch (error) {
          refuse(toFault(error))
        }
      })
      incoming.on('end', () => {
        done = true
        resolve(collector.take())
      })
      incoming.on('error', () => refuse(brokenOff()))
    })
  }

  #reserve(bytes: number): void {
    this.#limits.budget.reserve(bytes)
    this.#reserved += bytes
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
