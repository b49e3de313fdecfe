import { Module, type DynamicModule } from '@nestjs/common'
import { RegistryReader } from '../../registry/registry-reader.store.js'
import type { AreaParts } from '../area-parts.js'
import { RegistryOwners } from '../owner-reader.store.js'
import { ConnectionDeskGate } from './connection-desk.js'
import { AccessRightsController } from './access-rights.controller.js'
import { InstanceReader } from './instance.store.js'
import { MembersController } from './members.controller.js'
import { RegistryChanges } from './registry-changes.js'
import { RegistryController } from './registry.controller.js'
import { RegistryEntries } from './registry-entries.js'
import { LifeCycle } from '../life-cycle/life-cycle.js'
import { LifeCycleController } from '../life-cycle/life-cycle.controller.js'
import { AdminDatabase } from '../admin-database.store.js'
import { ServicesController } from './services.controller.js'
import { SubsystemsController } from './subsystems.controller.js'

@Module({})
export class RegistryModule {
  static forRoot({ database, connectionDesk, connection }: AreaParts): DynamicModule {
    const { pool } = database
    const reader = new RegistryReader(pool)
    const changes = new RegistryChanges(pool, connection?.clock)
    return {
      module: RegistryModule,
      controllers: [
        RegistryController,
        MembersController,
        SubsystemsController,
        ServicesController,
        AccessRightsController,
        LifeCycleController,
      ],
      providers: [
        { provide: RegistryReader, useValue: reader },
        { provide: ConnectionDeskGate, useValue: new ConnectionDeskGate(connectionDesk) },
        { provide: RegistryChanges, useValue: changes },
        { provide: RegistryEntries, useValue: new RegistryEntries(reader, changes) },
        { provide: InstanceReader, useValue: new InstanceReader(pool) },
        { provide: AdminDatabase, useValue: database },
        { provide: LifeCycle, useValue: new LifeCycle(database, changes) },
        { provide: RegistryOwners, useValue: new RegistryOwners(pool) },
      ],
    }
  }
}
