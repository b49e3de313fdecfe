import 'reflect-metadata'
import { bodyBytesMax } from './limits.js'

/** What a route takes as its body. */
export interface BodyTerms {
  /** Without parameters, in lower case; JSON is read, anything else is handed on as bytes. */
  readonly mediaTypes: readonly string[]
  readonly bytesMax: number
}

export const jsonMediaType = 'application/json'

const key = 'sluice:body'
const usual: BodyTerms = { mediaTypes: [jsonMediaType], bytesMax: bodyBytesMax }

/** For decorators of routes. */
export function setBodyTerms(handler: object, terms: BodyTerms): void {
  Reflect.defineMetadata(key, terms, handler)
}

/** What a handler that takes a body takes; JSON, where nothing else is declared. */
export function bodyTermsOf(handler: object): BodyTerms {
  return (Reflect.getOwnMetadata(key, handler) as BodyTerms | undefined) ?? usual
}
