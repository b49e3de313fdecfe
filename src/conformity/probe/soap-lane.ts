import { hash } from 'node:crypto'
import { soapNamespaces, wsseNamespace } from '../../../adapters/soap/names.js'
import { envelopeAround, packMessage } from '../../../adapters/soap/pack-message.js'
import { readProviderAnswer, type ProviderAnswer } from '../../../adapters/soap/provider-answer.js'
import { ProviderReply } from '../../../adapters/soap/provider-reply.js'
import { requestHeaderBlocks } from '../../../adapters/soap/request-blocks.js'
import { checkSample } from '../../contract/lint/check-sample.js'
import type { SoapDescription } from '../../contract/load-contract.js'
import { Fault, type BilingualText } from '../../exchange/fault.js'
import { providerOf } from '../../exchange/identifier.js'
import { addBusFields, busFieldNames } from '../../http/deliver-signed.js'
import { readXml } from '../../xml/read-xml.js'
import { XmlError } from '../../xml/xml-error.js'
import type { ProbeRequest } from '../application.js'
import type { ProbeAnswer, ProbeCall } from './endpoint-caller.js'
import {
  contractBroken,
  noMessage,
  probePurpose,
  violationText,
  type LaneTerms,
  type MadeCall,
  type ServiceLane,
} from './service-lane.js'
import { Trouble } from './trouble.js'

/** Calls of services that speak SOAP, as the bus delivers them. */
export class SoapLane implements ServiceLane {
  readonly #terms: LaneTerms
  readonly #description: SoapDescription

  constructor(terms: LaneTerms, description: SoapDescription) {
    this.#terms = terms
    this.#description = description
  }

  make({ body }: ProbeRequest): MadeCall {
    const content = bodyContent(body)
    return {
      call: this.#signed(content),
      violations: checkSample(this.#terms.contract, 'request', content),
      badAnswer: (answer) => this.#badAnswer(answer),
      badFault: (answer) => this.#badFault(answer),
      holdsText: (answer, text) => this.#holdsText(answer, text),
    }
  }

  #signed(content: Uint8Array): ProbeCall {
    const { service, pinned, tools, endpoint: declared } = this.#terms
    const { soapVersion: version } = this.#description.operation
    const exchangeId = tools.newExchangeId()
    const { endpoint } = pinned
    const envelope = this.#envelope(content, exchangeId)
    const action = declared.soap.action ?? this.#description.operation.soapAction ?? ''
    const { headers, payload } = packMessage({
      ...{ version, action, envelope, attachments: [], boundary: '' },
    })
    const rawHeaders = Object.entries(headers).flat()
    addBusFields(rawHeaders, endpoint, { exchangeId, route: { service } })
    const [method, target] = ['POST', endpoint.path] as const
    const signature = tools.signer.http.signDelivery({
      ...{ method, rawHeaders, targetUri: `${endpoint.scheme}://${endpoint.authority}${target}` },
      cover: ['content-type', 'soapaction', ...busFieldNames],
      payloadSha256: hash('sha256', payload, 'buffer'),
      hasPayload: true,
    })
    return { method, target, payload, rawHeaders: [...rawHeaders, ...signature] }
  }

  #envelope(content: Uint8Array, messageId: string): Uint8Array {
    const { service, domain, endpoint, tools } = this.#terms
    const namespace = soapNamespaces[this.#description.operation.soapVersion]
    // The provider's own system asks: no other is known to be registered.
    const terms = { consumer: providerOf(service), service, messageId, domain }
    const headerBlocks = endpoint.soap.keepsXroadHeaders
      ? requestHeaderBlocks({ ...terms, mode: 'body', purpose: probePurpose })
      : []
    if (!endpoint.soap.keepsSecurityHeader) return envelopeAround(content, namespace, headerBlocks)
    const envelope = envelopeAround(content, namespace)
    return tools.signer.soap.sign({ envelope, headerBlocks, attachments: [] })
  }

  #badAnswer(answer: ProbeAnswer): BilingualText | undefined {
    const { contract, endpoint } = this.#terms
    const { status, payload } = answer
    const isOneWay = contract.settings.pattern === 'one-way'
    if (isOneWay && payload.length === 0 && status >= 200 && status < 300) return undefined
    const read = this.#read(answer)
    if ('trouble' in read) return read.trouble
    if (read.isFault) {
      return {
        az: `Düzgün sınaq sorğusuna xəta (SOAP Fault) ilə cavab verildi (HTTP ${status})`,
        en: `The good test request was answered by a SOAP Fault (HTTP ${status})`,
      }
    }
    if (endpoint.isSigned && !hasSecurity(read)) return unsigned
    return this.#breach(answer, read)
  }

  #badFault(answer: ProbeAnswer): BilingualText | undefined {
    const read = this.#read(answer)
    if ('trouble' in read) return read.trouble
    if (read.isFault) return this.#breach(answer, read)
    return {
      az: `Səhv sorğuya adi cavab verildi, SOAP Fault deyil (HTTP ${answer.status})`,
      en: `The bad request was answered as a good one, and not by a SOAP Fault (HTTP ${answer.status})`,
    }
  }

  #breach(answer: ProbeAnswer, read: ProviderAnswer): BilingualText | undefined {
    const content = new ProviderReply(
      { ...answer, format: 'http', head: () => new Uint8Array() },
      read,
    )
    const asked = { verified: undefined, derived: undefined, path: undefined }
    const violations = this.#terms.checks.reply(content, asked)
    return violations.length === 0 ? undefined : violationText(contractBroken, violations)
  }

  #holdsText(answer: ProbeAnswer, text: string): boolean {
    const read = this.#read(answer)
    if ('trouble' in read) return false
    const { document, version } = read
    const body = document.child(document.root, soapNamespaces[version], 'Body')
    return body !== undefined && document.textInside(body).includes(text)
  }

  #read(answer: ProbeAnswer): ProviderAnswer | { readonly trouble: BilingualText } {
    const page = noMessage(answer)
    if (page) return { trouble: page }
    try {
      return readProviderAnswer(answer, this.#description.operation.soapVersion)
    } catch (error) {
      if (!(error instanceof Fault)) throw error
      const en = error.detail ?? 'The answer is no SOAP message.'
      return { trouble: { az: `Cavab düzgün SOAP mesajı deyil (ingiliscə izahı: ${en})`, en } }
    }
  }
}

/**
 * The element that stands in the Body, without an XML declaration.
 * @throws Trouble for what cannot stand there
 */
function bodyContent(body: string | undefined): Buffer {
  if (body === undefined) {
    const az = 'SOAP sınaq sorğusunun mətni (Body-nin məzmunu) yoxdur'
    throw new Trouble({ az, en: 'The SOAP test request has no body' })
  }
  const bytes = Buffer.from(body)
  try {
    const document = readXml(bytes)
    const { start, end } = document.range(document.root)
    return bytes.subarray(start, end)
  } catch (error) {
    if (!(error instanceof XmlError)) throw error
    const { reason } = error
    const en = `The test request’s body must be one element of well-formed XML (${reason})`
    const az = `Sınaq sorğusunun mətni düzgün XML elementi olmalıdır (${reason})`
    throw new Trouble({ az, en }, error)
  }
}

const unsigned: BilingualText = {
  az: 'Cavabda Security başlığı yoxdur, halbuki cavabların imzalandığı bildirilib',
  en: 'The answer has no Security header, though answers are declared to be signed',
}

function hasSecurity({ document, version }: ProviderAnswer): boolean {
  const header = document.child(document.root, soapNamespaces[version], 'Header')
  return header !== undefined && document.child(header, wsseNamespace, 'Security') !== undefined
}
