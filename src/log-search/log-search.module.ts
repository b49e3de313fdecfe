import { Module, type DynamicModule } from '@nestjs/common'
import { LogSearchController } from './log-search.controller.js'
import { LogSearch } from './log-search.js'

/** Search of exchanges, for whoever has a listener for auditors. */
@Module({})
export class LogSearchModule {
  static forRoot(search: LogSearch): DynamicModule {
    return {
      module: LogSearchModule,
      controllers: [LogSearchController],
      providers: [{ provide: LogSearch, useValue: search }],
    }
  }
}
