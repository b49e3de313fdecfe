import { contentIdIn } from '../xml/content-id.js'
import type { TextFinding } from './facet-checks.js'
import type { SimpleType } from './schema-model.js'

/** Attachments of a message that is packed as MTOM, by their Content-ID without angle brackets. */
export type IncludedFiles = ReadonlyMap<string, { readonly length: number }>

/** The attachments that elements may stand for; undefined where the message is not packed as MTOM. */
export function includedFiles({
  attachments,
  isXop = false,
}: {
  readonly attachments: readonly {
    readonly contentId: string
    readonly content: { readonly length: number }
  }[]
  readonly isXop?: boolean
}): IncludedFiles | undefined {
  if (!isXop) return undefined
  return new Map(attachments.map(({ contentId, content }) => [contentId, content]))
}

/**
 * What is wrong with an attachment as a value of `xs:base64Binary`. Its bytes may be on the disk: facets that look at them
 * let none pass.
 * @param uri - of the `xop:Include`; of any other address than an attachment's a provider's stack might fetch what it takes
 *   for the value
 */
export function checkIncluded(
  { facets }: SimpleType,
  uri: string,
  files: IncludedFiles,
): TextFinding | undefined {
  const contentId = contentIdIn(uri)
  const file = contentId === undefined ? undefined : files.get(contentId)
  if (file === undefined) return { rule: 'attachment', term: 'cid' }
  const { length, minLength = 0, maxLength = Infinity, patterns, enumeration } = facets
  if (length !== undefined && file.length !== length) return { rule: 'length', term: length }
  if (file.length < minLength) return { rule: 'tooShort', term: minLength }
  if (file.length > maxLength) return { rule: 'tooLong', term: maxLength }
  return patterns || enumeration ? { rule: 'attachment', term: 'MTOM' } : undefined
}
