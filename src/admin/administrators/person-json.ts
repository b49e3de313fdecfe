import { z } from 'zod'
import { phoneCharsMax, postCharsMax } from './limits.js'
import type { ExportedPerson, ResponsiblePerson } from './responsible-person.store.js'
import { emailText, lineText, nameText } from './texts.js'

const kind = z.enum(['responsible', 'technical'])

export const personFieldsSchema = z
  .strictObject({
    kind,
    name: nameText,
    post: lineText(postCharsMax),
    email: emailText,
    phone: z
      .string()
      .min(3)
      .max(phoneCharsMax)
      .regex(/^\+?[0-9][0-9 ()-]*$/)
      .optional(),
  })
  .meta({ id: 'PersonFields', description: 'Whom a member names as responsible' })

export const personSchema = z
  .object({
    id: z.uuid(),
    member: z.string(),
    kind,
    name: z.string(),
    post: z.string(),
    email: z.string(),
    phone: z.string().optional(),
    from: z.iso.datetime(),
    until: z.iso.datetime().optional(),
  })
  .meta({ id: 'ResponsiblePerson' })
export type PersonJson = z.output<typeof personSchema>

export function personJson(person: ResponsiblePerson): PersonJson {
  const { id, member, kind: of, name, post, email, phone, from, until } = person
  return {
    ...{ id, member, kind: of, name, post, email },
    ...(phone !== undefined && { phone }),
    from: from.toISOString(),
    ...(until !== undefined && { until: until.toISOString() }),
  }
}

export const personListSchema = z
  .object({
    items: z.array(personSchema),
    confirmedAt: z.iso.datetime().optional(),
    confirmBy: z.iso.datetime().optional(),
    isOverdue: z.boolean(),
  })
  .meta({ id: 'ResponsiblePersons' })

export const confirmationSchema = z.object({ confirmedAt: z.iso.datetime() })

/** `true` also gives those of before. */
export const personQuery = z.strictObject({ former: z.enum(['true', 'false']).default('false') })

export const exportSchema = z.object({
  items: z.array(
    z.object({
      member: z.string(),
      kind: z.enum(['responsible', 'technical', 'user', 'nobody']),
      name: z.string().nullable(),
      post: z.string().nullable(),
      email: z.string().nullable(),
      phone: z.string().nullable(),
      login: z.string().nullable(),
      from: z.iso.datetime().nullable(),
      confirmedAt: z.iso.datetime().nullable(),
    }),
  ),
})

export function exportJson(persons: readonly ExportedPerson[]): z.output<typeof exportSchema> {
  return {
    items: persons.map(({ from, confirmedAt, ...rest }) => ({
      ...rest,
      from: from?.toISOString() ?? null,
      confirmedAt: confirmedAt?.toISOString() ?? null,
    })),
  }
}

export const exportQuery = z.strictObject({
  domain: lineText(100).optional().meta({ description: 'Of members with a system in this domain' }),
})
