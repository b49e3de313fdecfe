import { isNode, LineCounter, parseDocument, visit, type Document } from 'yaml'
import { z } from 'zod'
import type { ExchangePattern, ValidationLevel } from '../exchange/route.js'
import type { BilingualText } from '../exchange/fault.js'
import { isSegment, isVersion, parseServiceId, type ServiceId } from '../exchange/identifier.js'
import { contractLimits } from '../limits/contracts.js'
import { serviceLimitCaps, serviceLimitFloors } from '../limits/registry.js'
import { ContractError, contractProblem, type ContractProblem } from './contract-error.js'
import { controlSchema, controlTermsOf, type ControlTerms } from './control-terms.js'

/** The file that says what a contract is. */
export const settingsFile = 'contract.yaml'

/** A service version; with `*` in place of the subsystem, that of any which has one. */
export type ContractService = ServiceId | `*/${string}`

export function isOfOneService(service: ContractService): service is ServiceId {
  return !service.startsWith('*/')
}

/** What `contract.yaml` says. */
export interface ContractSettings {
  readonly service: ContractService
  readonly name: BilingualText
  /** Path of the WSDL, OpenAPI, JSON Schema or AsyncAPI file in the contract's folder. */
  readonly description: string
  /** Of a WSDL; undefined where it has one only, or one that is called as the service. */
  readonly operation: string | undefined
  readonly pattern: ExchangePattern
  readonly idempotent: boolean
  readonly validation: { readonly request: ValidationLevel; readonly reply: ValidationLevel }
  /** What the agency asks for; the registry decides. */
  readonly limits: {
    readonly timeLimitMs?: number | undefined
    readonly requestBytesMax?: number | undefined
    readonly replyBytesMax?: number | undefined
  }
  /** Undefined where there is none. Paths as in violations, without indexes. */
  readonly personalData:
    { readonly fin: string | undefined; readonly fields: readonly string[] } | undefined
  /** Registers that the service shows. */
  readonly resources: readonly string[]
  /** How files go where the service is seen as REST. */
  readonly attachments: 'none' | 'base64' | 'multipart'
  /** How files go in SOAP, where the WSDL does not say. */
  readonly soapAttachments: 'swa' | 'mtom' | 'inline' | undefined
  /** `none`: the service is for consumers of its own protocol alone. */
  readonly mapping: 'derived' | 'none'
  /** What of its messages is controlled; undefined where nothing is. */
  readonly control: ControlTerms | undefined
}

const text = z.string().trim().min(1).max(1_000)
const path = z.string().regex(/^\/\S{0,400}$/, 'must be a path such as /vesiqe/fin')
const level = z.enum(['off', 'report', 'block'])
const limit = (name: 'timeLimitMs' | 'requestBytesMax' | 'replyBytesMax') =>
  z.int().min(serviceLimitFloors[name]).max(serviceLimitCaps[name]).optional()
const listed = <T extends z.ZodType>(item: T) => z.array(item).max(contractLimits.listedMax)

const schema = z.strictObject({
  contract: z.literal(1),
  service: text.refine(
    (value) => contractService(value) !== undefined,
    'must be a service version, such as AZ/GOV/DIN/GCQ/finAxtaris/v1, or */sened/v1 of any subsystem',
  ),
  name: z.strictObject({ az: text, en: text }),
  description: text,
  operation: text.optional(),
  pattern: z.enum(['request-reply', 'one-way']).default('request-reply'),
  idempotent: z.boolean().default(false),
  validation: z
    .strictObject({ request: level.default('block'), reply: level.default('block') })
    .default({ request: 'block', reply: 'block' }),
  limits: z
    .strictObject({
      timeLimitMs: limit('timeLimitMs'),
      requestBytesMax: limit('requestBytesMax'),
      replyBytesMax: limit('replyBytesMax'),
    })
    .default({}),
  personalData: z
    .strictObject({ fin: path.optional(), fields: listed(path).default([]) })
    .optional(),
  resources: listed(text).default([]),
  attachments: z.enum(['none', 'base64', 'multipart']).default('none'),
  soapAttachments: z.enum(['swa', 'mtom', 'inline']).optional(),
  mapping: z.enum(['derived', 'none']).default('derived'),
  control: controlSchema.optional(),
})

