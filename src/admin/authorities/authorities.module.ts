import { Module, type DynamicModule } from '@nestjs/common'
import type { AreaParts } from '../area-parts.js'
import { RegistryChanges } from '../registry/registry-changes.js'
import { AuthoritiesController } from './authorities.controller.js'
import { Authorities } from './authorities.store.js'

@Module({})
export class AuthoritiesModule {
  static forRoot({ database }: AreaParts): DynamicModule {
    return {
      module: AuthoritiesModule,
      controllers: [AuthoritiesController],
      providers: [
        { provide: Authorities, useValue: new Authorities(database.pool) },
        { provide: RegistryChanges, useValue: new RegistryChanges(database.pool) },
      ],
    }
  }
}
