import { z } from 'zod'
import { cursorCharsMax, pageSizeDefault, pageSizeMax } from './limits.js'
import { numberText } from './number-text.js'

/** One page of a list. */
export interface Page<Item> {
  readonly items: readonly Item[]
  /** What to send as `after` for the next page; absent behind the last one. */
  readonly next?: string
}

export interface PageQuery {
  readonly limit: number
  /** The key behind which the page begins. */
  readonly after?: string | undefined
}

const cursor = z
  .string()
  .min(1)
  .max(cursorCharsMax)
  .regex(/^[A-Za-z0-9_-]+$/)
  .transform((text, context) => {
    const key = Buffer.from(text, 'base64url').toString('utf8')
    if (cursorOf(key) === text) return key
    context.addIssue({
      code: 'custom',
      params: { az: 'siyahının verdiyi `next` deyil', en: 'is no `next` of a list' },
    })
    return z.NEVER
  })

/** The parameters of every list: `@Query({ schema: pageQuery })`; with filters, `pageQuery.extend({ … })`. */
export const pageQuery = z.strictObject({
  limit: numberText(1, pageSizeMax).default(pageSizeDefault),
  after: cursor.optional(),
})

/** The schema of a page of these. */
export function pageOf<Item extends z.ZodType>(
  item: Item,
): z.ZodObject<{ items: z.ZodArray<Item>; next: z.ZodOptional<z.ZodString> }> {
  return z.object({ items: z.array(item), next: z.string().optional() })
}

/**
 * A page of what was found.
 * @param found - in the order of keys, up to one more than `limit`, which tells that there is another page
 */
export function page<Item>(
  found: readonly Item[],
  limit: number,
  keyOf: (item: Item) => string,
): Page<Item> {
  const items = found.slice(0, limit)
  const last = items.at(-1)
  if (found.length <= limit || last === undefined) return { items }
  return { items, next: cursorOf(keyOf(last)) }
}

/** What a key is as `next`. */
export function cursorOf(key: string): string {
  return Buffer.from(key, 'utf8').toString('base64url')
}
