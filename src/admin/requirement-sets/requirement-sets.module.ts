import { Module, type DynamicModule } from '@nestjs/common'
import { RequirementSets } from '../../conformity/requirement-sets.store.js'
import { AdminDatabase } from '../admin-database.store.js'
import type { AreaParts } from '../area-parts.js'
import { RequirementSetsController } from './requirement-sets.controller.js'

@Module({})
export class RequirementSetsModule {
  static forRoot({ database }: AreaParts): DynamicModule {
    return {
      module: RequirementSetsModule,
      controllers: [RequirementSetsController],
      providers: [
        { provide: AdminDatabase, useValue: database },
        { provide: RequirementSets, useValue: new RequirementSets(database.pool) },
      ],
    }
  }
}
