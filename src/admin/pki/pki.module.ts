import { Module, type DynamicModule } from '@nestjs/common'
import { PublicPki } from '../../ca/public-pki.js'
import type { AreaParts } from '../area-parts.js'
import { PkiController } from './pki.controller.js'

@Module({})
export class PkiModule {
  static forRoot({ ca, ocsp }: AreaParts): DynamicModule {
    return {
      module: PkiModule,
      controllers: [PkiController],
      providers: [{ provide: PublicPki, useValue: new PublicPki(ca, ocsp) }],
    }
  }
}
