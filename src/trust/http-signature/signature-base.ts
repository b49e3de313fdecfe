import { Fault } from '../../exchange/fault.js'
import type { Component } from './component.js'
import type { HttpMessage, RequestMessage } from './message.js'
import { queryParameter } from './query-parameter.js'
import { dictionaryMember, reserialised } from './structured-header.js'

/**
 * The bytes that a signature signs (RFC 9421 §2.5), one character a byte.
 * @param parameters value of `@signature-params`
 * @throws Fault SIGNATURE_INVALID naming the component that has no value
 */
export function signatureBase(
  message: HttpMessage,
  components: readonly Component[],
  parameters: string,
): string {
  let base = ''
  for (const component of components) {
    base += `${component.identifier}: ${componentValue(message, component)}\n`
  }
  return `${base}"@signature-params": ${parameters}`
}

/** @throws Fault SIGNATURE_INVALID */
export function componentValue(message: HttpMessage, component: Component): string {
  const source = component.req ? requestOf(message, component) : message
  if (!component.name.startsWith('@')) return fieldValue(source, component)
  const value = derivedValue(source, component)
  if (/[^\x20-\x7e]/.test(value)) {
    throw missing(component, 'The request line holds bytes other than printable ASCII.')
  }
  return value
}

function requestOf(message: HttpMessage, component: Component): RequestMessage {
  // §2.4: in the signature of a request the parameter has no meaning.
  if (message.kind === 'request') {
    throw missing(component, 'The parameter req belongs to signatures of responses.')
  }
  if (!message.request) throw missing(component, 'The request of this response is not known.')
  return message.request
}

function derivedValue(message: HttpMessage, component: Component): string {
  if (message.kind === 'reply') {
    if (component.name === '@status') return String(message.status)
    throw missing(component, 'A response has this component only of its request (parameter req).')
  }
  const { method, scheme, authority, target } = message
  switch (component.name) {
    case '@method':
      return method
    case '@target-uri':
      return `${scheme}://${authority}${target}`
    case '@authority':
      return authority
    case '@scheme':
      return scheme
    case '@request-target':
      return target
    case '@path':
      return pathOf(target)
    case '@query':
      return `?${queryOf(target) ?? ''}`
    case '@query-param':
      return queryParameter(component, queryOf(target) ?? '')
    default:
      throw missing(component, 'A request has no such component.')
  }
}

/** The undecoded path; `/` where it is empty (RFC 9421 §2.2.6). */
export function pathOf(target: string): string {
  const mark = target.indexOf('?')
  return (mark < 0 ? target : target.slice(0, mark)) || '/'
}

/** The undecoded query without `?`; undefined where the target has no `?`. */
export function queryOf(target: string): string | undefined {
  const mark = target.indexOf('?')
  return mark < 0 ? undefined : target.slice(mark + 1)
}

function fieldValue(message: HttpMessage, component: Component): string {
  const { name } = component
  const { fields } = message
  if (component.bs) return byteSequences(fields.lines(name), component)
  const value = fields.value(name)
  if (value === undefined) throw missing(component, 'The covered header field is absent.')
  // §2.5: the base is ASCII and has no line breaks; folded lines would bring one.
  if (/[^\t\x20-\x7e]/.test(value)) {
    throw missing(component, 'The covered header field holds bytes other than printable ASCII.')
  }
  if (component.key !== undefined)
    return dictionaryMember(component, value, fields.dictionary(name))
  return component.sf ? reserialised(component, value) : value
}

// §2.1.3. Bytes above ASCII are what this form is for; control characters stay out.
function byteSequences(lines: readonly string[], component: Component): string {
  if (lines.length === 0) throw missing(component, 'The covered header field is absent.')
  return lines
    .map((line) => {
      if (/[^\t\x20-\x7e\x80-\xff]/.test(line)) {
        throw missing(component, 'The covered header field holds control characters.')
      }
      return `:${Buffer.from(line, 'latin1').toString('base64')}:`
    })
    .join(', ')
}

function missing(component: Component, detail: string): Fault {
  return new Fault('SIGNATURE_INVALID', { field: component.name, detail })
}
