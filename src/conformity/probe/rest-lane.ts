import { hash } from 'node:crypto'
import { fieldsOfEnvelope } from '../../../adapters/rest/derived.js'
import { assertSafeRest } from '../../../adapters/rest/service-path.js'
import type { DerivedHttpRequest } from '../../exchange/derived-request.js'
import type { Envelope } from '../../exchange/envelope.js'
import type { HttpReplyContent } from '../../exchange/http-content.js'
import { Fault, type BilingualText } from '../../exchange/fault.js'
import { providerOf, serviceCodeOf } from '../../exchange/identifier.js'
import { addBusFields, busFieldNames } from '../../http/deliver-signed.js'
import { targetOf } from '../../http/provider-address.js'
import { JsonError } from '../../json/json-error.js'
import { JsonNumber, type JsonValue } from '../../json/json-value.js'
import { readJson } from '../../json/read-json.js'
import { essenceOf, isJson } from '../../openapi/media-types.js'
import type { ProbeRequest } from '../application.js'
import type { ProbeAnswer, ProbeCall } from './endpoint-caller.js'
import {
  contractBroken,
  headerOf,
  noMessage,
  probePurpose,
  violationText,
  type LaneTerms,
  type MadeCall,
  type ServiceLane,
} from './service-lane.js'
import { Trouble } from './trouble.js'

/** Calls of services that speak HTTP and JSON, as the bus delivers them. */
export class RestLane implements ServiceLane {
  readonly #terms: LaneTerms

  constructor(terms: LaneTerms) {
    this.#terms = terms
  }

  make(request: ProbeRequest): MadeCall {
    const { checks } = this.#terms
    const derived = derivedOf(request)
    const violations = checks.derived(derived)
    return {
      call: this.#signed(derived),
      violations,
      badAnswer: (answer) => this.#badAnswer(derived, answer),
      // What asks for no operation of the contract has no answer there.
      badFault: (answer) =>
        badFault(answer) ??
        (violations.some(({ rule }) => rule === 'operation')
          ? undefined
          : this.#breach(derived, answer)),
      holdsText: (answer, text) => holdsText(answer, text),
    }
  }

  #signed(derived: DerivedHttpRequest): ProbeCall {
    const { service, pinned, tools } = this.#terms
    const { method, path, query, payload } = derived
    const exchangeId = tools.newExchangeId()
    const { endpoint } = pinned
    const target = targetOf(endpoint, path, query)
    const rawHeaders = [...derived.rawHeaders, ...fieldsOfEnvelope(this.#envelope(exchangeId))]
    const cover = rawHeaders.filter((_, at) => at % 2 === 0).map((name) => name.toLowerCase())
    addBusFields(rawHeaders, endpoint, { exchangeId, route: { service } })
    const signature = tools.signer.http.signDelivery({
      ...{ method, rawHeaders, targetUri: `${endpoint.scheme}://${endpoint.authority}${target}` },
      cover: [...cover, ...busFieldNames],
      payloadSha256: hash('sha256', payload, 'buffer'),
      hasPayload: payload.length > 0,
    })
    return { ...{ method, target, payload }, rawHeaders: [...rawHeaders, ...signature] }
  }

  /** The provider's own system asks: no other is known to be registered. */
  #envelope(messageId: string): Envelope {
    const { service, domain } = this.#terms
    return {
      ...{ consumer: providerOf(service), serviceCode: serviceCodeOf(service) },
      ...{ messageId, domain, mode: 'body', purpose: probePurpose },
      ...{ version: undefined, legalBasis: undefined, caseNumber: undefined, userId: undefined },
      ...{ representedParty: undefined, correlationId: undefined, classification: undefined },
    }
  }

  #badAnswer(derived: DerivedHttpRequest, answer: ProbeAnswer): BilingualText | undefined {
    const page = noMessage(answer)
    if (page) return page
    const { status } = answer
    if (status < 200 || status > 299) {
      return {
        az: `Düzgün sınaq sorğusuna xəta ilə cavab verildi (HTTP ${status})`,
        en: `The good test request was answered by a failure (HTTP ${status})`,
      }
    }
    const { contract, endpoint } = this.#terms
    if (endpoint.isSigned && !hasSignature(answer)) return unsigned
    // Of what is said to a one-way message the status tells all.
    if (contract.settings.pattern === 'one-way') return undefined
    return this.#breach(derived, answer)
  }

