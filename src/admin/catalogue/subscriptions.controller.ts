import { Body, Controller, Delete, Get, Inject, Param, Post, Query } from '@nestjs/common'
import { v7 as newId } from 'uuid'
import { z } from 'zod'
import { recordAct } from '../../audit-log/audit-log.store.js'
import { catalogueLimits } from '../../catalogue/limits.js'
import type { Recipient } from '../../notice/notice.store.js'
import { folded } from '../../registry/folded.js'
import { AdminDatabase } from '../admin-database.store.js'
import { Answers, AnswersNothing, ApiProblems } from '../answers.decorator.js'
import { pageKey } from '../access-right-requests/page-key.js'
import { CallerOf } from '../caller-of.decorator.js'
import type { Caller } from '../caller.js'
import { page, pageOf, pageQuery, type Page } from '../paging.js'
import { Permit } from '../permission.js'
import { Problem } from '../problem.js'
import { identifier } from '../registry/fields.js'
import {
  addSubscription,
  countSubscriptions,
  endSubscription,
  isThere,
  listSubscriptions,
  subscriptionSubjects,
  type Subscription,
} from './subscription.store.js'

const recipientRoles = ['OPERATOR', 'AGENCY', 'SECURITY'] as const

const newSubscription = z
  .strictObject({
    about: z.enum(subscriptionSubjects),
    object: identifier
      .refine((text) => text.isWellFormed(), {
        params: { az: 'mətn düzgün deyil', en: 'is no well-formed text' },
      })
      .optional()
      .describe('A member, a service with or without its version, a data object; none of `all`'),
    recipient: z.union([
      z.strictObject({ member: identifier }),
      z.strictObject({ role: z.enum(recipientRoles) }),
    ]),
  })
  .meta({ id: 'NewCatalogueSubscription' })
type NewBody = z.infer<typeof newSubscription>

const subscriptionSchema = z
  .object({
    ...{ id: z.string(), about: z.enum(subscriptionSubjects), object: z.string().optional() },
    recipient: z.object({ member: z.string().optional(), role: z.string().optional() }),
    ...{ subscribedAt: z.iso.datetime(), subscribedBy: z.string() },
  })
  .meta({ id: 'CatalogueSubscription', description: 'Whom changes of the catalogue are told' })
type SubscriptionJson = z.infer<typeof subscriptionSchema>

/** Who is told when something of the catalogue is connected, changed or ends. */
@Controller('catalogue-subscriptions')
export class CatalogueSubscriptionsController {
  readonly #database: AdminDatabase

  constructor(@Inject(AdminDatabase) database: AdminDatabase) {
    this.#database = database
  }

  @Get()
  @Permit(...recipientRoles, 'MEMBER_ADMIN')
  @Answers(pageOf(subscriptionSchema))
  async list(
    @Query({ schema: pageQuery }) { limit, after }: z.infer<typeof pageQuery>,
    @CallerOf() caller: Caller,
  ): Promise<Page<SubscriptionJson>> {
    const wanted = { limit: limit + 1, after: pageKey(after) }
    const found = await listSubscriptions(this.#database.pool, recipientsOf(caller), wanted)
    return page(found.map(subscriptionJson), limit, ({ id }) => id)
  }

  @Post()
  @Permit(...recipientRoles, 'MEMBER_ADMIN')
  @Answers(subscriptionSchema, { status: 201 })
  @ApiProblems('CONFLICT', 'UNPROCESSABLE')
  async subscribe(
    @Body({ schema: newSubscription }) { about, object, recipient }: NewBody,
    @CallerOf() caller: Caller,
  ): Promise<SubscriptionJson> {
    const to = speaksFor(caller, recipient)
    if ((about === 'all') !== (object === undefined)) throw wrongObject()
    const author = caller.actor()
    return this.#database.transaction(async (client) => {
      if (object !== undefined && !(await isThere(client, about, object))) throw wrongObject()
      const count = await countSubscriptions(client, to.recipientMember ?? to.recipientRole ?? '')
      if (count >= catalogueLimits.subscriptionsMax) throw tooMany()
      const key = about === 'data-object' ? folded(object ?? '') : (object ?? '')
      const terms = { id: newId(), ...to, about, object, key, subscribedBy: author.actor }
      const made = await addSubscription(client, terms)
      if (!made) throw alreadyThere()
      const subject = `catalogue subscription ${made.id}`
      const after = subscriptionJson(made)
      await recordAct(client, { ...author, kind: 'catalogue-subscription.add', subject, after })
      return after
    })
  }

  @Delete(':id')
  @Permit(...recipientRoles, 'MEMBER_ADMIN')
  @AnswersNothing()
  @ApiProblems('NOT_FOUND')
  async end(
    @Param('id', { schema: z.uuid() }) id: string,
    @CallerOf() caller: Caller,
  ): Promise<void> {
    await this.#database.transaction(async (client) => {
      const ended = await endSubscription(client, recipientsOf(caller), id)
      if (!ended) throw new Problem('NOT_FOUND')
      const subject = `catalogue subscription ${id}`
      const before = subscriptionJson(ended)
      const kind = 'catalogue-subscription.end'
      await recordAct(client, { ...caller.actor(), kind, subject, before })
    })
  }
}

function recipientsOf(caller: Caller): Recipient {
  return { members: caller.members, roles: recipientRoles.filter((role) => caller.has(role)) }
}

/** @throws Problem FORBIDDEN for others than the caller speaks for */
function speaksFor(
  caller: Caller,
  recipient: NewBody['recipient'],
): Pick<Subscription, 'recipientMember' | 'recipientRole'> {
  const { members, roles } = recipientsOf(caller)
  if ('member' in recipient) {
    const { member } = recipient
    if (members.includes(member)) return { recipientMember: member, recipientRole: undefined }
  } else if (roles.includes(recipient.role)) {
    return { recipientMember: undefined, recipientRole: recipient.role }
  }
  const detail = { az: 'Başqasını abunə etmək olmaz', en: 'Nobody subscribes others' }
  throw new Problem('FORBIDDEN', { detail })
}

function wrongObject(): Problem {
  const detail = { az: 'kataloqda belə bir şey yoxdur', en: 'is nothing of the catalogue' }
  return new Problem('UNPROCESSABLE', { errors: [{ pointer: '/object', detail }] })
}

function tooMany(): Problem {
  const { subscriptionsMax: max } = catalogueLimits
  const detail = { az: `Abunələr ən çoxu ${max} ola bilər`, en: `There are at most ${max}` }
  return new Problem('CONFLICT', { detail })
}

function alreadyThere(): Problem {
  const detail = { az: 'Belə abunə artıq var', en: 'There is such a subscription already' }
  return new Problem('CONFLICT', { detail })
}

function subscriptionJson(subscription: Subscription): SubscriptionJson {
  const { id, about, object, recipientMember: member, recipientRole: role } = subscription
  return {
    ...{ id, about, ...(object !== undefined && { object }) },
    recipient: { ...(member !== undefined && { member }), ...(role !== undefined && { role }) },
    subscribedAt: subscription.subscribedAt.toISOString(),
    subscribedBy: subscription.subscribedBy,
  }
}
