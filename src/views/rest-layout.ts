import { endToEnd, isEnvelopeField } from '../http/headers.js'
import type {
  RestBody,
  RestContent,
  RestFault,
  RestForm,
  RestOperation,
  RestParameter,
  RestSegment,
  RestSuccess,
} from '../mediation/rest-form.js'
import { isJson } from '../openapi/media-types.js'
import type {
  JsonSchema,
  OpenApiDescription,
  OpenApiOperation,
  OpenApiParameter,
} from '../openapi/openapi-model.js'
import { segmentsOf } from '../openapi/path-template.js'
import type { JsonForm, MemberForm } from './json-form.js'
import type { FormReader } from './read-form.js'
import { UniqueNames } from './xml-names.js'
import { hintOf, sequence, type WrittenMember, type XsdWriter } from './xsd-writer.js'

/** The names of a service in XML. */
export interface ServiceNames {
  readonly namespace: string
  /** Of the request's element: the service code. */
  readonly code: string
}

/** Global elements of a service's messages, and where in them the parts of the REST messages stand. */
export interface RestLayout {
  readonly form: RestForm
  readonly elements: string
}

/** Lays one REST service out as XML. */
export class LayoutMaker {
  readonly #reader: FormReader
  readonly #writer: XsdWriter
  readonly #names: ServiceNames
  readonly #faultNames = new UniqueNames()
  #faults = ''

  constructor(reader: FormReader, writer: XsdWriter, names: ServiceNames) {
    this.#reader = reader
    this.#writer = writer
    this.#names = names
  }

  layout({ operations }: OpenApiDescription): RestLayout {
    const { code, namespace } = this.#names
    const isOnly = operations.length === 1
    const names = new UniqueNames()
    const parts = operations.map((operation) => this.#operation(operation, isOnly, names))
    const requests = parts.map(({ request }) => request)
    const replies = parts.map(({ reply }) => reply)
    const global = (name: string, contents: readonly string[]): string => {
      const content = isOnly ? contents.join('') : sequence(choice(contents))
      return `<xs:element name="${name}"><xs:complexType>${content}</xs:complexType></xs:element>`
    }
    return {
      form: {
        request: { namespace, localName: code },
        reply: { namespace, localName: `${code}Response` },
        operations: parts.map(({ form }) => form),
      },
      elements: global(code, requests) + global(`${code}Response`, replies) + this.#faults,
    }
  }

  #operation(
    operation: OpenApiOperation,
    isOnly: boolean,
    names: UniqueNames,
  ): { readonly form: RestOperation; readonly request: string; readonly reply: string } {
    const { operationId, method } = operation
    if (method === 'head' || method === 'options') {
      this.#reader.problem(operationId, 'method', method.toUpperCase())
    }
    const element = names.nameFor(operationId)
    const member = isOnly ? undefined : operationId
    const request = this.#request(operation)
    const reply = this.#successes(operation)
    const around = (content: string): string =>
      isOnly ? content : named(element, operationId, content)
    const faultPrefix = isOnly ? this.#names.code : element
    return {
      request: around(sequence(this.#writer.members(request.members, `${operationId} request `))),
      reply: around(reply.content),
      form: {
        method: method.toUpperCase(),
        member,
        ...request.parts,
        accept: acceptOf(operation),
        successes: reply.successes,
        faults: this.#faultsOf(operation, faultPrefix),
      },
    }
  }

  #request(operation: OpenApiOperation): {
    readonly members: readonly WrittenMember[]
    readonly parts: Pick<RestOperation, 'path' | 'query' | 'headers' | 'body'>
  } {
    const { parameters, path, operationId } = operation
    const keys = new Set<string>()
    const members: MemberForm[] = parameters.map((parameter) => {
      this.#checkHeader(parameter, operationId)
      const name = keys.has(parameter.name)
        ? `${parameter.name}_${parameter.place}`
        : parameter.name
      keys.add(name)
      return { name, isRequired: isNeeded(parameter), form: this.#parameter(parameter, operation) }
    })
    const body = this.#requestBody(operation, keys)
    const written = this.#writer.named([...members, ...body.members])
    const placed = parameters.map((parameter, at): Placed => {
      const { name: member = '', xmlName: element = '' } = written[at] ?? {}
      return { place: parameter.place, parameter: restParameter(parameter, member, element) }
    })
    const inPlace = (place: string): RestParameter[] =>
      placed.filter((each) => each.place === place).map(({ parameter }) => parameter)
    const ofPath = inPlace('path')
    const segments = (segmentsOf(path) ?? []).map((segment): RestSegment => {
      if ('text' in segment) return segment
      const parameter = ofPath.find(({ name }) => name === segment.parameter)
      return parameter === undefined ? { text: `{${segment.parameter}}` } : { parameter }
    })
    return {
      members: written,
      parts: {
        path: segments,
        query: inPlace('query'),
        headers: inPlace('header'),
        body: body.body,
      },
    }
  }

  /** No null, and no difference between no items and no parameter: HTTP knows neither. */
  #parameter({ name, schema }: OpenApiParameter, { operationId }: OpenApiOperation): JsonForm {
    const form = this.#reader.form(schema, `${operationId} request /${name}`)
    if (form.kind !== 'array') return { ...form, isNullable: false }
    return { ...form, isNullable: false, min: Math.max(form.min, 1) }
  }

  #checkHeader({ name, place }: OpenApiParameter, operationId: string): void {
    if (place !== 'header') return
    if (isOfTheBus(name.toLowerCase()))
      this.#reader.problem(`${operationId} request /${name}`, 'header', name)
  }

