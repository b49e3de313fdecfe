import { Module, type DynamicModule } from '@nestjs/common'
import { AdminDatabase } from '../admin-database.store.js'
import type { AreaParts } from '../area-parts.js'
import { MaintenanceReportsController } from './maintenance-reports.controller.js'
import { MaintenanceWindowsController } from './maintenance-windows.controller.js'
import { ServiceStatesController } from './service-states.controller.js'
import { WindowDesk } from './window-desk.js'

const noticeHoursDefault = 48

@Module({})
export class MaintenanceWindowsModule {
  static forRoot({ database, maintenanceNoticeHours, clock }: AreaParts): DynamicModule {
    const now = clock ?? (() => new Date())
    const noticeHours = maintenanceNoticeHours ?? noticeHoursDefault
    return {
      module: MaintenanceWindowsModule,
      controllers: [
        MaintenanceWindowsController,
        MaintenanceReportsController,
        ServiceStatesController,
      ],
      providers: [
        { provide: AdminDatabase, useValue: database },
        { provide: WindowDesk, useValue: new WindowDesk({ database, noticeHours, now }) },
      ],
    }
  }
}