function contractService(value: string): ContractService | undefined {
  const [first, code = '', version = '', ...more] = value.split('/')
  if (first === '*') {
    const isCommon = isSegment(code) && isVersion(version) && more.length === 0
    return isCommon ? `*/${code}/${version}` : undefined
  }
  try {
    return parseServiceId(value)
  } catch {
    return undefined
  }
}

/**
 * Reads `contract.yaml`.
 * @throws ContractError with the line of everything that is wrong
 */
export function readSettings(bytes: Uint8Array): ContractSettings {
  const lines = new LineCounter()
  const document = parse(bytes, lines)
  const read = schema.safeParse(document.toJS({ maxAliasCount: 0 }))
  if (!read.success) {
    throw new ContractError(read.error.issues.map((issue) => problemOf(issue, document, lines)))
  }
  const { data } = read
  const { personalData } = data
  const service = contractService(data.service)
  if (service === undefined) throw new TypeError('a service that the schema lets pass')
  return {
    service,
    name: data.name,
    description: data.description,
    operation: data.operation,
    pattern: data.pattern,
    idempotent: data.idempotent,
    validation: data.validation,
    limits: data.limits,
    personalData: personalData && { fin: personalData.fin, fields: personalData.fields },
    resources: data.resources,
    attachments: data.attachments,
    soapAttachments: data.soapAttachments,
    mapping: data.mapping,
    control: data.control && controlTermsOf(data.control),
  }
}

function parse(bytes: Uint8Array, lines: LineCounter): Document {
  if (bytes.length > contractLimits.settingsBytesMax)
    throw flaw(0, 'həddən böyükdür', 'is too large')
  let source: string
  try {
    source = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch (error) {
    throw flaw(0, 'UTF-8 deyil', 'is not UTF-8', error)
  }
  const document = parseDocument(source, {
    lineCounter: lines,
    prettyErrors: false,
    logLevel: 'error',
    schema: 'core',
  })
  const [error] = [...document.errors, ...document.warnings]
  if (error) {
    throw flaw(lines.linePos(error.pos[0]).line, 'YAML səhvdir', `is no YAML: ${error.message}`)
  }
  visit(document, {
    Node: (_key, node) => {
      if (node.tag === undefined && !('anchor' in node && node.anchor)) return
      const line = lines.linePos(node.range?.[0] ?? 0).line
      throw flaw(line, 'anchor və tag qəbul edilmir', 'may have no anchors and tags')
    },
    Alias: (_key, node) => {
      const line = lines.linePos(node.range?.[0] ?? 0).line
      throw flaw(line, 'alias qəbul edilmir', 'may have no aliases')
    },
  })
  return document
}

function flaw(line: number, az: string, en: string, cause?: unknown): ContractError {
  return new ContractError(
    [contractProblem(settingsFile, line, `Fayl ${az}`, `The file ${en}`)],
    cause,
  )
}

function problemOf(
  issue: z.core.$ZodIssue,
  document: Document,
  lines: LineCounter,
): ContractProblem {
  const field = issue.path.map(String).join('.')
  const line = lineOf(issue.path, document, lines)
  if (issue.code === 'unrecognized_keys') {
    const names = issue.keys.join(', ')
    const where = field === '' ? '' : `${field}: `
    return contractProblem(
      settingsFile,
      line,
      `${where}belə sahə yoxdur: ${names}`,
      `${where}no such field: ${names}`,
    )
  }
  if (issue.code === 'invalid_type' && document.getIn(issue.path) === undefined) {
    return contractProblem(
      settingsFile,
      line,
      `Məcburi sahə yoxdur: ${field}`,
      `A required field is missing: ${field}`,
    )
  }
  return contractProblem(
    settingsFile,
    line,
    `${field}: bu sahədə belə qiymət ola bilməz`,
    `${field}: ${issue.message}`,
  )
}

/** Of the field, or of the nearest thing around it that is there. */
function lineOf(path: readonly PropertyKey[], document: Document, lines: LineCounter): number {
  for (let length = path.length; length >= 0; length -= 1) {
    const node = length === 0 ? document.contents : document.getIn(path.slice(0, length), true)
    if (isNode(node) && node.range) return lines.linePos(node.range[0]).line
  }
  return 1
}