  #requestBody(
    { requestBody, operationId }: OpenApiOperation,
    taken: ReadonlySet<string>,
  ): { readonly members: readonly MemberForm[]; readonly body: RestBody | undefined } {
    if (requestBody === undefined) return { members: [], body: undefined }
    const { content, isRequired } = requestBody
    const chosen = this.#json(content, `${operationId} request`)
    if (chosen === undefined) return { members: [], body: undefined }
    const form = this.#reader.form(chosen.schema, `${operationId} request `)
    const members = this.#flat(form)
    const { mediaType } = chosen
    if (isRequired && members && !members.some(({ name }) => taken.has(name))) {
      return { members, body: { mediaType, member: undefined } }
    }
    const name = taken.has('body') ? 'requestBody' : 'body'
    return { members: [{ name, isRequired, form }], body: { mediaType, member: name } }
  }

  /** The members of a body that is an object and never null. */
  #flat(form: JsonForm): readonly MemberForm[] | undefined {
    if (form.isNullable) return undefined
    if (form.kind === 'object') return form.members
    return form.kind === 'reference' ? this.#reader.definition(form.definition).members : undefined
  }

  /** The JSON of a content; what else there is, is refused. */
  #json(
    content: ReadonlyMap<string, JsonSchema>,
    path: string,
  ): { readonly mediaType: string; readonly schema: JsonSchema } | undefined {
    let chosen: { mediaType: string; schema: JsonSchema } | undefined
    for (const [mediaType, schema] of content) {
      if (!isJson(mediaType)) this.#reader.problem(path, 'mediaType', mediaType)
      else if (chosen === undefined || mediaType === 'application/json') {
        chosen = { mediaType: mediaType.replace('*+json', 'json'), schema }
      }
    }
    return chosen
  }

  #successes(operation: OpenApiOperation): {
    readonly successes: readonly RestSuccess[]
    readonly content: string
  } {
    const { operationId, responses } = operation
    const statuses = [...responses.keys()].filter((status) => /^[23]/.test(status))
    for (const status of statuses) {
      const isTold = /^2[0-9]{2}$/.test(status)
      if (!isTold) this.#reader.problem(`${operationId} ${status}`, 'status', status)
    }
    if (statuses.length === 0) this.#reader.problem(operationId, 'noSuccess')
    const isOnly = statuses.length === 1
    const contents: string[] = []
    const successes = statuses.map((status): RestSuccess => {
      const { content, members } = this.#content(operation, status)
      const inside = sequence(this.#writer.members(members, `${operationId} ${status} `))
      const member = isOnly ? undefined : `status${status}`
      contents.push(member === undefined ? inside : named(member, member, inside))
      return { status: Number(status), member, content }
    })
    return { successes, content: isOnly ? contents.join('') : sequence(choice(contents)) }
  }

  /** The content of a response, flat where it is an object. */
  #content(
    { operationId, responses }: OpenApiOperation,
    status: string,
  ): { readonly content: RestContent; readonly members: readonly WrittenMember[] } {
    const path = `${operationId} ${status}`
    const json = this.#json(responses.get(status)?.content ?? new Map(), path)
    if (json === undefined) return { content: 'none', members: [] }
    const form = this.#reader.form(json.schema, `${path} `)
    const flat = this.#flat(form)
    if (flat) return { content: { member: undefined }, members: this.#writer.named(flat) }
    const members = this.#writer.named([{ name: 'body', isRequired: true, form }])
    return { content: { member: 'body' }, members }
  }

  #faultsOf(operation: OpenApiOperation, prefix: string): RestFault[] {
    const faults: RestFault[] = []
    for (const [status, { description }] of operation.responses) {
      if (!/^[45]|^default$/.test(status)) continue
      const localName = this.#faultNames.nameFor(
        `${prefix}Fault${status === 'default' ? 'Default' : status}`,
      )
      const { content, members } = this.#content(operation, status)
      const inside = sequence(this.#writer.members(members, `${operation.operationId} ${status} `))
      this.#faults +=
        `<xs:element name="${localName}"><xs:complexType>${inside}` +
        '<xs:attribute name="status" type="xs:int" use="required"/></xs:complexType></xs:element>'
      const element = { namespace: this.#names.namespace, localName }
      faults.push({ status, element, content, description })
    }
    return faults
  }
}

interface Placed {
  readonly place: string
  readonly parameter: RestParameter
}

function restParameter(
  { name, list }: OpenApiParameter,
  member: string,
  element: string,
): RestParameter {
  return { name, member, element, list }
}

/** A list that may be empty may as well be absent. */
function isNeeded({ isRequired, list, schema }: OpenApiParameter): boolean {
  const min = typeof schema === 'boolean' ? 0 : Number(schema['minItems'] ?? 0)
  return isRequired && (list === undefined || min > 0)
}

/** What the bus itself says, or what belongs to one connection. */
function isOfTheBus(lowerName: string): boolean {
  const travels = endToEnd([lowerName, ''], (name) => !isEnvelopeField(name)).length > 0
  return !travels || /^(?:content-|accept|signature|digest$|want-|date$|via$)/.test(lowerName)
}

function named(xmlName: string, name: string, content: string): string {
  const hint = hintOf({ name, xmlName })
  return `<xs:element name="${xmlName}"${hint}><xs:complexType>${content}</xs:complexType></xs:element>`
}

function choice(contents: readonly string[]): string {
  return `<xs:choice>${contents.join('')}</xs:choice>`
}

/** JSON, and what else of JSON the contract's answers are. */
function acceptOf({ responses }: OpenApiOperation): string {
  const types = new Set(['application/json'])
  for (const { content } of responses.values()) {
    for (const mediaType of content.keys()) {
      if (isJson(mediaType) && !mediaType.includes('*')) types.add(mediaType)
    }
  }
  return [...types].join(', ')
}
