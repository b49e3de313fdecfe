import { Controller, Get, HttpCode, Inject, ServiceUnavailableException } from '@nestjs/common'
import type { HealthReport } from './health.js'

/** What the controllers of this module read; the supervisor supplies it. */
export abstract class NodeStatus {
  abstract health(): HealthReport
  /** Prometheus text format, workers added up. */
  abstract metrics(): Promise<string>
}

@Controller('health')
export class HealthController {
  readonly #status: NodeStatus

  constructor(@Inject(NodeStatus) status: NodeStatus) {
    this.#status = status
  }

  /** The supervisor answers: the node is alive. */
  @Get('live')
  @HttpCode(200)
  live(): { status: 'alive' } {
    return { status: 'alive' }
  }

  /** 200 while exchanges can be carried, 503 with the reasons otherwise. */
  @Get('ready')
  ready(): HealthReport {
    const report = this.#status.health()
    if (report.status === 'not ready') throw new ServiceUnavailableException(report)
    return report
  }
}
