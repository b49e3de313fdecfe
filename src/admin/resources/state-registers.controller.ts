import { Body, Controller, Get, Inject, Post, Query, StreamableFile } from '@nestjs/common'
import { z } from 'zod'
import { RegistryReader } from '../../registry/registry-reader.store.js'
import { AdminDatabase } from '../admin-database.store.js'
import { Answers, AnswersBytes, ApiProblems, TakesBytes } from '../answers.decorator.js'
import { CallerOf } from '../caller-of.decorator.js'
import type { Caller } from '../caller.js'
import { csvLimits } from '../csv/limits.js'
import { badLines } from '../csv/read-csv.js'
import { Everyone, Permit } from '../permission.js'
import { Problem } from '../problem.js'
import { reasonText } from '../reason-text.js'
import { RegistryChanges } from '../registry/registry-changes.js'
import { atQuery, type AtQuery } from '../registry/registry-entries.js'
import {
  readPersonalData,
  readResources,
  writePersonalData,
  writeResources,
  type DeclaredLine,
} from './register-csv.js'
import { countByHolder } from './relations.store.js'

const importQuery = z.strictObject({
  dryRun: z.enum(['true', 'false']).default('false'),
  reason: reasonText.optional(),
})
type ImportQuery = z.infer<typeof importQuery>

const importedSchema = z
  .object({
    written: z.boolean(),
    added: z.int(),
    changed: z.int(),
    unchanged: z.int(),
  })
  .meta({ id: 'RegisterImported', description: 'What a file changed, or would change' })
type Imported = z.infer<typeof importedSchema>

const countsSchema = z
  .object({
    lines: z.array(
      z.object({
        holder: z.string(),
        name: z.object({ az: z.string(), en: z.string() }),
        resources: z.int(),
        personalDataSystems: z.int(),
        total: z.int(),
      }),
    ),
    totals: z.object({ resources: z.int(), personalDataSystems: z.int(), total: z.int() }),
  })
  .meta({ id: 'RegisterCounts', description: 'Entries of the State Registers by holder' })

/** The two State Registers as files: information resources, and information systems with personal data. */
@Controller('state-registers')
export class StateRegistersController {
  readonly #reader: RegistryReader
  readonly #changes: RegistryChanges
  readonly #database: AdminDatabase

  constructor(
    @Inject(RegistryReader) reader: RegistryReader,
    @Inject(RegistryChanges) changes: RegistryChanges,
    @Inject(AdminDatabase) database: AdminDatabase,
  ) {
    this.#reader = reader
    this.#changes = changes
    this.#database = database
  }

  /** As it is, or was. */
  @Get('resources.csv')
  @Permit('OPERATOR', 'AGENCY', 'SECURITY')
  @AnswersBytes('text/csv')
  async resources(@Query({ schema: atQuery }) { asOf }: AtQuery): Promise<StreamableFile> {
    const { resources } = await this.#reader.contentAt(asOf ?? new Date())
    return new StreamableFile(
      writeResources(resources.filter(({ state, status }) => state && status !== 'liquidated')),
    )
  }

  @Get('personal-data.csv')
  @Permit('OPERATOR', 'AGENCY', 'SECURITY')
  @AnswersBytes('text/csv')
  async personalData(@Query({ schema: atQuery }) { asOf }: AtQuery): Promise<StreamableFile> {
    const { personalData } = await this.#reader.contentAt(asOf ?? new Date())
    return new StreamableFile(
      writePersonalData(personalData.filter(({ status }) => status === 'active')),
    )
  }

  /** How many entries each holder has in either register, with totals that are the sums of the lines. */
  @Get('counts')
  @Everyone()
  @Answers(countsSchema)
  async counts(): Promise<z.infer<typeof countsSchema>> {
    const found = await countByHolder(this.#database.pool)
    const lines = found.map((line) => ({
      ...line,
      total: line.resources + line.personalDataSystems,
    }))
    const sum = (of: (line: (typeof lines)[number]) => number): number =>
      lines.reduce((total, line) => total + of(line), 0)
    const totals = {
      resources: sum(({ resources }) => resources),
      personalDataSystems: sum(({ personalDataSystems }) => personalDataSystems),
    }
    return { lines, totals: { ...totals, total: totals.resources + totals.personalDataSystems } }
  }

  /** All lines or none; a cell that is empty leaves what the registry has. */
  @Post('resources')
  @Permit('OPERATOR')
  @TakesBytes(['text/csv'], csvLimits.bytesMax)
  @Answers(importedSchema)
  @ApiProblems('UNPROCESSABLE')
  importResources(
    @Body() file: Buffer,
    @Query({ schema: importQuery }) query: ImportQuery,
    @CallerOf() caller: Caller,
  ): Promise<Imported> {
    return this.#import('resources', readResources(file), { query, caller })
  }

  /** All lines or none; a cell that is empty leaves what the registry has. */
  @Post('personal-data')
  @Permit('OPERATOR')
  @TakesBytes(['text/csv'], csvLimits.bytesMax)
  @Answers(importedSchema)
  @ApiProblems('UNPROCESSABLE')
  importPersonalData(
    @Body() file: Buffer,
    @Query({ schema: importQuery }) query: ImportQuery,
    @CallerOf() caller: Caller,
  ): Promise<Imported> {
    return this.#import('personalData', readPersonalData(file), { query, caller })
  }

  async #import(
    noun: 'resources' | 'personalData',
    lines: readonly DeclaredLine[],
    { query, caller }: { readonly query: ImportQuery; readonly caller: Caller },
  ): Promise<Imported> {
    const dryRun = query.dryRun === 'true'
    const entries = lines.map(({ entry }) => entry)
    const applied = this.#changes.apply(({ instance }) => ({ instance, [noun]: entries }), {
      ...{ caller, reason: query.reason, dryRun },
    })
    const { plan } = await applied.catch((error: unknown) => {
      throw inLines(error, noun, lines)
    })
    const added = plan.changes.filter(({ kind }) => kind === 'added').length
    return {
      ...{ written: !dryRun && plan.changes.length > 0, added },
      ...{ changed: plan.changes.length - added, unchanged: plan.unchanged },
    }
  }
}

/** What the registry has against an entry is told at the line of the file. */
function inLines(error: unknown, noun: string, lines: readonly DeclaredLine[]): unknown {
  if (!(error instanceof Problem) || error.errors.length === 0) return error
  return badLines(
    error.errors.map(({ pointer, detail }) => {
      const [, ofNoun, index = '', ...field] = pointer.split('/')
      const line = ofNoun === noun ? lines[Number(index)]?.line : undefined
      const place = field.length === 0 || typeof detail !== 'string' ? '' : `${field.join('.')}: `
      return [line ?? 1, typeof detail === 'string' ? `${place}${detail}` : detail]
    }),
  )
}
