import type { Holding, PayloadBudget } from '../exchange/adapter.js'
import { Fault, toFault } from '../exchange/fault.js'
import type { SubsystemId } from '../exchange/identifier.js'
import type { Payload, Spool } from '../exchange/payload.js'
import type { RawHeaders } from '../exchange/http-content.js'
import { spoolAboveBytes, spooledMemoryBytes } from '../limits/http.js'
import type { ByteRoom } from './byte-room.js'
import type { ArrivedRequest, BodyReader } from './connection.js'
import { headOf, type RequestHead } from './head.js'
import { noPayload, PayloadCollector, type BodyCollector } from './payload.js'
import { SpoolingCollector } from './spooling-collector.js'

export interface PayloadLimits {
  /** Hard cap, whatever the service allows. */
  readonly payloadBytesMax: number
  /** The same for a body that may go by way of the disk. */
  readonly spooledBytesMax: number
  readonly budget: PayloadBudget
  readonly spool: Spool
}

export interface HeadFacts {
  readonly scheme: 'http' | 'https'
  readonly head: RequestHead
  readonly expectsContinue: boolean
}

/** A request as it came from a consumer; its body is not read before somebody asks for it. */
export abstract class RequestBody implements BodyReader {
  readonly rawHeaders: RawHeaders
  protected readonly arrived: ArrivedRequest
  /** As announced; undefined for a chunked body. */
  protected readonly bodyBytes: number | undefined
  readonly #limits: PayloadLimits
  readonly #expectsContinue: boolean
  #reading: ((fault: Fault) => void) | undefined
  #broken: Fault | undefined
  #asked = false
  /** What has been read beforehand, of which the body begins. */
  #beginning: Buffer | undefined
  #room: ByteRoom | undefined
  #bytesInRoom = 0

  constructor(
    arrived: ArrivedRequest,
    { head, expectsContinue }: HeadFacts,
    limits: PayloadLimits,
  ) {
    this.rawHeaders = arrived.incoming.rawHeaders
    this.arrived = arrived
    this.bodyBytes = head.payloadBytes
    this.#limits = limits
    this.#expectsContinue = expectsContinue
  }

  head(): Uint8Array {
    return headOf(this.arrived.incoming)
  }

  /** The connection's parser gave up; whoever waits for the payload is told. */
  fail(fault: Fault): void {
    this.#broken = fault
    this.#reading?.(fault)
  }

  /** The exchange is over: the payload's bytes no longer count. */
  release(): void {
    this.#limits.budget.release(this.arrived.exchangeId)
    this.#limits.spool.release(this.arrived.exchangeId)
    this.#leaveRoom()
  }

  /** Reads the body, once; see `HttpRequestContent`. */
  protected readBody(bytesMax: number, consumer: SubsystemId): Promise<Buffer> {
    if (this.bodyBytes === 0) return Promise.resolve(noPayload)
    try {
      const { budget, payloadBytesMax } = this.#limits
      const holding = budget.hold(this.arrived.exchangeId, consumer)
      const limit = this.#admit(Math.min(bytesMax, payloadBytesMax), holding, this.bodyBytes)
      return this.#collect(limit, new PayloadCollector(this.bodyBytes, limit, holding))
    } catch (error) {
      return Promise.reject(toFault(error))
    }
  }

  /** The same for a body that goes by way of the disk where it is large. */
  protected readLargeBody(bytesMax: number, consumer: SubsystemId): Promise<Payload> {
    if (this.bodyBytes === 0) return Promise.resolve(noPayload)
    try {
      const { budget, spool, spooledBytesMax } = this.#limits
      const { exchangeId } = this.arrived
      const holding = budget.hold(exchangeId, consumer)
      const isLarge = this.bodyBytes !== undefined && this.bodyBytes > spoolAboveBytes
      const inMemory = isLarge ? spooledMemoryBytes : this.bodyBytes
      const limit = this.#admit(Math.min(bytesMax, spooledBytesMax), holding, inMemory)
      const collector = new SpoolingCollector(this.bodyBytes, holding, (announced) =>
        spool.writer(exchangeId, consumer, announced),
      )
      return this.#collect(limit, collector)
    } catch (error) {
      return Promise.reject(toFault(error))
    }
  }

  /**
   * Counts what of a body on the disk is read into memory for good.
   * @throws Fault THROTTLED
   */
  protected holdMore(bytes: number, consumer: SubsystemId): void {
    const holding = this.#limits.budget.hold(this.arrived.exchangeId, consumer)
    holding.resize(holding.bytes + bytes)
  }

