import { Fault } from '../../exchange/fault.js'
import { identityOf, readComponent, type Component } from './component.js'
import type { HeaderFields } from './header-fields.js'
import { parseDictionary, StructuredFieldError } from './structured-fields.js'
import { isInnerList, type Dictionary, type InnerList, type Member } from './structured-values.js'
import { componentsMax, signaturesMax } from '../../limits/signatures.js'
import { parametersText } from './structured-fields-text.js'

/** One member of `Signature-Input` with its member of `Signature` (RFC 9421 §4). */
export interface MessageSignature {
  readonly label: string
  readonly components: readonly Component[]
  /** Seconds since the epoch. */
  readonly created: number | undefined
  /** Seconds since the epoch. */
  readonly expires: number | undefined
  readonly keyId: string | undefined
  readonly alg: string | undefined
  /** Value of `@signature-params` (§2.3): components and parameters in canonical form. */
  readonly parametersText: string
  readonly value: Uint8Array
}

const strict = { repeatedKeys: 'refuse' } as const

/**
 * Reads `Signature-Input` and `Signature`. Empty where the message has neither.
 * @throws Fault SIGNATURE_INVALID naming the field
 */
export function readSignatures(fields: HeaderFields): MessageSignature[] {
  const inputs = readDictionary(fields, 'signature-input')
  const values = readDictionary(fields, 'signature')
  if (inputs.size !== values.size) throw unpaired(inputs.size > values.size)
  if (inputs.size > signaturesMax) {
    throw invalid('signature-input', `A message may carry at most ${signaturesMax} signatures.`)
  }
  const signatures: MessageSignature[] = []
  for (const [label, input] of inputs) {
    const value = values.get(label)
    if (value === undefined) throw unpaired(true)
    signatures.push(readSignature(label, input, value))
  }
  return signatures
}

/**
 * A structured dictionary field, strictly; empty where the message has none.
 * @throws Fault SIGNATURE_INVALID naming the field
 */
export function readDictionary(fields: HeaderFields, name: string): Dictionary {
  const kept = fields.dictionary(name)
  if (kept) return kept
  const text = fields.value(name)
  if (text === undefined) return noMembers
  try {
    const dictionary = parseDictionary(text, strict)
    fields.keepDictionary(name, dictionary)
    return dictionary
  } catch (error) {
    if (!(error instanceof StructuredFieldError)) throw error
    throw invalid(name, `The field is no structured dictionary (RFC 9651): ${error.message}.`)
  }
}

const noMembers: Dictionary = new Map()

function readSignature(label: string, input: Member, value: Member): MessageSignature {
  if (!isInnerList(input)) {
    throw invalid('signature-input', 'A member is no list of components (RFC 9421 section 4.1).')
  }
  // Nothing signs parameters of a signature, so there are none.
  if (isInnerList(value) || !(value.value instanceof Uint8Array) || value.parameters.size > 0) {
    throw invalid('signature', 'A member is no plain byte sequence (RFC 9421 section 4.2).')
  }
  const components = readComponents(input)
  return {
    label,
    components,
    created: secondsOf(input, 'created'),
    expires: secondsOf(input, 'expires'),
    keyId: textOf(input, 'keyid'),
    alg: textOf(input, 'alg'),
    parametersText: signatureParameters(components, parametersText(input.parameters)),
    value: value.value,
  }
}

/** The value of `@signature-params` and of the member of `Signature-Input` (RFC 9421 §2.3, §4.1). */
export function signatureParameters(components: readonly Component[], parameters: string): string {
  let text = '('
  for (const { identifier } of components) text += (text.length === 1 ? '' : ' ') + identifier
  return `${text})${parameters}`
}

function readComponents(input: InnerList): Component[] {
  if (input.items.length > componentsMax) {
    throw invalid('signature-input', `A signature may cover at most ${componentsMax} components.`)
  }
  const components: Component[] = []
  const seen = new Set<string>()
  for (const item of input.items) {
    const component = readComponent(item)
    const identity = identityOf(component)
    if (seen.has(identity)) {
      throw invalid(component.name, 'The component is covered twice (RFC 9421 section 2.5).')
    }
    seen.add(identity)
    components.push(component)
  }
  return components
}

function secondsOf(input: InnerList, name: string): number | undefined {
  const value = input.parameters.get(name)
  if (value === undefined || typeof value === 'number') return value
  throw invalid(name, 'The signature parameter must be an integer (RFC 9421 section 2.3).')
}

function textOf(input: InnerList, name: string): string | undefined {
  const value = input.parameters.get(name)
  if (value === undefined || typeof value === 'string') return value
  throw invalid(name, 'The signature parameter must be a string (RFC 9421 section 2.3).')
}

function unpaired(moreInputs: boolean): Fault {
  return moreInputs
    ? invalid('signature', 'A member of Signature-Input has no signature of the same label.')
    : invalid('signature-input', 'A signature has no member of Signature-Input of the same label.')
}

function invalid(field: string, detail: string): Fault {
  return new Fault('SIGNATURE_INVALID', { field, detail })
}
