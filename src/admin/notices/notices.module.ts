import { Module, type DynamicModule } from '@nestjs/common'
import { AdminDatabase } from '../admin-database.store.js'
import type { AreaParts } from '../area-parts.js'
import { NoticesController } from './notices.controller.js'

@Module({})
export class NoticesModule {
  static forRoot({ database }: AreaParts): DynamicModule {
    return {
      module: NoticesModule,
      controllers: [NoticesController],
      providers: [{ provide: AdminDatabase, useValue: database }],
    }
  }
}
