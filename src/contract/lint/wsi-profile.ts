import type { BilingualText } from '../../exchange/fault.js'
import type { XmlDocument, XmlElement } from '../../xml/document.js'
import { readXml } from '../../xml/read-xml.js'
import { placeOf, XmlError } from '../../xml/xml-error.js'
import type { ContractFiles } from '../contract-files.js'
import { finding, type Finding } from './finding.js'
import { wsiTexts, type WsiRule } from './wsi-texts.js'

const wsdl = 'http://schemas.xmlsoap.org/wsdl/'
const soap11 = 'http://schemas.xmlsoap.org/wsdl/soap/'
const soap12 = 'http://schemas.xmlsoap.org/wsdl/soap12/'
const encoding = 'http://schemas.xmlsoap.org/soap/encoding/'
const schema = 'http://www.w3.org/2001/XMLSchema'
const http = 'http://schemas.xmlsoap.org/soap/http'

/**
 * What of WS-I Basic Profile 1.1 §4 a machine can see in the WSDL files of a contract, by the profile's numbers. Much
 * of it is refused at registration too; here all of it is told, with its number.
 */
export function checkProfile(files: ContractFiles): Finding[] {
  const findings: Finding[] = []
  for (const [file, bytes] of files) {
    if (!file.toLowerCase().endsWith('.wsdl')) continue
    try {
      findings.push(...new ProfileCheck(file, readXml(bytes)).run())
    } catch (error) {
      // What cannot be read is refused by whoever reads it in earnest.
      if (!(error instanceof XmlError)) throw error
    }
  }
  return findings
}

class ProfileCheck {
  readonly #file: string
  readonly #document: XmlDocument
  readonly #findings: Finding[] = []

  constructor(file: string, document: XmlDocument) {
    this.#file = file
    this.#document = document
  }

  run(): readonly Finding[] {
    for (const element of this.#document.inside(this.#document.root)) this.#look(element)
    return this.#findings
  }

  #look(element: XmlElement): void {
    const namespace = this.#document.namespace(element)
    const name = this.#document.localName(element)
    if (namespace === wsdl) this.#wsdlElement(element, name)
    else if (namespace === soap11 || namespace === soap12) this.#soapElement(element, name)
    else if (namespace === schema) this.#schemaElement(element, name)
  }