  #breach(derived: DerivedHttpRequest, answer: ProbeAnswer): BilingualText | undefined {
    const { checks } = this.#terms
    const asked = { verified: undefined, derived, path: undefined }
    const violations = checks.reply(contentOf(answer), asked)
    return violations.length === 0 ? undefined : violationText(contractBroken, violations)
  }
}

const methodsByDefault = { withBody: 'POST', without: 'GET' } as const

/** @throws Trouble for a path that leaves the endpoint */
function derivedOf({ body, target = '', method }: ProbeRequest): DerivedHttpRequest {
  const [path = '', ...rest] = target.split('?')
  try {
    assertSafeRest(path)
  } catch (error) {
    if (!(error instanceof Fault)) throw error
    const en = `The test request’s path is not accepted: ${error.detail ?? ''}`
    throw new Trouble({ az: 'Sınaq sorğusunun yolu qəbul edilmir', en }, error)
  }
  const payload = Buffer.from(body ?? '')
  return {
    ...{ format: 'http', path, payload },
    method: method ?? (body === undefined ? methodsByDefault.without : methodsByDefault.withBody),
    query: rest.length === 0 ? undefined : rest.join('?'),
    rawHeaders: [
      ...(payload.length > 0 ? ['Content-Type', 'application/json'] : []),
      ...['Accept', 'application/json, application/problem+json'],
    ],
  }
}

const unsigned: BilingualText = {
  az: 'Cavabda imza yoxdur, halbuki cavabların imzalandığı bildirilib',
  en: 'The answer bears no signature, though answers are declared to be signed',
}

function hasSignature({ rawHeaders }: ProbeAnswer): boolean {
  return ['signature', 'signature-input'].every((name) => headerOf(rawHeaders, name) !== undefined)
}

function contentOf({ status, rawHeaders, payload }: ProbeAnswer): HttpReplyContent {
  return { ...{ format: 'http', status, rawHeaders, payload }, head: () => new Uint8Array() }
}

/** A failure in JSON; `application/problem+json` is an object whose members are of the types of RFC 9457 §3.1. */
function badFault(answer: ProbeAnswer): BilingualText | undefined {
  const page = noMessage(answer)
  if (page) return page
  const { status, rawHeaders, payload } = answer
  if (status < 400) {
    return {
      az: `Səhv sorğu xəta kimi qəbul edilmədi (HTTP ${status})`,
      en: `The bad request was not taken for one (HTTP ${status})`,
    }
  }
  const type = essenceOf(headerOf(rawHeaders, 'content-type') ?? '')
  if (!isJson(type)) {
    return {
      az: `Xəta cavabı JSON deyil (HTTP ${status}); application/problem+json olmalıdır`,
      en: `The fault is no JSON (HTTP ${status}); it must be application/problem+json`,
    }
  }
  const value = jsonIn(payload)
  if (value === undefined) {
    return { az: 'Xəta cavabının JSON-u səhvdir', en: 'The JSON of the fault is malformed' }
  }
  if (type !== 'application/problem+json' || isProblem(value, status)) return undefined
  return {
    az: 'Xəta cavabı RFC 9457-yə uyğun problem+json deyil',
    en: 'The fault is no problem+json after RFC 9457',
  }
}

function isProblem(value: JsonValue, status: number): boolean {
  if (!(value instanceof Map)) return false
  const members = value as ReadonlyMap<string, JsonValue>
  const said = members.get('status')
  const isSame = said === undefined || (said instanceof JsonNumber && said.text === String(status))
  const texts = ['type', 'title', 'detail', 'instance'].map((name) => members.get(name))
  return isSame && texts.every((each) => each === undefined || typeof each === 'string')
}

function jsonIn(payload: Uint8Array): JsonValue | undefined {
  try {
    return readJson(payload)
  } catch (error) {
    if (!(error instanceof JsonError)) throw error
    return undefined
  }
}

/** In a string of the JSON, wherever it stands; escapes are what they stand for. */
function holdsText({ payload }: ProbeAnswer, text: string): boolean {
  const waiting: (JsonValue | undefined)[] = [jsonIn(payload)]
  for (let value = waiting.pop(); value !== undefined; value = waiting.pop()) {
    if (typeof value === 'string') {
      if (value.includes(text)) return true
    } else if (value instanceof Map) {
      waiting.push(...(value as ReadonlyMap<string, JsonValue>).values())
    } else if (Array.isArray(value)) {
      waiting.push(...(value as readonly JsonValue[]))
    }
  }
  return false
}
