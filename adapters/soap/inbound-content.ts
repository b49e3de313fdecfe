import { Fault } from '../../src/exchange/fault.js'
import type { SubsystemId } from '../../src/exchange/identifier.js'
import { isInMemory } from '../../src/exchange/payload.js'
import type { MalformedContent } from '../../src/exchange/signed-content.js'
import type {
  SoapAttachment,
  SoapPayload,
  SoapRequestContent,
  SpooledSoapPayload,
} from '../../src/exchange/soap-content.js'
import type { ByteRoom } from '../../src/http/byte-room.js'
import type { ArrivedRequest } from '../../src/http/connection.js'
import { RequestBody, type HeadFacts, type PayloadLimits } from '../../src/http/request-body.js'
import { soapStartBytesMax } from '../../src/limits/soap.js'
import { readContentType, type SoapContentType } from './content-type.js'
import { readMultipart, readSoapStart, soapStartWantedBytes } from './multipart.js'
import { PackagingError } from '../../src/http/packaging-error.js'
import { onlyValue, readSoapAction } from './soap-action.js'
import { readSpooledMultipart } from './spooled-multipart.js'

/** How a message's beginning is read, before anybody knows whose it is. */
export interface StartRules {
  /** From the end of the HTTP head on. */
  readonly timeLimitMs: number
  readonly room: ByteRoom
}

const nothing = new Uint8Array()
const noAttachments: readonly SoapAttachment[] = []

/**
 * A SOAP request as it came from a consumer. `begin` reads how its envelope begins; the rest is read
 * when somebody asks for it.
 */
export class InboundSoapRequest extends RequestBody implements SoapRequestContent {
  readonly format = 'soap'
  readonly #rules: StartRules
  #type: SoapContentType | undefined
  #action: string | undefined
  #start: Uint8Array = nothing
  #startIsWhole = false

  constructor(arrived: ArrivedRequest, facts: HeadFacts, limits: PayloadLimits, rules: StartRules) {
    super(arrived, facts, limits)
    this.#rules = rules
  }

  get action(): string | undefined {
    return this.#action
  }

  get start(): Uint8Array {
    return this.#start
  }

  get startIsWhole(): boolean {
    return this.#startIsWhole
  }

  /** @returns why it is no SOAP request, if so */
  async begin(): Promise<MalformedContent | undefined> {
    try {
      const type = (this.#type = this.#readHead())
      await this.#readStart(type)
      return undefined
    } catch (error) {
      const fault = packagingFault(error)
      if (fault instanceof Fault) return this.#malformed(fault)
      throw error
    }
  }

  async readPayload(
    bytesMax: number,
    consumer: SubsystemId,
    isHeld: boolean,
  ): Promise<SoapPayload | SpooledSoapPayload> {
    const type = this.#type
    if (!type) throw new Error('a payload is read after its beginning')
    if (type.packaging === 'plain') {
      const bytes = await this.readBody(bytesMax, consumer)
      return { bytes, envelope: bytes, attachments: noAttachments }
    }
    const isXop = type.packaging === 'mtom'
    const bytes = isHeld
      ? await this.readBody(bytesMax, consumer)
      : await this.readLargeBody(bytesMax, consumer)
    try {
      if (isInMemory(bytes)) {
        const { soapPart, attachments } = readMultipart(bytes, type)
        return { bytes, envelope: soapPart.envelope, attachments, isXop }
      }
      const hold = (more: number): void => this.holdMore(more, consumer)
      const { envelope, attachments } = await readSpooledMultipart(bytes, type, hold)
      return { bytes, envelope, attachments, isXop }
    } catch (error) {
      throw packagingFault(error)
    }
  }

  #readHead(): SoapContentType {
    const { rawHeaders } = this
    checkMethod(this.arrived.incoming.method)
    const coding = onlyValue(rawHeaders, 'Content-Encoding')?.toLowerCase()
    if (coding !== undefined && coding !== 'identity') {
      throw new Fault('REQUEST_INVALID', {
        field: 'Content-Encoding',
        detail: 'A compressed message is not accepted.',
      })
    }
    const type = readContentType(onlyValue(rawHeaders, 'Content-Type'))
    this.#action = readSoapAction(rawHeaders, type)
    return type
  }

  async #readStart(type: SoapContentType): Promise<void> {
    const { timeLimitMs, room } = this.#rules
    if (type.packaging === 'plain') {
      const bytes = await this.readBeginning(soapStartBytesMax, timeLimitMs, room)
      this.#start = bytes.subarray(0, soapStartBytesMax)
      this.#startIsWhole = this.isBeginningWhole && bytes.length <= soapStartBytesMax
      return
    }
    const bytes = await this.readBeginning(soapStartWantedBytes, timeLimitMs, room)
    const { start, isWhole } = readSoapStart(bytes, this.isBeginningWhole, type)
    this.#start = start
    this.#startIsWhole = isWhole
  }

  #malformed({ code, field, detail }: Fault): MalformedContent {
    return {
      format: 'malformed',
      code: code === 'PAYLOAD_UNSAFE' || code === 'THROTTLED' ? code : 'REQUEST_INVALID',
      reason: detail ?? 'The message could not be read.',
      ...(field !== undefined && { field }),
      head: () => this.head(),
    }
  }
}

function packagingFault(error: unknown): unknown {
  return error instanceof PackagingError ? error.asRequestFault() : error
}

function checkMethod(method: string | undefined): void {
  if (method === 'POST') return
  if (method === 'GET' || method === 'HEAD') {
    throw new Fault('REQUEST_INVALID', { field: 'path', detail: 'There is no WSDL at this path.' })
  }
  throw new Fault('REQUEST_INVALID', {
    field: 'method',
    detail: 'A SOAP message is sent with POST.',
  })
}