  /**
   * Reads how the body begins, before `readBody`: so many bytes and what came in one piece with the
   * last of them, or the whole of a shorter one.
   * @param room - what the beginning takes until `readBody`, or until the exchange is over
   * @throws Fault PAYLOAD_UNSAFE when it breaks off, or does not come in time, THROTTLED
   */
  protected async readBeginning(
    bytesMin: number,
    timeLimitMs: number,
    room: ByteRoom,
  ): Promise<Buffer> {
    if (this.bodyBytes === 0) return (this.#beginning = noPayload)
    if (this.#broken) throw this.#broken
    if (this.arrived.incoming.destroyed) throw brokenOff()
    this.#room = room
    this.#invite()
    const chunks = await this.#firstChunks(bytesMin, timeLimitMs)
    const [first = noPayload, ...others] = chunks
    return (this.#beginning = others.length === 0 ? first : Buffer.concat(chunks))
  }

  /** Whether what has been read beforehand is the whole body. */
  protected get isBeginningWhole(): boolean {
    return this.bodyBytes === 0 || this.arrived.incoming.readableEnded
  }

  #firstChunks(bytesMin: number, timeLimitMs: number): Promise<Buffer[]> {
    const { incoming } = this.arrived
    const chunks: Buffer[] = []
    let bytes = 0
    return new Promise((resolve, reject) => {
      const stop = (): void => {
        clearTimeout(timer)
        this.#reading = undefined
        incoming.off('data', take).off('end', finish).off('error', breakOff)
        if (!incoming.readableEnded) incoming.pause()
      }
      const finish = (): void => {
        stop()
        resolve(chunks)
      }
      const refuse = (fault: Fault): void => {
        stop()
        reject(fault)
      }
      const breakOff = (): void => refuse(brokenOff())
      const take = (chunk: Buffer): void => {
        try {
          this.#takeRoom(chunk.length)
        } catch (error) {
          refuse(toFault(error))
          return
        }
        chunks.push(chunk)
        bytes += chunk.length
        // Of a body that has come whole the end is near; without it the request counts as unread.
        if (bytes >= bytesMin && bytes !== this.bodyBytes) finish()
      }
      const timer = setTimeout(() => refuse(tooSlow()), timeLimitMs)
      this.#reading = refuse
      incoming.on('data', take).on('end', finish).on('error', breakOff)
    })
  }

  #takeRoom(bytes: number): void {
    this.#room?.take(bytes)
    this.#bytesInRoom += bytes
  }

  #leaveRoom(): void {
    this.#room?.give(this.#bytesInRoom)
    this.#bytesInRoom = 0
  }

  /** Refuses before the first byte is read what can be refused then. */
  #admit(limit: number, holding: Holding, inMemory: number | undefined): number {
    if (this.#asked) throw new Error('a payload is read once')
    this.#asked = true
    if (this.#broken) throw this.#broken
    if (this.bodyBytes !== undefined && this.bodyBytes > limit) throw tooLarge(limit)
    const beginning = this.#beginning
    if (beginning && beginning.length > limit) throw tooLarge(limit)
    if (!this.isBeginningWhole && this.arrived.incoming.destroyed) throw brokenOff()
    // An announcement takes no room: who announces and does not send keeps it from nobody.
    holding.assertRoom(inMemory ?? 0)
    if (!beginning) this.#invite()
    return limit
  }

  #invite(): void {
    if (this.#expectsContinue) this.arrived.response.writeContinue()
  }

  // The listeners stay until the request is forgotten: taking them off costs more than a look.
  #collect<Whole>(limit: number, collector: BodyCollector<Whole>): Promise<Whole> {
    const { incoming } = this.arrived
    let behind: Promise<void> | undefined
    if (this.#beginning) {
      const isWhole = this.isBeginningWhole
      behind = collector.add(this.#beginning)
      this.#beginning = undefined
      this.#leaveRoom()
      if (isWhole) return Promise.resolve(collector.take())
    }
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
      const goOn = (): void => {
        if (!done) incoming.resume()
      }
      const wait = (until: Promise<void>): void => {
        incoming.pause()
        until.then(goOn, (error: unknown) => refuse(toFault(error)))
      }
      incoming.on('data', (chunk: Buffer) => {
        if (done) return
        try {
          if (collector.bytes + chunk.length > limit) throw tooLarge(limit)
          const behind = collector.add(chunk)
          if (behind) wait(behind)
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
      if (behind) wait(behind)
      else if (incoming.isPaused()) incoming.resume()
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

function tooSlow(): Fault {
  return new Fault('PAYLOAD_UNSAFE', {
    field: 'time',
    detail: 'The beginning of the message did not arrive in time.',
  })
}
