import { Body, Controller, Get, Inject, Param, Post, Query } from '@nestjs/common'
import { z } from 'zod'
import { recordAct } from '../../audit-log/audit-log.store.js'
import { addRequirementSet, RequirementSets } from '../../conformity/requirement-sets.store.js'
import { AdminDatabase, type AdminTransaction } from '../admin-database.store.js'
import { Answers, ApiProblems } from '../answers.decorator.js'
import { CallerOf } from '../caller-of.decorator.js'
import type { Caller } from '../caller.js'
import { numberText } from '../number-text.js'
import { page, pageOf, pageQuery, type Page, type PageQuery } from '../paging.js'
import { Permit, Public } from '../permission.js'
import { Problem } from '../problem.js'
import {
  newRequirementSet,
  requirementSetJson,
  requirementSetSchema,
  type NewRequirementSetJson,
  type RequirementSetJson,
} from './requirement-set-json.js'

const versionMax = 1_000_000
const version = numberText(1, versionMax)
const versionOrInForce = z.union([z.literal('in-force'), version])

/** The technical requirements by version: what an applicant is held to, for everybody to read. */
@Controller('requirement-sets')
export class RequirementSetsController {
  readonly #database: AdminDatabase
  readonly #sets: RequirementSets

  constructor(
    @Inject(AdminDatabase) database: AdminDatabase,
    @Inject(RequirementSets) sets: RequirementSets,
  ) {
    this.#database = database
    this.#sets = sets
  }

  @Get()
  @Public()
  @Answers(pageOf(requirementSetSchema))
  async list(
    @Query({ schema: pageQuery }) { limit, after }: PageQuery,
  ): Promise<Page<RequirementSetJson>> {
    const before = after === undefined ? undefined : version.safeParse(after)
    if (before && !before.success) throw new Problem('INVALID')
    const found = await this.#sets.list(limit + 1, before?.data)
    return page(found.map(requirementSetJson), limit, (set) => String(set.version))
  }

  /** A version, or the one that is in force now. */
  @Get(':version')
  @Public()
  @Answers(requirementSetSchema)
  @ApiProblems('NOT_FOUND')
  async get(
    @Param('version', { schema: versionOrInForce }) which: z.infer<typeof versionOrInForce>,
  ): Promise<RequirementSetJson> {
    if (which === 'in-force') return requirementSetJson(await this.#sets.inForce(new Date()))
    const found = await this.#sets.find(which)
    if (!found) throw new Problem('NOT_FOUND')
    return requirementSetJson(found)
  }

  /** Writes the next version, which comes into force on its day; no version is ever changed. */
  @Post()
  @Permit('OPERATOR')
  @Answers(requirementSetSchema, { status: 201 })
  @ApiProblems('CONFLICT', 'UNPROCESSABLE')
  async write(
    @CallerOf() caller: Caller,
    @Body({ schema: newRequirementSet }) written: NewRequirementSetJson,
  ): Promise<RequirementSetJson> {
    if (new Date(written.inForceFrom) <= new Date()) throw inThePast()
    const number = await this.#database
      .transaction((client) => add(client, written, caller))
      .catch((error: unknown) => {
        throw isTaken(error) ? new Problem('CONFLICT', { cause: error }) : error
      })
    return this.get(number)
  }
}

function inThePast(): Problem {
  const az = 'Tələblərin yeni versiyası gələcək vaxtdan qüvvəyə minməlidir'
  const en = 'A new version of the requirements comes into force in the future'
  return new Problem('UNPROCESSABLE', { detail: { az, en } })
}

/** @throws Problem UNPROCESSABLE */
async function add(
  client: AdminTransaction,
  { reason, inForceFrom, recheckUntil, requirements }: NewRequirementSetJson,
  caller: Caller,
): Promise<number> {
  const set = {
    inForceFrom: new Date(inForceFrom),
    recheckUntil: recheckUntil === undefined ? undefined : new Date(recheckUntil),
    requirements,
  }
  const number = await addRequirementSet(client, set, caller.name)
  if (number === undefined) {
    const az = 'Sonuncu versiyadan sonra qüvvəyə minməlidir'
    const en = 'It must come into force after the newest version'
    throw new Problem('UNPROCESSABLE', { detail: { az, en } })
  }
  await recordAct(client, {
    ...{ kind: 'requirement-set.write', ...caller.actor(), reason },
    subject: `requirement set ${number}`,
    after: { ...requirementSetJson({ version: number, ...set }), requirements: codesOf(set) },
  })
  return number
}

/** The texts stand in the table, which keeps them as well. */
function codesOf({ requirements }: Pick<NewRequirementSetJson, 'requirements'>): string {
  return requirements.map(({ code, by }) => `${code} ${by}`).join(', ')
}

function isTaken(error: unknown): boolean {
  return (error as { readonly code?: unknown }).code === '23505'
}
