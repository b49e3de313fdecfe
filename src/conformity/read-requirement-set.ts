import { z } from 'zod'
import { objectKinds, type RequirementSet } from './requirement.js'

const listedMax = 200
const text = z.string().min(1).max(2_000)

const setSchema = z.object({
  version: z.int().min(1),
  inForceFrom: z.iso.datetime({ offset: true }),
  recheckUntil: z.iso.datetime({ offset: true }).optional(),
  requirements: z
    .array(
      z.object({
        code: z.string().regex(/^TT-[0-9]{2,3}$/),
        text: z.object({ az: text, en: text }),
        clause: text,
        appliesTo: z.array(z.enum(objectKinds)).min(1).max(objectKinds.length),
        by: z.enum(['automatic', 'document', 'data']),
      }),
    )
    .min(1)
    .max(listedMax)
    .refine(
      (all) => new Set(all.map(({ code }) => code)).size === all.length,
      'names a code twice',
    ),
})

/**
 * A version of the requirements as the bus gives it (`GET /v1/requirement-sets/in-force`).
 * @returns what is wrong with it, in English, where it is none
 */
export function readRequirementSet(bytes: Uint8Array): RequirementSet | string {
  let value: unknown
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch {
    return 'it is no JSON'
  }
  const { data, error } = setSchema.safeParse(value)
  if (!data) {
    const [issue] = error.issues
    return issue ? `/${issue.path.join('/')} ${issue.message}` : 'it is no requirement set'
  }
  const { inForceFrom, recheckUntil } = data
  return {
    ...data,
    inForceFrom: new Date(inForceFrom),
    recheckUntil: recheckUntil === undefined ? undefined : new Date(recheckUntil),
  }
}
