import { Module, type DynamicModule } from '@nestjs/common'
import { AdminDatabase } from '../admin-database.store.js'
import type { AreaParts } from '../area-parts.js'
import { ActsController } from './acts.controller.js'

@Module({})
export class ActsModule {
  static forRoot({ database }: AreaParts): DynamicModule {
    return {
      module: ActsModule,
      controllers: [ActsController],
      providers: [{ provide: AdminDatabase, useValue: database }],
    }
  }
}
