import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import formats from 'ajv-formats'
import type { Permission } from '../../src/admin/permission.js'

export interface ApiParameter {
  readonly name: string
  readonly in: 'path' | 'query' | 'header'
  readonly required?: boolean
  readonly schema: ApiSchema
}

export type ApiSchema = Readonly<Record<string, unknown>>

interface Content {
  readonly schema?: ApiSchema
}

export interface ApiOperation {
  readonly id: string
  readonly method: string
  /** `/v1/domains/{code}`. */
  readonly path: string
  readonly parameters: readonly ApiParameter[]
  /** Media types of its body, with their schemas. */
  readonly body: Readonly<Record<string, Content>> | undefined
  readonly responses: Readonly<
    Record<string, { readonly content?: Readonly<Record<string, Content>> }>
  >
  readonly permission: 'public' | 'everyone' | (Permission & { readonly to: 'roles' })['anyOf']
}

interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, RawOperation>>>>
  readonly components: { readonly schemas: Readonly<Record<string, ApiSchema>> }
}

interface RawOperation {
  readonly operationId: string
  readonly parameters?: readonly ApiParameter[]
  readonly requestBody?: { readonly content: Readonly<Record<string, Content>> }
  readonly responses: ApiOperation['responses']
  readonly 'x-permission': ApiOperation['permission']
}

export interface CheckedAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly bytes: Uint8Array
  readonly json: unknown
}

const securityHeaders = {
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
}

/** The catalogue is kept by who has it, and its pages have a style. */
const openHeaders = {
  'cache-control': 'no-cache',
  'x-content-type-options': 'nosniff',
  'content-security-policy': "default-src 'none'; ",
}

/** What the served description says, for those who hold the API to it. */
export class AdminContract {
  readonly operations: readonly ApiOperation[]
  readonly schemas: Readonly<Record<string, ApiSchema>>
  /** Those that say their path in full first, as in the router's order of routes. */
  readonly #patterns: readonly { readonly operation: ApiOperation; readonly path: RegExp }[]
  readonly #ajv: Ajv2020
  readonly #compiled = new Map<string, ValidateFunction>()

  constructor(served: unknown) {
    const document = served as Document
    this.schemas = document.components.schemas
    this.operations = Object.entries(document.paths).flatMap(([path, item]) =>
      Object.entries(item).map(([method, operation]) => ({
        id: operation.operationId,
        method: method.toUpperCase(),
        path,
        parameters: operation.parameters ?? [],
        body: operation.requestBody?.content,
        responses: operation.responses,
        permission: operation['x-permission'],
      })),
    )
    this.#patterns = this.operations
      .toSorted((a, b) => parametersIn(a.path) - parametersIn(b.path))
      .map((operation) => ({ operation, path: patternOf(operation.path) }))
    // The document as a whole has no keyword of a schema, so that there is nothing in it that a schema's schema would hold it to.
    this.#ajv = new Ajv2020({ strict: false, allErrors: true, validateSchema: false })
    formats.default(this.#ajv)
    this.#ajv.addSchema({ $id: 'https://sluice.test/api', ...document })
  }

  /** @throws Error for a status, media type or body that is not declared for the route */
  check(method: string, target: string, answer: CheckedAnswer): void {
    const fail = (what: string): never => {
      const body = Buffer.from(answer.bytes).toString('utf8').slice(0, 500)
      throw new Error(`${method} ${target} → ${answer.status}: ${what}: ${body}`)
    }
    const operation = this.#operationOf(method, target)
    const isShown = answer.status < 400 && operation?.path.startsWith('/v1/catalogue') === true
    const isOpen = isShown && operation.permission === 'public'
    for (const [name, value] of Object.entries(isOpen ? openHeaders : securityHeaders)) {
      const said = String(answer.headers[name])
      if (isOpen ? !said.startsWith(value) : said !== value) fail(`${name} is not ${value}`)
    }
    if (!operation) {
      if (!this.#fits('#/components/schemas/Problem', answer.json)) fail('is no problem')
      return
    }
    const declared = operation.responses[String(answer.status)]
    if (!declared) return fail(`status is not declared for ${operation.id}`)
    const type = String(answer.headers['content-type'] ?? '').split(';', 1)[0] ?? ''
    if (answer.bytes.length === 0) {
      if (declared.content && method !== 'HEAD') fail('has no body')
      return
    }
    const content = declared.content?.[type]
    if (!content) return fail(`${type} is not declared for ${operation.id}`)
    if (!type.endsWith('json')) return
    // What many routes answer with is made ready once.
    const place = ['paths', operation.path, operation.method.toLowerCase()]
    const steps = [...place, 'responses', String(answer.status), 'content', type, 'schema']
    if (
      !this.#fits(nameOf(content.schema) ?? `#/${steps.map(pointerStep).join('/')}`, answer.json)
    ) {
      fail(`body is not as declared (${this.#ajv.errorsText(this.#validatorErrors)})`)
    }
  }

  #validatorErrors: ValidateFunction['errors']

  #fits(pointer: string, value: unknown): boolean {
    let validate = this.#compiled.get(pointer)
    if (!validate) {
      validate = this.#ajv.compile({ $ref: `https://sluice.test/api${pointer}` })
      this.#compiled.set(pointer, validate)
    }
    const fits = validate(value)
    this.#validatorErrors = validate.errors
    return fits
  }

  #operationOf(method: string, target: string): ApiOperation | undefined {
    const [path = ''] = target.split('?', 1)
    const asked = method === 'HEAD' ? 'GET' : method
    return this.#patterns.find(
      ({ operation, path: pattern }) => operation.method === asked && pattern.test(path),
    )?.operation
  }
}

/** Where a schema is to be found that is nothing but a reference. */
function nameOf(schema: ApiSchema = {}): string | undefined {
  const { $ref, ...others } = schema
  return typeof $ref === 'string' && Object.keys(others).length === 0 ? $ref : undefined
}

function parametersIn(path: string): number {
  return path.split('{').length
}

// As the router matches: no matter the case, and with or without a slash at the end.
function patternOf(path: string): RegExp {
  const steps = path
    .split('/')
    .map((step) => (step.startsWith('{') ? '[^/]+' : step.replaceAll(/[.*+?^$()|[\]\\]/g, '\\$&')))
  return new RegExp(`^${steps.join('/')}/?$`, 'i')
}

function pointerStep(step: string): string {
  return encodeURIComponent(step.replaceAll('~', '~0').replaceAll('/', '~1'))
}
