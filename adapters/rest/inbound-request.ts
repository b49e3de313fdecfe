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

  async readPayload(bytesMax: number): Promise<Uint8Array> {
    if (this.#asked) throw new Error('a payload is read once')
    this.#asked = true
    if (this.#broken) throw this.#broken
    if (this.#payloadBytes === 0) return noPayload
    const limit = Math.min(bytesMax, this.#limits.payloadBytesMax)
    if (this.#payloadBytes !== undefined && this.#payloadBytes > limit) throw tooLarge(limit)
    if (this.#incoming.destroyed) throw brokenOff()
    this.#reserve(this.#payloadBytes ?? 0)
    if (this.#expectsContinue) this.#response.writeContinue()
    return this.#collect(limit)
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

  #collect(limit: number): Promise<Uint8Array> {
    const incoming = this.#incoming
    const collector = new PayloadCollector(this.#payloadBytes)
    return new Promise((resolve, reject) => {
      const stop = (): void => {
        incoming.off('data', take).off('end', end).off('error', breakOff).off('close', breakOff)
        this.#reading = undefined
      }
      const refuse = (fault: Fault): void => {
        stop()
        incoming.pause()
        reject(fault)
      }
      const take = (chunk: Buffer): void => {
        try {
          if (collector.bytes + chunk.length > limit) throw tooLarge(limit)
          if (this.#payloadBytes === undefined) this.#reserve(chunk.length)
          collector.add(chunk)
        } catch (error) {
          refuse(toFault(error))
        }
      }
      const end = (): void => {
        stop()
        resolve(collector.take())
      }
      const breakOff = (): void => refuse(brokenOff())
      this.#reading = refuse
      incoming.on('data', take).on('end', end).on('error', breakOff).on('close', breakOff)
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
