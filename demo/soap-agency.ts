import { soapNamespaces } from '../adapters/soap/names.js'
import { escapedText } from '../adapters/soap/write-xml.js'
import { readXml } from '../src/xml/read-xml.js'
import { startAgencyServer, type AgencyAnswer, type SampleAgency } from './agency-server.js'
import { soapEnvelope } from './soap-request.js'

/** What a request asks for: the texts of its fields, by element, those of records within it among them. */
export type SoapFields = Readonly<Record<string, string>>

/** Elements of an answer; a list repeats its element, and what is undefined is left out. */
export interface SoapRecord {
  readonly [element: string]: SoapValue | readonly SoapRecord[] | undefined
}
type SoapValue = string | number | boolean | SoapRecord

export type SoapOperations = Readonly<Record<string, (fields: SoapFields) => SoapRecord>>

/** A provider's own SOAP Fault, which says that the consumer asked for what cannot be. */
export class ClientFault extends Error {
  override readonly name = 'ClientFault'
  /** The element in the Fault's detail, and what it says. */
  readonly detail: SoapRecord | undefined

  constructor(message: string, detail?: SoapRecord) {
    super(message)
    this.detail = detail
  }
}

/** Starts a SOAP 1.1 service as an agency has it from of old: document/literal, one element in the Body. */
export function startSoapAgency(
  namespace: string,
  operations: SoapOperations,
): Promise<SampleAgency> {
  return startAgencyServer(
    (_request, body) => {
      try {
        return rendered(200, answerTo(body, namespace, operations))
      } catch (error) {
        if (!(error instanceof ClientFault)) throw error
        return rendered(500, faultText('Client', error.message, namespace, error.detail))
      }
    },
    rendered(500, faultText('Server', 'daxili xəta')),
  )
}

function answerTo(body: Buffer, namespace: string, operations: SoapOperations): string {
  const document = readXml(body)
  const soapBody = document.child(document.root, soapNamespaces['1.1'], 'Body')
  const asked = soapBody && document.firstChild(soapBody)
  const name = asked === undefined ? '' : document.localName(asked)
  const operation = operations[name]
  if (asked === undefined || !operation || !document.is(asked, namespace, name)) {
    throw new ClientFault('belə əməliyyat yoxdur')
  }
  const fields: Record<string, string> = {}
  for (const field of document.inside(asked)) {
    if (document.firstChild(field) === undefined)
      fields[document.localName(field)] = document.text(field)
  }
  const answer = written(operation(fields))
  const answerName = `${name.replace(/Request$/, '')}Response`
  return `<${answerName} xmlns="${namespace}">${answer}</${answerName}>`
}

/** @param attributes - of the outermost elements */
function written(record: SoapRecord, attributes = ''): string {
  let text = ''
  for (const [name, value] of Object.entries(record)) {
    const values: readonly (SoapValue | undefined)[] = Array.isArray(value)
      ? (value as readonly SoapRecord[])
      : [value as SoapValue | undefined]
    for (const each of values) {
      if (each === undefined) continue
      const inside = typeof each === 'object' ? written(each) : escapedText(String(each))
      text += `<${name}${attributes}>${inside}</${name}>`
    }
  }
  return text
}

function faultText(
  code: 'Client' | 'Server',
  text: string,
  namespace = '',
  detail?: SoapRecord,
): string {
  const said = detail ? `<detail>${written(detail, ` xmlns="${namespace}"`)}</detail>` : ''
  return `<S:Fault><faultcode>S:${code}</faultcode><faultstring>${escapedText(text)}</faultstring>${said}</S:Fault>`
}

function rendered(status: number, body: string): AgencyAnswer {
  const payload = Buffer.from(soapEnvelope(body))
  return { status, contentType: 'text/xml; charset=utf-8', payload }
}
