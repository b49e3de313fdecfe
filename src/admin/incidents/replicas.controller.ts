import { Controller, Get, Inject } from '@nestjs/common'
import { ReplicationLag } from '../../incident/replication-lag.js'
import { readReplicas } from '../../incident/replication.store.js'
import { AdminDatabase } from '../admin-database.store.js'
import { Answers } from '../answers.decorator.js'
import { Permit } from '../permission.js'
import { replicasJson, replicasSchema, type ReplicasJson } from './incident-json.js'

/** How far the copy in the reserve centre is behind. */
@Controller('replicas')
export class ReplicasController {
  readonly #database: AdminDatabase
  readonly #lag: ReplicationLag

  constructor(
    @Inject(AdminDatabase) database: AdminDatabase,
    @Inject(ReplicationLag) lag: ReplicationLag,
  ) {
    this.#database = database
    this.#lag = lag
  }

  @Get()
  @Permit('OPERATOR', 'AGENCY', 'SECURITY')
  @Answers(replicasSchema)
  async list(): Promise<ReplicasJson> {
    const rows = await readReplicas(this.#database.pool)
    return replicasJson(this.#lag.measure(rows, new Date()))
  }
}
