import { Module, type DynamicModule } from '@nestjs/common'
import { AdminDatabase } from '../admin-database.store.js'
import type { AreaParts } from '../area-parts.js'
import { DocumentsController } from './documents.controller.js'

@Module({})
export class DocumentsModule {
  static forRoot({ database }: AreaParts): DynamicModule {
    return {
      module: DocumentsModule,
      controllers: [DocumentsController],
      providers: [{ provide: AdminDatabase, useValue: database }],
    }
  }
}
