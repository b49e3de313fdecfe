import { z } from 'zod'
import { actKinds } from '../../audit-log/act.js'
import type { StoredAct } from '../../audit-log/audit-log.store.js'
import { pageQuery } from '../paging.js'
import { text } from '../registry/fields.js'

/** An act as the API shows it. */
export const actSchema = z
  .object({
    id: z.uuid(),
    recordedAt: z.string().optional(),
    kind: z.string().optional(),
    actor: z.string().optional().describe('The name of who acted'),
    account: z.string().optional().describe('The id of the administrator; of a command, the login'),
    role: z.string().optional(),
    subject: z.string().optional(),
    reason: z.string().optional(),
    before: z.unknown().optional(),
    after: z.unknown().optional(),
    leafHash: z.string().describe('Of its entry in the log `audit`, lower-case hexadecimal'),
    intact: z.boolean().describe('Whether what is stored still has this leaf hash'),
  })
  .meta({ id: 'Act', description: 'What an administrator did that has to be answered for' })
export type ActJson = z.infer<typeof actSchema>

const moment = z.iso.datetime({ offset: true })

/** Which acts somebody wants to see. */
export const actsQuery = pageQuery.extend({
  from: moment.optional(),
  until: moment.optional().describe('Just before it'),
  kind: z.enum(actKinds).optional(),
  actor: text.optional().describe('Name, or account, of who acted'),
  object: text.optional().describe('The whole subject, or the identifier that it ends with'),
})
export type ActsQuery = z.infer<typeof actsQuery>

export function actJson({ actId: id, fields, leafHash, isIntact }: StoredAct): ActJson {
  const stored = { id, leafHash: leafHash.toString('hex'), intact: isIntact }
  if (!fields) return stored
  const { recordedAt, kind, actor, account, role, subject, reason, before, after } = fields
  return {
    ...stored,
    ...{ recordedAt, kind, actor },
    ...(account !== undefined && { account }),
    ...(role !== undefined && { role }),
    ...(subject !== undefined && { subject }),
    ...(reason !== undefined && { reason }),
    ...(before !== undefined && { before }),
    ...(after !== undefined && { after }),
  }
}
