import { Fault } from '../../exchange/fault.js'
import type { Component } from './component.js'

/**
 * Value of `@query-param` (RFC 9421 §2.2.8): parsed as a form, encoded again. A parameter that occurs
 * twice has no one value and is refused.
 * @throws Fault SIGNATURE_INVALID
 */
export function queryParameter(component: Component, query: string): string {
  if (component.queryParam === undefined) {
    throw refused('The component @query-param needs the parameter name.')
  }
  let found: string | undefined
  // The constructor drops one leading question mark, which may be the name's own.
  for (const [name, value] of new URLSearchParams(`?${query}`)) {
    if (formEncoded(name) !== component.queryParam) continue
    if (found !== undefined) throw refused('The covered query parameter occurs more than once.')
    found = formEncoded(value)
  }
  if (found === undefined) throw refused('The covered query parameter is absent.')
  return found
}

// The application/x-www-form-urlencoded percent-encode set of the URL standard, a space as %20.
function formEncoded(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()~]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  )
}

function refused(detail: string): Fault {
  return new Fault('SIGNATURE_INVALID', { field: '@query-param', detail })
}
