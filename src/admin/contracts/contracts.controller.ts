import { Body, Controller, Get, Inject, Param, Post, Query, StreamableFile } from '@nestjs/common'
import type { z } from 'zod'
import { writeContractArchive } from '../../contract/contract-archive.js'
import { unpackFiles } from '../../contract/pack-files.js'
import { AdminDatabase } from '../admin-database.store.js'
import { Answers, AnswersBytes, ApiProblems, TakesBytes } from '../answers.decorator.js'
import { CallerOf } from '../caller-of.decorator.js'
import { oversees, type Caller } from '../caller.js'
import { page, pageOf, type Page } from '../paging.js'
import { Everyone, Permit } from '../permission.js'
import { Problem } from '../problem.js'
import { ContractDesk } from './contract-desk.js'
import {
  contractDigest,
  contractJson,
  contractSchema,
  contractsQuery,
  type ContractJson,
} from './contract-json.js'
import { filesOf, findContract, listContracts, type Sight } from './contracts.store.js'
import { contractArchiveBytesMax } from './limits.js'

/** Contracts of services. A service is held to one by its digest; none is ever changed or taken away. */
@Controller('contracts')
export class ContractsController {
  readonly #desk: ContractDesk
  readonly #database: AdminDatabase

  constructor(
    @Inject(ContractDesk) desk: ContractDesk,
    @Inject(AdminDatabase) database: AdminDatabase,
  ) {
    this.#desk = desk
    this.#database = database
  }

  /** Takes a contract's folder as a ZIP archive; the same files have the same digest, and are registered once. */
  @Post()
  @Permit('OPERATOR', 'MEMBER_ADMIN')
  @TakesBytes(['application/zip'], contractArchiveBytesMax)
  @Answers(contractSchema, { status: 201 })
  @ApiProblems('CONFLICT', 'UNPROCESSABLE')
  async register(@Body() archive: Buffer, @CallerOf() caller: Caller): Promise<ContractJson> {
    return contractJson(await this.#desk.register(archive, caller))
  }

  /** Those that services are held to and those written for any system; of others, one's own. */
  @Get()
  @Everyone()
  @Answers(pageOf(contractSchema))
  async list(
    @Query({ schema: contractsQuery }) { limit, after, service }: z.infer<typeof contractsQuery>,
    @CallerOf() caller: Caller,
  ): Promise<Page<ContractJson>> {
    const wanted = { limit: limit + 1, after, service, ...sightOf(caller) }
    const found = await listContracts(this.#database.pool, wanted)
    return page(found.map(contractJson), limit, ({ digest }) => digest)
  }

  @Get(':digest')
  @Everyone()
  @Answers(contractSchema)
  @ApiProblems('NOT_FOUND')
  async get(
    @Param('digest', { schema: contractDigest }) digest: string,
    @CallerOf() caller: Caller,
  ): Promise<ContractJson> {
    const found = await findContract(this.#database.pool, digest, sightOf(caller))
    if (!found) throw new Problem('NOT_FOUND')
    return contractJson(found)
  }

  /** Its folder as a ZIP archive, without samples, which are no part of it. */
  @Get(':digest/files')
  @Everyone()
  @AnswersBytes('application/zip')
  @ApiProblems('NOT_FOUND')
  async files(
    @Param('digest', { schema: contractDigest }) digest: string,
    @CallerOf() caller: Caller,
  ): Promise<StreamableFile> {
    const { pool } = this.#database
    const found = await findContract(pool, digest, sightOf(caller))
    const packed = found && (await filesOf(pool, digest))
    if (!packed) throw new Problem('NOT_FOUND')
    return new StreamableFile(await writeContractArchive(unpackFiles(packed)))
  }
}

function sightOf(caller: Caller): Sight {
  return { ofMembers: oversees(caller) ? undefined : caller.members }
}
