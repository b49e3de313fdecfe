import type { Fault } from '../../src/exchange/fault.js'
import type { SoapVersion } from '../../src/exchange/soap-content.js'
import { mustUnderstandField } from './envelope.js'
import { mediaTypes, sluiceFaultNamespace, soapNamespaces } from './names.js'
import { escapedText } from './write-xml.js'

/** A refusal as a SOAP Fault, before it is signed. */
export interface SoapFault {
  readonly status: number
  readonly contentType: string
  /** An envelope without a Header. */
  readonly envelope: Buffer
}

/** The field that a fault names when an Envelope is of no known version of SOAP. */
export const versionMismatchField = 'VersionMismatch'

/** What a fault's rendering depends on beside the fault. */
export interface SoapFaultTerms {
  /** Undefined where no SOAP message has come: then there is none to answer in. */
  readonly version: SoapVersion | undefined
  readonly exchangeId: string
  /** Chooses the language of SOAP 1.1's one faultstring. */
  readonly language: 'az' | 'en'
}

/**
 * Renders a fault as a SOAP Fault with our own element in its detail. The status is 500 as SOAP 1.1 §6.2
 * says, because most stacks read the Fault under no other (see README, Divergences); 400 for bytes that
 * were no SOAP message, which no SOAP stack has sent.
 */
export function renderFault(fault: Fault, terms: SoapFaultTerms): SoapFault {
  const { version = '1.1' } = terms
  const body = version === '1.1' ? fault11(fault, terms) : fault12(fault, terms)
  const envelope =
    '<?xml version="1.0" encoding="UTF-8"?>\n' +
    `<S:Envelope xmlns:S="${soapNamespaces[version]}"><S:Body>${body}</S:Body></S:Envelope>`
  return {
    status: terms.version === undefined ? 400 : 500,
    contentType: `${mediaTypes[version]}; charset=utf-8`,
    envelope: Buffer.from(envelope),
  }
}

/** SOAP 1.1 §4.4: the children of a Fault have no namespace. */
function fault11(fault: Fault, terms: SoapFaultTerms): string {
  return (
    `<S:Fault><faultcode>S:${faultCodeOf(fault, '1.1')}</faultcode>` +
    `<faultstring>${escapedText(fault.text[terms.language])}</faultstring>` +
    `<detail>${detailOf(fault, terms)}</detail></S:Fault>`
  )
}

/** SOAP 1.2 part 1 §5.4. */
function fault12(fault: Fault, terms: SoapFaultTerms): string {
  const code = faultCodeOf(fault, '1.2')
  return (
    `<S:Fault><S:Code><S:Value>S:${code}</S:Value><S:Subcode>` +
    `<S:Value xmlns:f="${sluiceFaultNamespace}">f:${fault.code}</S:Value></S:Subcode></S:Code>` +
    `<S:Reason>${inBoth('S:Text', fault.text)}</S:Reason>` +
    `<S:Detail>${detailOf(fault, terms)}</S:Detail></S:Fault>`
  )
}

const codes = {
  '1.1': { consumer: 'Client', bus: 'Server', provider: 'Server' },
  '1.2': { consumer: 'Sender', bus: 'Receiver', provider: 'Receiver' },
} as const

function faultCodeOf({ code, field, side }: Fault, version: SoapVersion): string {
  const isStanding = field === mustUnderstandField || field === versionMismatchField
  return code === 'REQUEST_INVALID' && isStanding ? field : codes[version][side]
}

function detailOf(fault: Fault, { exchangeId }: SoapFaultTerms): string {
  const { code, side, field, places, until, detail, repeatOf, text, remedy } = fault
  return (
    `<f:fault xmlns:f="${sluiceFaultNamespace}"><f:code>${code}</f:code><f:side>${side}</f:side>` +
    optional('f:field', field) +
    `<f:exchangeId>${escapedText(exchangeId)}</f:exchangeId>` +
    optional('f:until', until?.toISOString()) +
    optional('f:repeatOf', repeatOf) +
    optional('f:detail', detail) +
    `${inBoth('f:text', text)}${inBoth('f:remedy', remedy)}${placesOf(places)}</f:fault>`
  )
}

function placesOf(places: Fault['places']): string {
  const all = places.map(
    ({ path, text }) =>
      `<f:place><f:path>${escapedText(path)}</f:path>${inBoth('f:text', text)}</f:place>`,
  )
  return all.length === 0 ? '' : `<f:places>${all.join('')}</f:places>`
}

function optional(name: string, text: string | undefined): string {
  return text === undefined ? '' : `<${name}>${escapedText(text)}</${name}>`
}

function inBoth(name: string, { az, en }: Fault['text']): string {
  return (
    `<${name} xml:lang="az">${escapedText(az)}</${name}>` +
    `<${name} xml:lang="en">${escapedText(en)}</${name}>`
  )
}
