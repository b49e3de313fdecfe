import { Module, type DynamicModule } from '@nestjs/common'
import { AdminDatabase } from '../admin-database.store.js'
import type { AreaParts } from '../area-parts.js'
import { ExecutionClock } from './execution-clock.js'
import { ExecutionsController } from './executions.controller.js'

@Module({})
export class ExecutionsModule {
  static forRoot({ database, clock }: AreaParts): DynamicModule {
    return {
      module: ExecutionsModule,
      controllers: [ExecutionsController],
      providers: [
        { provide: AdminDatabase, useValue: database },
        { provide: ExecutionClock, useValue: new ExecutionClock(clock) },
      ],
    }
  }
}