  #wsdlElement(element: XmlElement, name: string): void {
    switch (name) {
      case 'import': {
        this.#import(element)
        return
      }
      case 'message': {
        this.#message(element)
        return
      }
      case 'portType': {
        this.#portType(element)
        return
      }
      case 'binding': {
        this.#binding(element)
        return
      }
      case 'operation': {
        this.#operation(element)
        return
      }
    }
  }

  #import(element: XmlElement): void {
    if (!this.#attribute(element, 'location')) this.#tell(element, 'R2007')
    const namespace = this.#attribute(element, 'namespace')
    if (namespace !== undefined && !/^[a-z][a-z0-9+.-]*:/i.test(namespace)) {
      this.#tell(element, 'R2803')
    }
  }

  #message(element: XmlElement): void {
    for (const part of this.#children(element, wsdl, 'part')) {
      const given = ['element', 'type'].filter((each) => this.#attribute(part, each) !== undefined)
      if (given.length !== 1) this.#tell(part, 'R2306')
    }
  }

  /** One operation of a name; of the four kinds of exchange, the two that a client begins. */
  #portType(element: XmlElement): void {
    const names = new Set<string>()
    for (const operation of this.#children(element, wsdl, 'operation')) {
      const name = this.#attribute(operation, 'name') ?? ''
      if (names.has(name)) this.#tell(operation, 'R2304')
      names.add(name)
      const first = this.#messagesOf(operation)[0]
      if (first === 'output') this.#tell(operation, 'R2303')
    }
  }

  #messagesOf(operation: XmlElement): string[] {
    return [...this.#document.children(operation)]
      .map((child) => this.#document.localName(child))
      .filter((name) => name === 'input' || name === 'output')
  }

  #operation(element: XmlElement): void {
    const parent = this.#document.parent(element)
    if (parent === undefined || !this.#document.is(parent, wsdl, 'portType')) return
    const [documentation] = this.#children(element, wsdl, 'documentation')
    if (documentation === undefined) this.#tell(element, 'documentation')
  }

  #binding(element: XmlElement): void {
    const bound = [soap11, soap12].flatMap((each) => [...this.#children(element, each, 'binding')])
    const [binding] = bound
    if (binding === undefined) {
      this.#tell(element, 'R2401')
      return
    }
    const transport = this.#attribute(binding, 'transport')
    if (transport === undefined) this.#tell(binding, 'R2701')
    else if (transport !== http) this.#tell(binding, 'R2702')
    this.#styles(element, this.#attribute(binding, 'style') ?? 'document')
  }

  /** Of one style in all operations, and each as its style asks. */
  #styles(binding: XmlElement, standard: string): void {
    const styles = new Set<string>()
    for (const operation of this.#children(binding, wsdl, 'operation')) {
      const [soap] = [soap11, soap12].flatMap((each) => [
        ...this.#children(operation, each, 'operation'),
      ])
      const own = soap && this.#attribute(soap, 'style')
      const style = own ?? standard
      styles.add(style)
      if (soap && this.#attribute(soap, 'soapAction') === undefined) this.#tell(soap, 'R2744')
      this.#bodies(operation, style)
    }
    if (styles.size > 1) this.#tell(binding, 'R2705')
  }

  #bodies(operation: XmlElement, style: string): void {
    for (const inner of this.#document.inside(operation)) {
      const namespace = this.#document.namespace(inner)
      if (namespace !== soap11 && namespace !== soap12) continue
      const name = this.#document.localName(inner)
      if (!['body', 'header', 'headerfault', 'fault'].includes(name)) continue
      const given = this.#attribute(inner, 'namespace')
      if (style === 'document' && given !== undefined) this.#tell(inner, 'R2716')
      if (style === 'rpc' && name === 'body' && !given) this.#tell(inner, 'R2717')
      if (style === 'rpc' && name !== 'body' && given !== undefined) this.#tell(inner, 'R2726')
    }
  }

  #soapElement(element: XmlElement, name: string): void {
    if (!['body', 'header', 'headerfault', 'fault'].includes(name)) return
    const use = this.#attribute(element, 'use')
    if (use !== undefined && use !== 'literal') this.#tell(element, 'R2706')
    if (this.#attribute(element, 'encodingStyle') !== undefined) this.#tell(element, 'R1005')
    if (name === 'fault') this.#faultName(element)
    if (name.startsWith('header') && this.#attribute(element, 'part') === undefined) {
      this.#tell(element, 'R2720')
    }
  }

  #faultName(element: XmlElement): void {
    const name = this.#attribute(element, 'name')
    const parent = this.#document.parent(element)
    if (name === undefined) this.#tell(element, 'R2721')
    else if (parent !== undefined && this.#attribute(parent, 'name') !== name) {
      this.#tell(element, 'R2754')
    }
  }

  #schemaElement(element: XmlElement, name: string): void {
    if (name === 'schema' && this.#attribute(element, 'targetNamespace') === undefined) {
      const holds = [...this.#document.children(element)].some((child) =>
        ['import', 'annotation'].every((each) => this.#document.localName(child) !== each),
      )
      if (holds) this.#tell(element, 'R2105')
    }
    const base = this.#attribute(element, 'base') ?? ''
    const prefix = base.includes(':') ? base.slice(0, base.indexOf(':')) : ''
    const isArray = base.endsWith(':Array') || base === 'Array'
    if (isArray && this.#document.namespaceOfPrefix(element, prefix) === encoding) {
      this.#tell(element, 'R2110')
    }
    if (this.#document.attribute(element, wsdl, 'arrayType') !== undefined) {
      this.#tell(element, 'R2111')
    }
  }

  #attribute(element: XmlElement, name: string): string | undefined {
    return this.#document.attribute(element, '', name)
  }

  *#children(element: XmlElement, namespace: string, name: string): Generator<XmlElement, void> {
    for (const child of this.#document.children(element)) {
      if (this.#document.is(child, namespace, name)) yield child
    }
  }

  #tell(element: XmlElement, rule: WsiRule): void {
    const text: BilingualText = wsiTexts[rule]
    const { line } = placeOf(this.#document.bytes, this.#document.range(element).start)
    this.#findings.push(finding('warning', rule, this.#file, text, line))
  }
}
