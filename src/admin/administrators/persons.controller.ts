import { Body, Controller, Get, Inject, Param, Post, Put, Query } from '@nestjs/common'
import type { z } from 'zod'
import type { MemberId } from '../../exchange/identifier.js'
import { Answers, ApiProblems } from '../answers.decorator.js'
import { CallerOf } from '../caller-of.decorator.js'
import type { Caller } from '../caller.js'
import { IfMatch } from '../if-match.decorator.js'
import { Permit } from '../permission.js'
import { Tagged } from '../tagged.js'
import {
  confirmationSchema,
  personFieldsSchema,
  personJson,
  personListSchema,
  personQuery,
  personSchema,
  type PersonJson,
} from './person-json.js'
import type { PersonFields, ResponsiblePerson } from './responsible-person.store.js'
import { ResponsiblePersons } from './responsible-persons.js'
import { idText, memberText } from './texts.js'

const memberAdmin = { role: 'MEMBER_ADMIN', member: 'member' } as const

/** Whom a member names as responsible, and as technical contacts. */
@Controller('members/:member/responsible-persons')
export class PersonsController {
  readonly #persons: ResponsiblePersons

  constructor(@Inject(ResponsiblePersons) persons: ResponsiblePersons) {
    this.#persons = persons
  }

  @Get()
  @Permit('OPERATOR', 'AGENCY', 'SECURITY', memberAdmin)
  @Answers(personListSchema)
  @ApiProblems('NOT_FOUND')
  async list(
    @Param('member', { schema: memberText }) member: MemberId,
    @Query({ schema: personQuery }) { former }: z.output<typeof personQuery>,
  ): Promise<z.output<typeof personListSchema>> {
    const list = await this.#persons.list(member, former === 'true')
    return {
      items: list.persons.map(personJson),
      ...(list.confirmedAt && { confirmedAt: list.confirmedAt.toISOString() }),
      ...(list.confirmBy && { confirmBy: list.confirmBy.toISOString() }),
      isOverdue: list.isOverdue,
    }
  }

  @Post()
  @Permit('OPERATOR', memberAdmin)
  @Answers(personSchema, { status: 201, tagged: true })
  @ApiProblems('NOT_FOUND', 'CONFLICT')
  async add(
    @CallerOf() caller: Caller,
    @Param('member', { schema: memberText }) member: MemberId,
    @Body({ schema: personFieldsSchema }) body: z.output<typeof personFieldsSchema>,
  ): Promise<Tagged<PersonJson>> {
    return tagged(await this.#persons.add(caller, member, fieldsOf(body)))
  }

  /** The list is right as it stands; due every 180 days. */
  @Post('confirmations')
  @Permit(memberAdmin)
  @Answers(confirmationSchema, { status: 201 })
  @ApiProblems('NOT_FOUND')
  async confirm(
    @CallerOf() caller: Caller,
    @Param('member', { schema: memberText }) member: MemberId,
  ): Promise<z.output<typeof confirmationSchema>> {
    return { confirmedAt: (await this.#persons.confirm(caller, member)).toISOString() }
  }

  @Put(':id')
  @Permit('OPERATOR', memberAdmin)
  @Answers(personSchema, { tagged: true })
  @ApiProblems('NOT_FOUND', 'CONFLICT')
  async change(
    @CallerOf() caller: Caller,
    @Param('member', { schema: memberText }) member: MemberId,
    @Param('id', { schema: idText }) id: string,
    @IfMatch() revision: number,
    @Body({ schema: personFieldsSchema }) body: z.output<typeof personFieldsSchema>,
  ): Promise<Tagged<PersonJson>> {
    const which = { member, id, revision }
    return tagged(await this.#persons.change(caller, which, fieldsOf(body)))
  }

  /** Somebody is it no more; the entry stays. */
  @Post(':id/end')
  @Permit('OPERATOR', memberAdmin)
  @Answers(personSchema, { tagged: true })
  @ApiProblems('NOT_FOUND', 'CONFLICT')
  async end(
    @CallerOf() caller: Caller,
    @Param('member', { schema: memberText }) member: MemberId,
    @Param('id', { schema: idText }) id: string,
    @IfMatch() revision: number,
  ): Promise<Tagged<PersonJson>> {
    return tagged(await this.#persons.end(caller, { member, id, revision }))
  }
}

function fieldsOf(body: z.output<typeof personFieldsSchema>): PersonFields {
  return { ...body, phone: body.phone }
}

function tagged(person: ResponsiblePerson): Tagged<PersonJson> {
  return new Tagged(personJson(person), person.revision)
}
