import type { HttpReplyContent } from '../exchange/signed-content.js'
import type { JsonValue } from '../json/json-value.js'
import { writeJson } from '../json/write-json.js'

/** An answer in JSON that was made from one in another protocol. */
export class JsonReply implements HttpReplyContent {
  readonly format = 'http'
  readonly status: number
  readonly rawHeaders: readonly string[]
  readonly payload: Uint8Array

  /** @param value - undefined for an answer that says nothing */
  constructor(status: number, mediaType: string, value: JsonValue | undefined) {
    this.status = status
    this.rawHeaders = value === undefined ? [] : ['Content-Type', mediaType]
    this.payload = value === undefined ? new Uint8Array() : writeJson(value)
  }

  head(): Uint8Array {
    const [name, value] = this.rawHeaders
    const header = name === undefined ? '' : `${name}: ${value ?? ''}\r\n`
    return Buffer.from(`HTTP/1.1 ${this.status}\r\n${header}\r\n`, 'latin1')
  }
}
