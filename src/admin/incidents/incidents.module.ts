import { Module, type DynamicModule } from '@nestjs/common'
import { IncidentBook } from '../../incident/incident-book.store.js'
import { ReplicationLag } from '../../incident/replication-lag.js'
import { AdminDatabase } from '../admin-database.store.js'
import type { AreaParts } from '../area-parts.js'
import { IncidentDesk } from './incident-desk.js'
import { IncidentsController } from './incidents.controller.js'
import { ReplicasController } from './replicas.controller.js'

@Module({})
export class IncidentsModule {
  static forRoot({ database, replication }: AreaParts): DynamicModule {
    const book = new IncidentBook(database)
    const desk = new IncidentDesk({ database, book, now: () => new Date() })
    return {
      module: IncidentsModule,
      controllers: [IncidentsController, ReplicasController],
      providers: [
        { provide: AdminDatabase, useValue: database },
        { provide: IncidentDesk, useValue: desk },
        { provide: ReplicationLag, useValue: replication ?? new ReplicationLag() },
      ],
    }
  }
}
