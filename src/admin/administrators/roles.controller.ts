import { Body, Controller, Get, Inject, Param, Post, Query } from '@nestjs/common'
import { z } from 'zod'
import { Answers, ApiProblems } from '../answers.decorator.js'
import { CallerOf } from '../caller-of.decorator.js'
import type { Caller } from '../caller.js'
import { IfMatch } from '../if-match.decorator.js'
import { page, pageOf, type Page } from '../paging.js'
import { Permit, roles } from '../permission.js'
import { Tagged } from '../tagged.js'
import {
  assignmentJson,
  assignmentSchema,
  endSchema,
  newAssignmentSchema,
  type AssignmentJson,
} from './administrator-json.js'
import { AdministratorList } from './administrator-list.js'
import { doerOf } from './doer.js'
import type { StoredAssignment } from './role-assignment.store.js'
import { RoleChanges } from './role-changes.js'
import { idPageQuery, idText } from './texts.js'

const assignmentQuery = idPageQuery.extend({
  administrator: idText.optional(),
  role: z.enum(roles).optional(),
})

/** Who has which role, from when until when. An assignment is not deleted: it ends. */
@Controller('role-assignments')
export class RolesController {
  readonly #list: AdministratorList
  readonly #roles: RoleChanges

  constructor(
    @Inject(AdministratorList) list: AdministratorList,
    @Inject(RoleChanges) changes: RoleChanges,
  ) {
    this.#list = list
    this.#roles = changes
  }

  @Get()
  @Permit('OPERATOR', 'AGENCY', 'SECURITY', 'FOUNDER_ADMIN', 'MEMBER_ADMIN')
  @Answers(pageOf(assignmentSchema))
  async find(
    @CallerOf() caller: Caller,
    @Query({ schema: assignmentQuery }) query: z.output<typeof assignmentQuery>,
  ): Promise<Page<AssignmentJson>> {
    const { limit, after, administrator, role } = query
    const wanted = { limit: limit + 1, after, administrator, role }
    const found = await this.#list.assignments(caller, wanted)
    return page(found.map(assignmentJson), limit, ({ id }) => id)
  }

  @Get(':id')
  @Permit('OPERATOR', 'AGENCY', 'SECURITY', 'FOUNDER_ADMIN', 'MEMBER_ADMIN')
  @Answers(assignmentSchema, { tagged: true })
  @ApiProblems('NOT_FOUND')
  async read(
    @CallerOf() caller: Caller,
    @Param('id', { schema: idText }) id: string,
  ): Promise<Tagged<AssignmentJson>> {
    return tagged(await this.#list.assignment(caller, id))
  }

  /** Nobody grants a role to themselves; whoever is granted one has to log in again. */
  @Post()
  @Permit('OPERATOR', 'FOUNDER_ADMIN', 'MEMBER_ADMIN')
  @Answers(assignmentSchema, { status: 201, tagged: true })
  @ApiProblems('CONFLICT', 'UNPROCESSABLE')
  async grant(
    @CallerOf() caller: Caller,
    @Body({ schema: newAssignmentSchema }) body: z.output<typeof newAssignmentSchema>,
  ): Promise<Tagged<AssignmentJson>> {
    const { administrator, role, scope, from, until } = body
    const wanted = { administrator, role, scope, from, until }
    return tagged(await this.#roles.grant(doerOf(caller), wanted))
  }

  /** The last operator's role does not end before a successor's begins. */
  @Post(':id/end')
  @Permit('OPERATOR', 'AGENCY', 'SECURITY', 'FOUNDER_ADMIN', 'MEMBER_ADMIN')
  @Answers(assignmentSchema, { tagged: true })
  @ApiProblems('NOT_FOUND', 'CONFLICT', 'UNPROCESSABLE')
  async end(
    @CallerOf() caller: Caller,
    @Param('id', { schema: idText }) id: string,
    @IfMatch() revision: number,
    @Body({ schema: endSchema }) { until }: z.output<typeof endSchema>,
  ): Promise<Tagged<AssignmentJson>> {
    return tagged(await this.#roles.end(doerOf(caller), { id, revision }, until))
  }
}

function tagged(assignment: StoredAssignment): Tagged<AssignmentJson> {
  return new Tagged(assignmentJson(assignment), assignment.revision)
}
