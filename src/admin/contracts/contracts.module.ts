import { Module, type DynamicModule } from '@nestjs/common'
import { readerInThisThread } from '../../contract/contract-reader.js'
import { AdminDatabase } from '../admin-database.store.js'
import type { AreaParts } from '../area-parts.js'
import { RegistryOwners } from '../owner-reader.store.js'
import { ContractDesk } from './contract-desk.js'
import { ContractsController } from './contracts.controller.js'

@Module({})
export class ContractsModule {
  static forRoot({ database, contractReader = readerInThisThread }: AreaParts): DynamicModule {
    const desk = new ContractDesk(database, new RegistryOwners(database.pool), contractReader)
    return {
      module: ContractsModule,
      controllers: [ContractsController],
      providers: [
        { provide: AdminDatabase, useValue: database },
        { provide: ContractDesk, useValue: desk },
      ],
    }
  }
}
