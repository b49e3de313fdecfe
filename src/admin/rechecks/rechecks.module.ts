import { Module, type DynamicModule } from '@nestjs/common'
import { readerInThisThread } from '../../contract/contract-reader.js'
import { keptSets } from '../../connection/requirement-sets.js'
import type { AreaParts } from '../area-parts.js'
import { AdminDatabase } from '../admin-database.store.js'
import { RegistryChanges } from '../registry/registry-changes.js'
import type { RecheckParts } from './desk-parts.js'
import { ProgressController } from './progress.controller.js'
import { RecheckDesk } from './recheck-desk.js'
import { RecheckOpinion } from './recheck-opinion.js'
import { RechecksController } from './rechecks.controller.js'

@Module({})
export class RechecksModule {
  static forRoot(areaParts: AreaParts): DynamicModule {
    const { database, documents, connection = {}, clock, contractReader } = areaParts
    const { requirementSets = keptSets, separationOfDuties = true } = connection
    const now = clock ?? connection.clock ?? ((): Date => new Date())
    const changes = new RegistryChanges(database.pool, now)
    const parts: RecheckParts = {
      ...{ database, documents, requirementSets, separationOfDuties, changes, now },
      reader: contractReader ?? readerInThisThread,
    }
    const desk = new RecheckDesk(parts)
    return {
      module: RechecksModule,
      controllers: [RechecksController, ProgressController],
      providers: [
        { provide: AdminDatabase, useValue: database },
        { provide: RecheckDesk, useValue: desk },
        { provide: RecheckOpinion, useValue: new RecheckOpinion(parts, desk) },
      ],
    }
  }
}
