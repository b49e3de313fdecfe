import { Controller, Get, Header, Inject } from '@nestjs/common'
import { NodeStatus } from './health.controller.js'

@Controller('metrics')
export class MetricsController {
  readonly #status: NodeStatus

  constructor(@Inject(NodeStatus) status: NodeStatus) {
    this.#status = status
  }

  @Get()
  @Header('Content-Type', 'text/plain; version=0.0.4; charset=utf-8')
  metrics(): Promise<string> {
    return this.#status.metrics()
  }
}
