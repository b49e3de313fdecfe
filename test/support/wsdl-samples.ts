import { readWsdl } from '../../src/wsdl/read-wsdl.js'
import { WsdlError, type WsdlProblem } from '../../src/wsdl/wsdl-error.js'

export const wsdlNamespaces =
  'xmlns="http://schemas.xmlsoap.org/wsdl/" xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/" xmlns:soap12="http://schemas.xmlsoap.org/wsdl/soap12/" ' +
  'xmlns:mime="http://schemas.xmlsoap.org/wsdl/mime/" xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:t="urn:t"'
export const http = 'http://schemas.xmlsoap.org/soap/http'

/** A line each, so that a refusal's line says what is meant. */
export const sample = `<definitions ${wsdlNamespaces} targetNamespace="urn:t">
<types><xs:schema targetNamespace="urn:t"><xs:element name="A" type="xs:string"/><xs:element name="F" type="xs:int"/></xs:schema></types>
<message name="in"><part name="p" element="t:A"/></message>
<message name="out"><part name="p" element="t:A"/></message>
<message name="bad"><part name="p" element="t:F"/></message>
<portType name="P"><operation name="op"><documentation> One
  line </documentation><input message="t:in"/><output message="t:out"/><fault name="bad" message="t:bad"/></operation></portType>
<binding name="B" type="t:P"><soap:binding transport="${http}"/>
<operation name="op"><soap:operation soapAction="urn:op"/>
<input><soap:body use="literal"/></input>
<output><soap:body use="literal"/></output>
<fault name="bad"><soap:fault name="bad" use="literal"/></fault></operation></binding>
<service name="S"><port name="P" binding="t:B"><soap:address location="http://a.example/"/></port></service>
</definitions>`

export const filesOf = (files: Record<string, string | Uint8Array>): Map<string, Uint8Array> =>
  new Map(Object.entries(files).map(([path, text]) => [path, Buffer.from(text)]))

/** Problems of a WSDL that is refused; fails where it is not. */
export function problemsOf(
  files: Record<string, string | Uint8Array>,
  main = 'a.wsdl',
): readonly WsdlProblem[] {
  try {
    readWsdl(filesOf(files), main)
  } catch (error) {
    if (error instanceof WsdlError) return error.problems
    throw error
  }
  throw new Error('read')
}

export const told = (files: Record<string, string | Uint8Array>): string[] =>
  problemsOf(files).map(({ file, line, text }) => `${file}:${line}: ${text.en}`)

/** The sample with one text for another. */
export function changed(...changes: readonly (readonly [string, string])[]): string {
  return changes.reduce((text, [from, to]) => {
    if (!text.includes(from)) throw new Error(`no ${from}`)
    return text.replace(from, () => to)
  }, sample)
}
