import { Module, type DynamicModule } from '@nestjs/common'
import type { AreaParts } from '../area-parts.js'
import { CertificateDesk } from './certificate-desk.store.js'
import { CertificateRequestsController } from './certificate-requests.controller.js'
import { CertificatesController } from './certificates.controller.js'
import { SubsystemCertificatesController } from './subsystem-certificates.controller.js'

@Module({})
export class CertificatesModule {
  static forRoot({ database, ca }: AreaParts): DynamicModule {
    return {
      module: CertificatesModule,
      controllers: [
        CertificatesController,
        CertificateRequestsController,
        SubsystemCertificatesController,
      ],
      providers: [{ provide: CertificateDesk, useValue: new CertificateDesk(database, ca) }],
    }
  }
}
