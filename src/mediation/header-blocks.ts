import { ContractBreach, violation, type Violation } from '../violation/violation.js'
import type { XmlDocument } from '../xml/document.js'
import type { XmlName } from '../xsd/schema-model.js'

/** Who asks for what is said by every consumer in its own protocol; the bus writes these blocks itself. */
export function isOfBus({ namespace }: Pick<XmlName, 'namespace'>): boolean {
  return namespace.startsWith('http://x-road.eu/xsd/') || namespace.startsWith('urn:sluice:')
}

const wsseNamespace =
  'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd'

/**
 * Header blocks of a SOAP message have no place in JSON. One that says it must be understood, by whomever, asks for more
 * than to be left out (SOAP 1.1 §4.2.3, SOAP 1.2 part 1 §5.2.3).
 * @throws ContractBreach naming such blocks
 */
export function checkLeftOut(document: XmlDocument): void {
  const { root } = document
  const soap = document.namespace(root)
  const header = document.child(root, soap, 'Header')
  if (header === undefined) return
  const violations: Violation[] = []
  for (const block of document.children(header)) {
    const must = document.attribute(block, soap, 'mustUnderstand')?.trim()
    if (must !== '1' && must !== 'true') continue
    const namespace = document.namespace(block)
    if (namespace === wsseNamespace || isOfBus({ namespace })) continue
    const name = document.localName(block)
    violations.push(violation(`/Header/${name}`, 'unmappable', 'mustUnderstand'))
  }
  const [first, ...others] = violations
  if (first) throw new ContractBreach([first, ...others])
}
