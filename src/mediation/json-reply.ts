import type { HttpReplyContent } from '../exchange/http-content.js'
import type { JsonValue } from '../json/json-value.js'
import { writeFormData, type FormPartToWrite } from '../http/form-data.js'
import { writeJson } from '../json/write-json.js'

/** An answer in JSON that was made from one in another protocol. */
export class JsonReply implements HttpReplyContent {
  readonly format = 'http'
  readonly status: number
  readonly rawHeaders: readonly string[]
  readonly payload: Uint8Array

  private constructor(status: number, contentType: string | undefined, payload: Uint8Array) {
    this.status = status
    this.rawHeaders = contentType === undefined ? [] : ['Content-Type', contentType]
    this.payload = payload
  }

  static of(status: number, mediaType: string, value: JsonValue): JsonReply {
    return new JsonReply(status, mediaType, writeJson(value))
  }

  /** An answer that says nothing. */
  static empty(status: number): JsonReply {
    return new JsonReply(status, undefined, new Uint8Array())
  }

  /** An answer with files beside the JSON. */
  static form(status: number, parts: readonly FormPartToWrite[]): JsonReply {
    const { contentType, payload } = writeFormData(parts)
    return new JsonReply(status, contentType, payload)
  }

  head(): Uint8Array {
    const [name, value] = this.rawHeaders
    const header = name === undefined ? '' : `${name}: ${value ?? ''}\r\n`
    return Buffer.from(`HTTP/1.1 ${this.status}\r\n${header}\r\n`, 'latin1')
  }
}
