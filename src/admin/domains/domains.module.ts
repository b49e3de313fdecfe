import { Module, type DynamicModule } from '@nestjs/common'
import type { AreaParts } from '../area-parts.js'
import { RegistryChanges } from '../registry/registry-changes.js'
import { DomainsController } from './domains.controller.js'
import { Domains } from './domains.store.js'

@Module({})
export class DomainsModule {
  static forRoot({ database }: AreaParts): DynamicModule {
    return {
      module: DomainsModule,
      controllers: [DomainsController],
      providers: [
        { provide: Domains, useValue: new Domains(database.pool) },
        { provide: RegistryChanges, useValue: new RegistryChanges(database.pool) },
      ],
    }
  }
}
