import { Module, type DynamicModule } from '@nestjs/common'
import { RegistryReader } from '../../registry/registry-reader.store.js'
import { AdminDatabase } from '../admin-database.store.js'
import type { AreaParts } from '../area-parts.js'
import { RegistryOwners } from '../owner-reader.store.js'
import { RegistryChanges } from '../registry/registry-changes.js'
import { RegistryEntries } from '../registry/registry-entries.js'
import { AccessRightRequestsController } from './access-right-requests.controller.js'
import { RefusalsController } from './refusals.controller.js'
import { RequestDesk } from './request-desk.js'
import { tellMember, TellOf } from './tell.js'
import { WithdrawalsController } from './withdrawals.controller.js'

@Module({})
export class AccessRightRequestsModule {
  static forRoot({ database }: AreaParts): DynamicModule {
    const { pool } = database
    const changes = new RegistryChanges(pool)
    const owners = new RegistryOwners(pool)
    const tell = tellMember
    const entries = new RegistryEntries(new RegistryReader(pool), changes)
    return {
      module: AccessRightRequestsModule,
      controllers: [AccessRightRequestsController, RefusalsController, WithdrawalsController],
      providers: [
        { provide: AdminDatabase, useValue: database },
        { provide: RequestDesk, useValue: new RequestDesk({ database, changes, tell }) },
        { provide: RegistryChanges, useValue: changes },
        { provide: RegistryEntries, useValue: entries },
        { provide: RegistryOwners, useValue: owners },
        { provide: TellOf, useValue: new TellOf(tell) },
      ],
    }
  }
}
