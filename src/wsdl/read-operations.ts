import { wsdlLimits } from '../limits/contracts.js'
import { keyOf, type ElementDeclaration, type SchemaSet } from '../xsd/schema-model.js'
import {
  attributeOf,
  childNamed,
  childrenNamed,
  documentationOf,
  qualifiedName,
  type Definitions,
  type Placed,
} from './definitions.js'
import { httpTransport, soapBindings, wsdlNamespace } from './names.js'
import { readMessage } from './read-message.js'
import { partsOf, refuseEncoding, upTo, type ReadingTools } from './reading-tools.js'
import type { Problems } from './wsdl-documents.js'
import type { WsdlFault, WsdlOperation } from './wsdl-model.js'

/**
 * The operations of every port type that a SOAP port offers, through its SOAP 1.1 binding where there is one.
 */
export function readOperations(
  definitions: Definitions,
  schemas: SchemaSet,
  problems: Problems,
): WsdlOperation[] {
  const operations: WsdlOperation[] = []
  const names = new Set<string>()
  const done = new Set<Placed>()
  for (const binding of soapBindings) {
    const tools = { definitions, schemas, problems, binding }
    for (const bound of boundBindings(tools)) {
      const portType = definitions.referred(bound, 'type', 'portType')
      if (portType === undefined || done.has(portType)) continue
      done.add(portType)
      operations.push(...operationsOf(bound, portType, names, tools))
    }
  }
  return operations
}

/** The SOAP bindings of this version that a port of a service uses, each once. */
function boundBindings({ definitions, problems, binding }: ReadingTools): Set<Placed> {
  const found = new Set<Placed>()
  for (const service of definitions.all('service')) {
    for (const port of childrenNamed(service, wsdlNamespace, 'port')) {
      if (childNamed(port, binding.namespace, 'address') === undefined) continue
      const bound = definitions.referred(port, 'binding', 'binding')
      if (bound) found.add(bound)
    }
  }
  for (const bound of found) {
    const soap = childNamed(bound, binding.namespace, 'binding')
    if (soap && attributeOf(soap, 'transport') === httpTransport) continue
    const az = 'SOAP bağlaması HTTP nəqliyyatı ilə olmalıdır (WS-I R2702)'
    problems.at(
      bound.from,
      bound.element,
      az,
      'A SOAP binding must have the transport of HTTP (WS-I R2702)',
    )
  }
  return found
}

/** @param names of all operations so far: a contract says by name alone which one it is about */
function operationsOf(
  bound: Placed,
  portType: Placed,
  names: Set<string>,
  tools: ReadingTools,
): WsdlOperation[] {
  const operations: WsdlOperation[] = []
  const abstracts = operationsByName(portType)
  for (const boundOperation of childrenNamed(bound, wsdlNamespace, 'operation')) {
    const name = attributeOf(boundOperation, 'name') ?? ''
    const { from, element } = boundOperation
    if (names.has(name)) {
      const az = `«${name}» əməliyyatı təkrarlanır (WS-I R2304)`
      tools.problems.at(
        from,
        element,
        az,
        `The operation "${name}" is there more than once (WS-I R2304)`,
      )
      continue
    }
    if (names.size === wsdlLimits.operationsMax) {
      const max = String(wsdlLimits.operationsMax)
      const az = `Əməliyyatların sayı ${max} həddini aşır`
      tools.problems.at(from, element, az, `There are more than ${max} operations`)
      break
    }
    names.add(name)
    const abstract = abstracts.get(name)
    if (abstract) {
      const operation = operationOf(name, bound, boundOperation, abstract, tools)
      if (operation) operations.push(operation)
    } else {
      const az = `portType-da «${name}» əməliyyatı yoxdur (WS-I R2718)`
      tools.problems.at(from, element, az, `The portType has no operation "${name}" (WS-I R2718)`)
    }
  }
  return operations
}

function operationsByName(portType: Placed): Map<string, Placed> {
  const byName = new Map<string, Placed>()
  for (const operation of childrenNamed(portType, wsdlNamespace, 'operation')) {
    byName.set(attributeOf(operation, 'name') ?? '', operation)
  }
  return byName
}

