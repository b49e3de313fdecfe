import { soapNamespaces } from '../adapters/soap/names.js'
import { escapedText } from '../adapters/soap/write-xml.js'
import { readXml } from '../src/xml/read-xml.js'
import { startAgencyServer, type AgencyAnswer, type SampleAgency } from './agency-server.js'
import { soapEnvelope } from './soap-request.js'

/** What a request asks for: the texts of its fields, by element. */
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
        return rendered(500, faultText('Client', error.message))
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
  for (const field of document.children(asked)) {
    fields[document.localName(field)] = document.text(field)
  }
  const answer = written(operation(fields))
  return `<${name}Response xmlns="${namespace}">${answer}</${name}Response>`
}

function written(record: SoapRecord): string {
  let text = ''
  for (const [name, value] of Object.entries(record)) {
    const values: readonly (SoapValue | undefined)[] = Array.isArray(value)
      ? (value as readonly SoapRecord[])
      : [value as SoapValue | undefined]
    for (const each of values) {
      if (each === undefined) continue
      const inside = typeof each === 'object' ? written(each) : escapedText(String(each))
      text += `<${name}>${inside}</${name}>`
    }
  }
  return text
}

function faultText(code: 'Client' | 'Server', text: string): string {
  return `<S:Fault><faultcode>S:${code}</faultcode><faultstring>${escapedText(text)}</faultstring></S:Fault>`
}

function rendered(status: number, body: string): AgencyAnswer {
  const payload = Buffer.from(soapEnvelope(body))
  return { status, contentType: 'text/xml; charset=utf-8', payload }
}
