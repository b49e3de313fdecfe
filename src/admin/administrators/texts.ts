import { z } from 'zod'
import { IdentifierError, parseMemberId, type MemberId } from '../../exchange/identifier.js'
import { pageQuery } from '../paging.js'
import { administratorNameCharsMax, emailCharsMax } from './limits.js'

/** A line of text that the database takes and a page can show: no control characters, not blank. */
export function lineText(charsMax: number): z.ZodType<string, string> {
  return z
    .string()
    .min(1)
    .max(charsMax)
    .regex(
      /^[^\u0000-\u001f\u007f-\u009f]*[^\s\u0000-\u001f\u007f-\u009f][^\u0000-\u001f\u007f-\u009f]*$/,
    )
    .refine((text) => text.isWellFormed())
}

export const nameText = lineText(administratorNameCharsMax)
export const emailText = z.email().max(emailCharsMax)

export const idText = z.uuid().transform((text) => text.toLowerCase())

/** A moment (RFC 3339). */
export const timeText = z.iso.datetime({ offset: true }).transform((text) => new Date(text))

/** `AZ/GOV/DIN` */
export const memberText = z
  .string()
  .max(400)
  .transform((text, context): MemberId => {
    try {
      return parseMemberId(text)
    } catch (error) {
      if (!(error instanceof IdentifierError)) throw error
      const params = { az: 'iştirakçının identifikatoru deyil', en: 'is no identifier of a member' }
      context.addIssue({ code: 'custom', params })
      return z.NEVER
    }
  })

/** A page of what has an id. */
export const idPageQuery = pageQuery.extend({
  after: pageQuery.shape.after.pipe(z.uuid().optional()),
})
export type IdPageQuery = z.output<typeof idPageQuery>

/** A page of what belongs to members, one each. */
export const memberPageQuery = pageQuery.extend({
  after: pageQuery.shape.after.pipe(memberText.optional()),
})
export type MemberPageQuery = z.output<typeof memberPageQuery>
