/** What the data of a document say, as far as it is shown. */
export interface DocumentFacts {
  readonly number: string
  readonly at: Date
  readonly kind: string
  readonly signedBy: readonly { readonly name: string; readonly post: string | undefined }[]
}

/** @returns undefined for what is no document's data, version 1 */
export function readDocumentData(bytes: Uint8Array): DocumentFacts | undefined {
  const value = objectOf(parsed(bytes))
  const { format, number, at, signedBy } = value
  const { kind } = objectOf(value['content'])
  if (format !== 1 || typeof number !== 'string' || typeof kind !== 'string') return undefined
  const moment = new Date(typeof at === 'string' ? at : '')
  if (Number.isNaN(moment.getTime()) || !Array.isArray(signedBy)) return undefined
  return { number, at: moment, kind, signedBy: signedBy.map(objectOf).map(personOf) }
}

function personOf({ name, post }: Record<string, unknown>): DocumentFacts['signedBy'][number] {
  return {
    name: typeof name === 'string' ? name : '–',
    post: typeof post === 'string' ? post : undefined,
  }
}

function objectOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
}

function parsed(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch {
    return undefined
  }
}
