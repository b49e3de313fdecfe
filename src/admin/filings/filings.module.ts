import { Module, type DynamicModule } from '@nestjs/common'
import type { AreaParts } from '../area-parts.js'
import { FaultReportsController } from './fault-reports.controller.js'
import { FilingDesks } from './filing-desks.js'
import { ProposalsController } from './proposals.controller.js'

@Module({})
export class FilingsModule {
  static forRoot({ database }: AreaParts): DynamicModule {
    const desks = new FilingDesks(database, () => new Date())
    return {
      module: FilingsModule,
      controllers: [FaultReportsController, ProposalsController],
      providers: [{ provide: FilingDesks, useValue: desks }],
    }
  }
}
