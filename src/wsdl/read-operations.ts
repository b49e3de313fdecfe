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
import { readMessage, type ReadingTools } from './read-message.js'
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
  const done = new Set<Placed>()
  for (const binding of soapBindings) {
    const tools = { definitions, schemas, problems, binding }
    for (const bound of boundBindings(tools)) {
      const portType = definitions.referred(bound, 'type', 'portType')
      if (portType === undefined || done.has(portType)) continue
      done.add(portType)
      operations.push(...operationsOf(bound, portType, tools))
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

function operationsOf(bound: Placed, portType: Placed, tools: ReadingTools): WsdlOperation[] {
  const operations: WsdlOperation[] = []
  const names = new Set<string>()
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
    names.add(name)
    const abstract = operationNamed(portType, name)
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

function operationNamed(portType: Placed, name: string): Placed | undefined {
  for (const operation of childrenNamed(portType, wsdlNamespace, 'operation')) {
    if (attributeOf(operation, 'name') === name) return operation
  }
  return undefined
}

function operationOf(
  name: string,
  bound: Placed,
  boundOperation: Placed,
  abstract: Placed,
  tools: ReadingTools,
): WsdlOperation | undefined {
  const { binding, problems } = tools
  const soap = childNamed(boundOperation, binding.namespace, 'operation')
  const ofBinding = childNamed(bound, binding.namespace, 'binding')
  const styled =
    (soap && attributeOf(soap, 'style')) ?? (ofBinding && attributeOf(ofBinding, 'style'))
  const style = styled === 'rpc' ? 'rpc' : 'document'
  const sides = (side: 'input' | 'output') => ({
    abstract: childNamed(abstract, wsdlNamespace, side),
    bound: childNamed(boundOperation, wsdlNamespace, side),
  })
  const asked = sides('input')
  const answered = sides('output')
  if (!asked.abstract || !asked.bound) {
    const az = `«${name}» əməliyyatının input mesajı yoxdur`
    problems.at(abstract.from, abstract.element, az, `The operation "${name}" has no input`)
    return undefined
  }
  const input = readMessage(
    { style, wrapper: name, abstract: asked.abstract, bound: asked.bound },
    tools,
  )
  if (input === undefined) return undefined
  let output
  if (answered.abstract && answered.bound) {
    const { abstract: message, bound: place } = answered
    output = readMessage(
      { style, wrapper: `${name}Response`, abstract: message, bound: place },
      tools,
    )
    if (output === undefined) return undefined
  }
  const soapAction = soap && attributeOf(soap, 'soapAction')
  return {
    name,
    documentation: documentationOf(abstract),
    soapVersion: binding.version,
    soapAction: soapAction === '' ? undefined : soapAction,
    style,
    input,
    output,
    faults: faultsOf(abstract, boundOperation, tools),
  }
}

function faultsOf(abstract: Placed, boundOperation: Placed, tools: ReadingTools): WsdlFault[] {
  const bound = new Set(
    [...childrenNamed(boundOperation, wsdlNamespace, 'fault')].map((fault) =>
      attributeOf(fault, 'name'),
    ),
  )
  const faults: WsdlFault[] = []
  for (const fault of childrenNamed(abstract, wsdlNamespace, 'fault')) {
    const name = attributeOf(fault, 'name') ?? ''
    // A fault that the binding leaves out is described all the same (Basic Profile R2723 speaks of the message alone).
    if (bound.size > 0 && !bound.has(name)) continue
    const element = faultElement(fault, tools)
    if (element) faults.push({ name, element })
  }
  return faults
}

/** A fault's one part has an element, which is the child of `detail` (Basic Profile R2205). */
function faultElement(
  fault: Placed,
  { definitions, schemas, problems }: ReadingTools,
): ElementDeclaration | undefined {
  const message = definitions.referred(fault, 'message', 'message')
  if (message === undefined) return undefined
  const [part, ...others] = childrenNamed(message, wsdlNamespace, 'part')
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