function operationOf(
  name: string,
  bound: Placed,
  boundOperation: Placed,
  abstract: Placed,
  tools: ReadingTools,
): WsdlOperation | undefined {
  const soap = childNamed(boundOperation, tools.binding.namespace, 'operation')
  const style = styleOf(bound, soap, tools)
  const sides = sidesOf(name, abstract, boundOperation, tools)
  if (style === undefined || sides === undefined) return undefined
  const { asked, answered } = sides
  const input = readMessage({ style, wrapper: name, ...asked }, tools)
  const output = answered && readMessage({ style, wrapper: `${name}Response`, ...answered }, tools)
  const faults = faultsOf(abstract, boundOperation, tools)
  if (input === undefined || (answered && output === undefined)) return undefined
  const soapAction = soap && attributeOf(soap, 'soapAction')
  return {
    name,
    documentation: documentationOf(abstract),
    soapVersion: tools.binding.version,
    soapAction: soapAction === '' ? undefined : soapAction,
    style,
    input,
    output,
    faults,
  }
}

/** The operation's own style, else the binding's, else document (WSDL 1.1 §3.4). */
function styleOf(
  bound: Placed,
  soap: Placed | undefined,
  { binding, problems }: ReadingTools,
): 'document' | 'rpc' | undefined {
  const ofBinding = childNamed(bound, binding.namespace, 'binding')
  const style =
    (soap && attributeOf(soap, 'style')) ??
    (ofBinding && attributeOf(ofBinding, 'style')) ??
    'document'
  if (style === 'document' || style === 'rpc') return style
  const { from, element } = soap ?? bound
  problems.at(from, element, `style «${style}» yoxdur`, `There is no style "${style}"`)
  return undefined
}

interface Side {
  readonly abstract: Placed
  readonly bound: Placed
}

/** Request and reply, each in the port type and in the binding; the reply may be in neither. */
function sidesOf(
  name: string,
  abstract: Placed,
  boundOperation: Placed,
  { problems }: ReadingTools,
): { readonly asked: Side; readonly answered: Side | undefined } | undefined {
  const refuse = (az: string, en: string): void => {
    problems.at(abstract.from, abstract.element, `«${name}» əməliyyatı: ${az}`, `${name}: ${en}`)
  }
  const inputs = [abstract, boundOperation].map((each) => childNamed(each, wsdlNamespace, 'input'))
  const outputs = [abstract, boundOperation].map((each) =>
    childNamed(each, wsdlNamespace, 'output'),
  )
  const [input, boundInput] = inputs
  const [output, boundOutput] = outputs
  if (!input || !boundInput) {
    refuse('input mesajı yoxdur', 'there is no input')
    return undefined
  }
  const asked = { abstract: input, bound: boundInput }
  if (!output && !boundOutput) return { asked, answered: undefined }
  if (!output || !boundOutput) {
    const en = 'the output is in the port type or in the binding alone (WS-I R2718)'
    refuse('output yalnız portType-da və ya yalnız bağlamadadır (WS-I R2718)', en)
    return undefined
  }
  // Rows are in document order. A service that speaks first has nobody to speak to here.
  if (output.element < input.element) {
    refuse('output input-dan əvvəldir (WS-I R2303)', 'output before input (WS-I R2303)')
    return undefined
  }
  return { asked, answered: { abstract: output, bound: boundOutput } }
}

function faultsOf(abstract: Placed, boundOperation: Placed, tools: ReadingTools): WsdlFault[] {
  const bound = new Set<string>()
  for (const fault of childrenNamed(boundOperation, wsdlNamespace, 'fault')) {
    bound.add(attributeOf(fault, 'name') ?? '')
    const soap = childNamed(fault, tools.binding.namespace, 'fault')
    if (soap) refuseEncoding(soap, tools.problems)
  }
  const faults: WsdlFault[] = []
  for (const fault of upTo(wsdlLimits.bindingPartsMax, abstract, wsdlNamespace, 'fault', tools)) {
    const name = attributeOf(fault, 'name') ?? ''
    // A fault that the binding leaves out is described all the same (Basic Profile R2723 speaks of the message alone).
    if (bound.size > 0 && !bound.has(name)) continue
    const element = faultElement(fault, tools)
    if (element) faults.push({ name, element })
  }
  return faults
}

/** A fault's one part has an element, which is the child of `detail` (Basic Profile R2205). */
function faultElement(fault: Placed, tools: ReadingTools): ElementDeclaration | undefined {
  const { definitions, schemas, problems } = tools
  const message = definitions.referred(fault, 'message', 'message')
  if (message === undefined) return undefined
  const [part, ...others] = partsOf(message, tools)
  const name = part && qualifiedName(part, 'element')
  const declaration = name && schemas.elements.get(keyOf(name))
  if (declaration && others.length === 0) return declaration
  const az =
    'fault mesajının düz bir hissəsi və onun sxemlərdə olan elementi olmalıdır (WS-I R2205)'
  const en =
    'The message of a fault must have one part, with an element that the schemas have (WS-I R2205)'
  problems.at(message.from, message.element, az, en)
  return undefined
}
