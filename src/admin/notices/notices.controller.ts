import { Controller, Get, Inject, Param, Post, Query } from '@nestjs/common'
import { z } from 'zod'
import { noticeText, type Notice } from '../../notice/notice.js'
import { listNotices, readNotice, type Recipient } from '../../notice/notice.store.js'
import { AdminDatabase } from '../admin-database.store.js'
import { Answers, ApiProblems } from '../answers.decorator.js'
import { CallerOf } from '../caller-of.decorator.js'
import type { Caller } from '../caller.js'
import { page, pageOf, pageQuery, type Page } from '../paging.js'
import { Everyone } from '../permission.js'
import { Problem } from '../problem.js'

const noticeId = z.uuid()
const noticeQuery = pageQuery.extend({ unread: z.enum(['true', 'false']).default('false') })
type NoticeQuery = z.infer<typeof noticeQuery>

const noticeSchema = z
  .object({
    id: z.string(),
    at: z.string().meta({ format: 'date-time' }),
    member: z.string().optional(),
    role: z.string().optional(),
    domain: z.string().optional(),
    kind: z.string(),
    subject: z.string(),
    data: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
    text: z.object({ az: z.string(), en: z.string() }),
    readAt: z.string().meta({ format: 'date-time' }).optional(),
  })
  .meta({ id: 'Notice' })
type NoticeJson = z.infer<typeof noticeSchema>

/** What the caller is told of: as an administrator of members or domains, and in their roles. */
@Controller('notices')
export class NoticesController {
  readonly #database: AdminDatabase

  constructor(@Inject(AdminDatabase) database: AdminDatabase) {
    this.#database = database
  }

  @Get()
  @Everyone()
  @Answers(pageOf(noticeSchema))
  async list(
    @CallerOf() caller: Caller,
    @Query({ schema: noticeQuery }) { limit, after, unread }: NoticeQuery,
  ): Promise<Page<NoticeJson>> {
    if (after !== undefined && !noticeId.safeParse(after).success) throw new Problem('INVALID')
    const found = await listNotices(this.#database.pool, recipientOf(caller), {
      ...{ after, unread: unread === 'true', limit: limit + 1 },
    })
    return page(found.map(noticeJson), limit, ({ id }) => id)
  }

  @Post(':id/read')
  @Everyone()
  @Answers(noticeSchema)
  @ApiProblems('NOT_FOUND')
  async read(
    @CallerOf() caller: Caller,
    @Param('id', { schema: noticeId }) id: string,
  ): Promise<NoticeJson> {
    const notice = await readNotice(this.#database.pool, recipientOf(caller), id)
    if (!notice) throw new Problem('NOT_FOUND')
    return noticeJson(notice)
  }
}

/** A member's administrator has the member's notices, a domain's the domain's; the other roles have their own. */
function recipientOf({ members, domains, assignments }: Caller): Recipient {
  return { members, domains, roles: [...new Set(assignments.map(({ role }) => role))] }
}

function noticeJson(notice: Notice): NoticeJson {
  const { id, at, recipientMember, recipientRole, recipientDomain } = notice
  const { kind, subject, data, readAt } = notice
  return {
    ...{ id, kind, subject, data, at: at.toISOString(), text: noticeText(notice) },
    ...(recipientMember !== undefined && { member: recipientMember }),
    ...(recipientRole !== undefined && { role: recipientRole }),
    ...(recipientDomain !== undefined && { domain: recipientDomain }),
    ...(readAt !== undefined && { readAt: readAt.toISOString() }),
  }
}
