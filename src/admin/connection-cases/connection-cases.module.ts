import { Module, type DynamicModule } from '@nestjs/common'
import { keptSets } from '../../connection/requirement-sets.js'
import { AdminDatabase } from '../admin-database.store.js'
import { makeCaseEffects } from '../agreements/case-effects.js'
import type { AreaParts } from '../area-parts.js'
import { CaseDecisionsController } from './case-decisions.controller.js'
import { CaseDurationsController } from './case-durations.controller.js'
import { ConnectionCasesController } from './connection-cases.controller.js'
import { ConnectionDesk } from './connection-desk.js'
import { ConnectionProfiles } from './connection-profiles.js'
import { ConnectionProfilesController } from './connection-profiles.controller.js'
import type { DeskParts } from './desk-parts.js'

@Module({})
export class ConnectionCasesModule {
  static forRoot(areaParts: AreaParts): DynamicModule {
    const { database, documents, connection = {} } = areaParts
    const now = connection.clock ?? areaParts.clock ?? ((): Date => new Date())
    const { requirementSets = keptSets, separationOfDuties = true } = connection
    const effects = connection.effects ?? makeCaseEffects(areaParts, now)
    const parts: DeskParts = {
      database,
      documents,
      effects,
      requirementSets,
      separationOfDuties,
      now,
    }
    return {
      module: ConnectionCasesModule,
      controllers: [
        ConnectionCasesController,
        CaseDecisionsController,
        CaseDurationsController,
        ConnectionProfilesController,
      ],
      providers: [
        { provide: AdminDatabase, useValue: database },
        { provide: ConnectionDesk, useValue: new ConnectionDesk(parts) },
        { provide: ConnectionProfiles, useValue: new ConnectionProfiles(parts) },
      ],
    }
  }
}
