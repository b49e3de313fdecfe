import { Module, type DynamicModule } from '@nestjs/common'
import { catalogueLimits } from '../../catalogue/limits.js'
import { AdminDatabase } from '../admin-database.store.js'
import type { AreaParts } from '../area-parts.js'
import { CatalogueChangesController } from './catalogue-changes.controller.js'
import { CatalogueClock } from './catalogue-clock.js'
import { CatalogueContractsController } from './catalogue-contracts.controller.js'
import { CatalogueFace, VisitorRate } from './catalogue-face.interceptor.js'
import { CataloguePagesController } from './catalogue-pages.controller.js'
import { CatalogueSource } from './catalogue-source.js'
import { CatalogueController } from './catalogue.controller.js'
import { PublicContracts } from './public-contracts.js'
import { CatalogueSubscriptionsController } from './subscriptions.controller.js'

@Module({})
export class CatalogueModule {
  static forRoot({ database, clock, visitorRate = catalogueLimits }: AreaParts): DynamicModule {
    return {
      module: CatalogueModule,
      controllers: [
        ...[CataloguePagesController, CatalogueController, CatalogueContractsController],
        ...[CatalogueChangesController, CatalogueSubscriptionsController],
      ],
      providers: [
        CatalogueFace,
        { provide: AdminDatabase, useValue: database },
        { provide: CatalogueClock, useValue: new CatalogueClock(clock) },
        { provide: CatalogueSource, useValue: new CatalogueSource(database) },
        { provide: PublicContracts, useValue: new PublicContracts(database) },
        { provide: VisitorRate, useValue: new VisitorRate(visitorRate) },
      ],
    }
  }
}
