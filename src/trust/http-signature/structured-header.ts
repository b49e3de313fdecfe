import { Fault } from '../../exchange/fault.js'
import type { Component } from './component.js'
import { parseDictionary, parseItem, parseList, StructuredFieldError } from './structured-fields.js'
import type { Dictionary } from './structured-values.js'
import { dictionaryText, itemText, listText, memberText } from './structured-fields-text.js'

/**
 * Fields whose structured type we know. RFC 9421 §2.1.1 lets `sf` be used only where the verifier
 * knows the type; for any other field it is refused rather than guessed.
 */
const structuredTypes: Readonly<Record<string, 'dictionary' | 'list' | 'item'>> = {
  'accept-ch': 'list',
  'accept-signature': 'dictionary',
  'cache-status': 'list',
  'client-cert': 'item',
  'client-cert-chain': 'list',
  'content-digest': 'dictionary',
  priority: 'dictionary',
  'proxy-status': 'list',
  'repr-digest': 'dictionary',
  signature: 'dictionary',
  'signature-input': 'dictionary',
  'want-content-digest': 'dictionary',
  'want-repr-digest': 'dictionary',
}

/** Value of a component with `sf`. @throws Fault SIGNATURE_INVALID */
export function reserialised(component: Component, value: string): string {
  const type = Object.hasOwn(structuredTypes, component.name)
    ? structuredTypes[component.name]
    : undefined
  return parsed(component, () => {
    if (type === 'dictionary') return dictionaryText(parseDictionary(value))
    if (type === 'list') return listText(parseList(value))
    if (type === 'item') return itemText(parseItem(value))
    throw refused(component, 'The parameter sf needs a field whose structured type is known.')
  })
}

/**
 * Value of a component with `key` (§2.1.2).
 * @param known - the field's dictionary where it has been read already
 * @throws Fault SIGNATURE_INVALID
 */
export function dictionaryMember(
  component: Component,
  value: string,
  known: Dictionary | undefined,
): string {
  const dictionary = known ?? parsed(component, () => parseDictionary(value))
  const member = dictionary.get(component.key ?? '')
  if (!member) throw refused(component, 'The dictionary has no member of the key named.')
  return memberText(member)
}

function parsed<T>(component: Component, read: () => T): T {
  try {
    return read()
  } catch (error) {
    if (!(error instanceof StructuredFieldError)) throw error
    throw refused(component, 'The covered header field is no structured field (RFC 9651).')
  }
}

function refused(component: Component, detail: string): Fault {
  return new Fault('SIGNATURE_INVALID', { field: component.name, detail })
}
