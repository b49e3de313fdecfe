/** An OpenAPI 3.0 or 3.1 description, read from files alone, references resolved within it. */
export interface OpenApiDescription {
  readonly version: '3.0' | '3.1'
  readonly title: string
  readonly operations: readonly OpenApiOperation[]
  /** What `#/$defs/Name` refers to. */
  readonly definitions: ReadonlyMap<string, JsonSchema>
}

export type HttpMethod = 'get' | 'put' | 'post' | 'delete' | 'patch' | 'head' | 'options'

export interface OpenApiOperation {
  readonly operationId: string
  readonly method: HttpMethod
  /** With `{parameters}`, after the provider's registered address. */
  readonly path: string
  readonly summary: string
  readonly parameters: readonly OpenApiParameter[]
  /** Undefined where the operation takes no body. */
  readonly requestBody: OpenApiBody | undefined
  /** By status: `200`, `4XX`, `default`. */
  readonly responses: ReadonlyMap<string, OpenApiResponse>
}

export interface OpenApiParameter {
  readonly name: string
  readonly place: 'path' | 'query' | 'header'
  readonly isRequired: boolean
  readonly schema: JsonSchema
  /** What one value's text stands for. */
  readonly valueType: 'string' | 'integer' | 'number' | 'boolean'
  /** Of an array: the parameter once for each item, or once with commas between them. Undefined for one value. */
  readonly list: 'repeated' | 'commas' | undefined
}

export interface OpenApiBody {
  readonly isRequired: boolean
  /** Schemas by media type, lower case without parameters: `application/json`, `multipart/form-data`. */
  readonly content: ReadonlyMap<string, JsonSchema>
}

export interface OpenApiResponse {
  readonly description: string
  readonly content: ReadonlyMap<string, JsonSchema>
}

/**
 * A JSON Schema (draft 2020-12) as a plain object: OpenAPI 3.0's own keywords (`nullable`, boolean `exclusiveMinimum`)
 * are rewritten. A `$ref` is `#/$defs/Name` into `definitions` of the same description, so that recursion stays possible.
 */
export type JsonSchema = Readonly<Record<string, unknown>> | boolean
