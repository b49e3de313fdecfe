import { Body, Controller, Get, Inject, Post, Query, StreamableFile } from '@nestjs/common'
import { z } from 'zod'
import { writeDeclaration } from '../../registry/declaration/write-declaration.js'
import type { RegistryContent } from '../../registry/registry-content.js'
import type { Plan } from '../../registry/plan/plan.js'
import { RegistryReader } from '../../registry/registry-reader.store.js'
import { declarationBytesMax } from '../../limits/registry.js'
import { AdminDatabase } from '../admin-database.store.js'
import { Answers, AnswersBytes, ApiProblems, TakesBytes } from '../answers.decorator.js'
import { CallerOf } from '../caller-of.decorator.js'
import type { Caller } from '../caller.js'
import { Permit } from '../permission.js'
import { reasonText } from '../reason-text.js'
import { ConnectionDeskGate } from './connection-desk.js'
import { refuseMaintenance } from './maintenance-status.js'
import { RegistryChanges } from './registry-changes.js'
import { atQuery, type AtQuery } from './registry-entries.js'

const applyQuery = z.strictObject({
  dryRun: z.enum(['true', 'false']).default('false'),
  reason: reasonText.optional(),
})

const appliedSchema = z
  .object({
    written: z.boolean(),
    generation: z.int(),
    unchanged: z.int(),
    changes: z.array(
      z.object({
        noun: z.string(),
        id: z.string(),
        kind: z.enum(['added', 'changed']),
        fields: z.array(
          z.object({ field: z.string(), old: z.string().optional(), new: z.string().optional() }),
        ),
      }),
    ),
    warnings: z.array(z.object({ field: z.string(), problem: z.string(), remedy: z.string() })),
  })
  .meta({ id: 'Applied', description: 'What a declaration changed, or would change' })

/** The registry as a whole, in the form that files have. */
@Controller('registry')
export class RegistryController {
  readonly #reader: RegistryReader
  readonly #changes: RegistryChanges
  readonly #gate: ConnectionDeskGate
  readonly #database: AdminDatabase

  constructor(
    @Inject(RegistryReader) reader: RegistryReader,
    @Inject(RegistryChanges) changes: RegistryChanges,
    @Inject(ConnectionDeskGate) gate: ConnectionDeskGate,
    @Inject(AdminDatabase) database: AdminDatabase,
  ) {
    this.#database = database
    this.#gate = gate
    this.#reader = reader
    this.#changes = changes
  }

  readonly #accept = (plan: Plan): void => {
    this.#gate.accept(plan)
    refuseMaintenance(plan)
  }

  /** The same declaration that `sluice registry export` writes; with `asOf`, as it was then. */
  @Get('declaration')
  @Permit('OPERATOR', 'AGENCY', 'SECURITY')
  @AnswersBytes('application/yaml')
  async export(@Query({ schema: atQuery }) { asOf }: AtQuery): Promise<StreamableFile> {
    const content: RegistryContent = await this.#reader.contentAt(asOf ?? new Date())
    return new StreamableFile(Buffer.from(writeDeclaration(content)))
  }

  /** Applies a declaration in YAML, which JSON is too, all of it or nothing. Certificates stand in it as `pem`, contracts by digest. */
  @Post('declarations')
  @Permit('OPERATOR')
  @TakesBytes(['application/yaml'], declarationBytesMax)
  @Answers(appliedSchema)
  @ApiProblems('CONFLICT', 'UNPROCESSABLE')
  async apply(
    @Body() declaration: Buffer,
    @Query({ schema: applyQuery }) { dryRun, reason }: z.infer<typeof applyQuery>,
    @CallerOf() caller: Caller,
  ): Promise<z.infer<typeof appliedSchema>> {
    const isDry = dryRun === 'true'
    const { plan, generation } = await this.#changes.apply(declaration.toString('utf8'), {
      ...{ caller, reason, dryRun: isDry, accept: this.#accept, also: this.#gate.checkDeclared },
    })
    const { changes, warnings, unchanged, entryChanges } = plan
    // What would be refused is refused where nothing is written, too.
    if (isDry) await this.#gate.checkDeclared(this.#database.pool, entryChanges)
    return {
      ...{ written: !isDry && changes.length > 0, generation, unchanged },
      changes: changes.map(({ fields, ...change }) => ({
        ...change,
        fields: fields.map(({ field, old, new: now }) => ({
          field,
          ...(old !== undefined && { old }),
          ...(now !== undefined && { new: now }),
        })),
      })),
      warnings: warnings.map(({ field, problem, remedy }) => ({ field, problem, remedy })),
    }
  }
}
