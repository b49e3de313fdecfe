import { Module, type DynamicModule } from '@nestjs/common'
import { HealthController, NodeStatus } from './health.controller.js'
import { MetricsController } from './metrics.controller.js'

/** Health and metrics of one node, served by its supervisor on the management port. */
@Module({})
export class MonitoringModule {
  static forRoot(status: NodeStatus): DynamicModule {
    return {
      module: MonitoringModule,
      controllers: [HealthController, MetricsController],
      providers: [{ provide: NodeStatus, useValue: status }],
    }
  }
}
