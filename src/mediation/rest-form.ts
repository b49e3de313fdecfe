import type { XmlName } from '../xsd/schema-model.js'

/**
 * Where the parts of a REST service's messages stand in its XML form: what `src/views` says of the schema that it made,
 * and `restMapping` carries messages by. Names are of the JSON that the codec makes of the XML.
 */
export interface RestForm {
  readonly request: XmlName
  readonly reply: XmlName
  readonly operations: readonly RestOperation[]
}

export interface RestOperation {
  /** Upper case. */
  readonly method: string
  readonly path: readonly RestSegment[]
  readonly query: readonly RestParameter[]
  readonly headers: readonly RestParameter[]
  /** The member of the request, and of the reply, that stands for the operation; undefined where it is the only one. */
  readonly member: string | undefined
  /** Undefined where the operation takes none. */
  readonly body: RestBody | undefined
  /** Media types of the answers that the contract knows. */
  readonly accept: string
  /** 2xx. */
  readonly successes: readonly RestSuccess[]
  readonly faults: readonly RestFault[]
}

export type RestSegment = { readonly text: string } | { readonly parameter: RestParameter }

export interface RestParameter {
  /** In HTTP. */
  readonly name: string
  /** The member of the operation's JSON. */
  readonly member: string
  /** In XML. */
  readonly element: string
  /** Of an array: one field for each item, or one with commas between them. */
  readonly list: 'repeated' | 'commas' | undefined
}

export interface RestBody {
  readonly mediaType: string
  /** The member that the body is; undefined where the body's own members stand beside the parameters. */
  readonly member: string | undefined
}

/** What an answer holds; `none` where the contract knows of no content. */
export type RestContent = 'none' | { readonly member: string | undefined }

export interface RestSuccess {
  readonly status: number
  /** The member of the reply that stands for the status; undefined where there is only one. */
  readonly member: string | undefined
  readonly content: RestContent
}

export interface RestFault {
  /** `404`, `4XX`, `default`. */
  readonly status: string
  /** The child of `detail`. */
  readonly element: XmlName
  readonly content: RestContent
  readonly description: string
}
