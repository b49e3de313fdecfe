import { Module, type DynamicModule } from '@nestjs/common'
import { keptSets } from '../../connection/requirement-sets.js'
import { AdminDatabase } from '../admin-database.store.js'
import type { AreaParts } from '../area-parts.js'
import { AgreementDesk } from './agreement-desk.js'
import { AgreementPapers } from './agreement-papers.js'
import { AgreementsController } from './agreements.controller.js'
import { DocumentationController } from './documentation.controller.js'
import { Documentations } from './documentation.js'
import { RulesDesk } from './rules-desk.js'
import { RulesOfUseController } from './rules-of-use.controller.js'

@Module({})
export class AgreementsModule {
  static forRoot({ database, documents, clock }: AreaParts): DynamicModule {
    const now = clock ?? ((): Date => new Date())
    const papers = new AgreementPapers(documents, now)
    const desk = new AgreementDesk({ database, papers, requirementSets: keptSets, now })
    return {
      module: AgreementsModule,
      controllers: [AgreementsController, RulesOfUseController, DocumentationController],
      providers: [
        { provide: AdminDatabase, useValue: database },
        { provide: AgreementDesk, useValue: desk },
        { provide: RulesDesk, useValue: new RulesDesk(database, now) },
        { provide: Documentations, useValue: new Documentations(database.pool) },
      ],
    }
  }
}
