import { Module, type DynamicModule } from '@nestjs/common'
import type { Access } from '../access.js'
import { AdministratorChanges } from './administrator-changes.js'
import { AdministratorList } from './administrator-list.js'
import { AdministratorsController } from './administrators.controller.js'
import { CredentialChanges } from './credential-changes.js'
import { CredentialsController } from './credentials.controller.js'
import { HandoversController } from './handovers.controller.js'
import { OperatorHandovers } from './operator-handovers.js'
import { PersonExportController } from './person-export.controller.js'
import { PersonsController } from './persons.controller.js'
import { ResponsiblePersons } from './responsible-persons.js'
import { RoleChanges } from './role-changes.js'
import { RolesController } from './roles.controller.js'

/** Administrators, their roles, and the persons whom members answer by. */
@Module({})
export class AdministratorsModule {
  static forRoot(access: Access): DynamicModule {
    return {
      module: AdministratorsModule,
      controllers: [
        ...[AdministratorsController, CredentialsController, RolesController],
        ...[HandoversController, PersonsController, PersonExportController],
      ],
      providers: [
        { provide: AdministratorList, useValue: access.list },
        { provide: AdministratorChanges, useValue: access.changes },
        { provide: CredentialChanges, useValue: access.credentials },
        { provide: RoleChanges, useValue: access.roles },
        { provide: OperatorHandovers, useValue: access.handovers },
        { provide: ResponsiblePersons, useValue: access.persons },
      ],
    }
  }
}
