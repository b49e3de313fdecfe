import { Module, type DynamicModule } from '@nestjs/common'
import { RegistryReader } from '../../registry/registry-reader.store.js'
import { ResourceDirectory } from '../../registry/resource-directory.store.js'
import { AdminDatabase } from '../admin-database.store.js'
import type { AreaParts } from '../area-parts.js'
import { RegistryOwners } from '../owner-reader.store.js'
import { RegistryChanges } from '../registry/registry-changes.js'
import { RegistryEntries } from '../registry/registry-entries.js'
import { AgencyFiguresController } from './agency-figures.controller.js'
import { ConnectionListsController } from './connection-lists.controller.js'
import { DataObjectsController } from './data-objects.controller.js'
import { PersonalDataController } from './personal-data.controller.js'
import { ResourceDesk } from './resource-desk.js'
import { ResourcesController } from './resources.controller.js'
import { ServicePlacesController } from './service-places.controller.js'
import { StateRegistersController } from './state-registers.controller.js'

@Module({})
export class ResourcesModule {
  static forRoot({ database }: AreaParts): DynamicModule {
    const { pool } = database
    const reader = new RegistryReader(pool)
    const changes = new RegistryChanges(pool)
    const entries = new RegistryEntries(reader, changes)
    return {
      module: ResourcesModule,
      controllers: [
        ...[ResourcesController, DataObjectsController, PersonalDataController],
        ...[StateRegistersController, ConnectionListsController],
        ...[ServicePlacesController, AgencyFiguresController],
      ],
      providers: [
        { provide: AdminDatabase, useValue: database },
        { provide: RegistryReader, useValue: reader },
        { provide: RegistryChanges, useValue: changes },
        { provide: RegistryEntries, useValue: entries },
        { provide: RegistryOwners, useValue: new RegistryOwners(pool) },
        { provide: ResourceDirectory, useValue: new ResourceDirectory(pool) },
        { provide: ResourceDesk, useValue: new ResourceDesk(changes, entries) },
      ],
    }
  }
}
