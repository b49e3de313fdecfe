import { AccessRightRequestsModule } from './access-right-requests/access-right-requests.module.js'
import { ActsModule } from './acts/acts.module.js'
import { AdministratorsModule } from './administrators/administrators.module.js'
import { AgreementsModule } from './agreements/agreements.module.js'
import type { AreaParts } from './area-parts.js'
import { AuthoritiesModule } from './authorities/authorities.module.js'
import { CatalogueModule } from './catalogue/catalogue.module.js'
import { CertificatesModule } from './certificates/certificates.module.js'
import { ConnectionCasesModule } from './connection-cases/connection-cases.module.js'
import { ContractsModule } from './contracts/contracts.module.js'
import { DocumentsModule } from './documents/documents.module.js'
import { DomainsModule } from './domains/domains.module.js'
import { ExecutionsModule } from './executions/executions.module.js'
import { FilingsModule } from './filings/filings.module.js'
import { IncidentsModule } from './incidents/incidents.module.js'
import { MaintenanceWindowsModule } from './maintenance-windows/maintenance-windows.module.js'
import { NoticesModule } from './notices/notices.module.js'
import { PkiModule } from './pki/pki.module.js'
import { RechecksModule } from './rechecks/rechecks.module.js'
import { RegistryModule } from './registry/registry.module.js'
import { RequirementSetsModule } from './requirement-sets/requirement-sets.module.js'
import { ResourcesModule } from './resources/resources.module.js'
import { SessionsModule } from './sessions/sessions.module.js'
import type { DynamicModule } from '@nestjs/common'

/**
 * Every area of the admin API: controllers of one subject, with what they need. Whatever is here is served, and is
 * tested: each route as each role, and by random requests after its description.
 */
export function adminAreas(parts: AreaParts): DynamicModule[] {
  return [
    DomainsModule.forRoot(parts),
    RegistryModule.forRoot(parts),
    CertificatesModule.forRoot(parts),
    NoticesModule.forRoot(parts),
    PkiModule.forRoot(parts),
    AuthoritiesModule.forRoot(parts),
    SessionsModule.forRoot(parts.access),
    AdministratorsModule.forRoot(parts.access),
    AccessRightRequestsModule.forRoot(parts),
    AgreementsModule.forRoot(parts),
    DocumentsModule.forRoot(parts),
    ConnectionCasesModule.forRoot(parts),
    RechecksModule.forRoot(parts),
    MaintenanceWindowsModule.forRoot(parts),
    IncidentsModule.forRoot(parts),
    FilingsModule.forRoot(parts),
    ContractsModule.forRoot(parts),
    RequirementSetsModule.forRoot(parts),
    ResourcesModule.forRoot(parts),
    CatalogueModule.forRoot(parts),
    ExecutionsModule.forRoot(parts),
    ActsModule.forRoot(parts),
  ]
}
