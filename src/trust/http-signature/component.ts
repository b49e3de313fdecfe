import { Fault } from '../../exchange/fault.js'
import type { Item, Parameters } from './structured-values.js'
import { itemText } from './structured-fields-text.js'

/** One covered component of a signature (RFC 9421 §2): a header field or a derived component. */
export interface Component {
  /** Lower-case field name, or a derived component's name with its `@`. */
  readonly name: string
  /** The identifier as it stands in the signature base, quotes and parameters included. */
  readonly identifier: string
  /** Taken from the request that a response answers (§2.4). */
  readonly req: boolean
  /** Strictly re-serialised structured field (§2.1.1). */
  readonly sf: boolean
  /** Every line as a byte sequence (§2.1.3). */
  readonly bs: boolean
  /** One member of a dictionary (§2.1.2). */
  readonly key: string | undefined
  /** Of `@query-param` (§2.2.8): the encoded name of the query parameter. */
  readonly queryParam: string | undefined
}

const derivedNames: ReadonlySet<string> = new Set([
  '@method',
  '@target-uri',
  '@authority',
  '@scheme',
  '@request-target',
  '@path',
  '@query',
  '@query-param',
  '@status',
])

const fieldName = /^[a-z0-9!#$%&'*+.^_`|~-]+$/

/**
 * Reads one component identifier of a `Signature-Input` member.
 * @throws Fault SIGNATURE_INVALID naming the component
 */
export function readComponent(item: Item): Component {
  const { value: name, parameters } = item
  if (typeof name !== 'string') {
    throw refused('signature-input', 'A covered component is not a string (RFC 9421 section 2.5).')
  }
  const known = plainComponents.get(name)
  if (known && parameters.size === 0) return known
  if (name.startsWith('@') ? !derivedNames.has(name) : !fieldName.test(name)) {
    throw refused(
      'signature-input',
      'A covered component is neither a lower-case field name nor a known derived component.',
    )
  }
  if (parameters.size > 0) return withParameters(name, parameters, itemText(item))
  const component = componentOf(name)
  if (plainComponents.size < plainComponentsMax) plainComponents.set(name, component)
  return component
}

// Requests cover the same few names over and over; each is checked and made once.
const plainComponents = new Map<string, Component>()
const plainComponentsMax = 256

// What the bus signs bears few names, too; they are kept apart, because nobody has checked them.
const signedComponents = new Map<string, Component>()

/** A component without parameters, of a signature that is to be made. The name must be valid. */
export function plainComponent(name: string): Component {
  const known = signedComponents.get(name)
  if (known) return known
  const component = componentOf(name)
  if (signedComponents.size < plainComponentsMax) signedComponents.set(name, component)
  return component
}

function componentOf(name: string): Component {
  return {
    name,
    identifier: `"${name}"`,
    req: false,
    sf: false,
    bs: false,
    key: undefined,
    queryParam: undefined,
  }
}

/** Whether a component takes in the whole field or derived value of the message itself. */
export function coversWhole(component: Component): boolean {
  return !component.req && !component.sf && component.key === undefined
}

/** Equal for identifiers that mean the same component, whatever the order of parameters (§2). */
export function identityOf(component: Component): string {
  const { name, identifier, req, sf, bs, key, queryParam } = component
  if (identifier.length === name.length + 2) return name
  return JSON.stringify([name, req, sf, bs, key ?? null, queryParam ?? null])
}

function withParameters(name: string, parameters: Parameters, identifier: string): Component {
  for (const [parameter, value] of parameters) checkParameter(name, parameter, value)
  const key = parameters.get('key') as string | undefined
  const queryParam = parameters.get('name') as string | undefined
  const component: Component = {
    name,
    identifier,
    req: parameters.has('req'),
    sf: parameters.has('sf'),
    bs: parameters.has('bs'),
    key,
    queryParam,
  }
  if (component.bs && (component.sf || key !== undefined)) {
    throw refused(name, 'The component parameter bs excludes sf and key (RFC 9421 section 2.1.3).')
  }
  return component
}

// An unknown parameter changes a component's meaning in a way we do not know (§2.5 step 5.1.5).
function checkParameter(name: string, parameter: string, value: unknown): void {
  const derived = name.startsWith('@')
  switch (parameter) {
    case 'req':
      if (value === true) return
      break
    case 'sf':
    case 'bs':
      if (value === true && !derived) return
      break
    case 'key':
      if (typeof value === 'string' && !derived) return
      break
    case 'name':
      if (typeof value === 'string' && name === '@query-param') return
      break
    case 'tr':
      throw refused(name, 'The component parameter tr is not supported: trailers are not carried.')
  }
  throw refused(name, 'A parameter of the covered component is unknown or not allowed there.')
}

function refused(field: string, detail: string): Fault {
  return new Fault('SIGNATURE_INVALID', { field, detail })
}
