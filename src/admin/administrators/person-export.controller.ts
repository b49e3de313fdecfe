import { Controller, Get, Inject, Query, StreamableFile } from '@nestjs/common'
import type { z } from 'zod'
import { Answers, AnswersBytes } from '../answers.decorator.js'
import { Permit } from '../permission.js'
import { exportJson, exportQuery, exportSchema } from './person-json.js'
import { personsCsv } from './persons-csv.js'
import { ResponsiblePersons } from './responsible-persons.js'

/** What the security body gets of all members: responsible persons, technical contacts, users. */
@Controller('security')
export class PersonExportController {
  readonly #persons: ResponsiblePersons

  constructor(@Inject(ResponsiblePersons) persons: ResponsiblePersons) {
    this.#persons = persons
  }

  @Get('responsible-persons')
  @Permit('SECURITY')
  @Answers(exportSchema)
  async json(
    @Query({ schema: exportQuery }) { domain }: z.output<typeof exportQuery>,
  ): Promise<z.output<typeof exportSchema>> {
    return exportJson(await this.#persons.exported(domain))
  }

  @Get('responsible-persons.csv')
  @Permit('SECURITY')
  @AnswersBytes('text/csv')
  async csv(
    @Query({ schema: exportQuery }) { domain }: z.output<typeof exportQuery>,
  ): Promise<StreamableFile> {
    return new StreamableFile(Buffer.from(personsCsv(await this.#persons.exported(domain))))
  }
}
