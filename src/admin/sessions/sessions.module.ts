import { Module, type DynamicModule } from '@nestjs/common'
import type { Access } from '../access.js'
import { OwnAccount } from '../administrators/own-account.js'
import { Logins } from './logins.js'
import { MeController } from './me.controller.js'
import { OpenIdLogin } from './openid-login.js'
import { SecurityAlerts } from './security-alerts.js'
import { SecurityController } from './security.controller.js'
import { SessionDirectory } from './session-directory.js'
import { SessionsController } from './sessions.controller.js'

/** Logging in and out, and what everybody may know of themselves. */
@Module({})
export class SessionsModule {
  static forRoot({ sessions, logins, openId, own, alerts }: Access): DynamicModule {
    return {
      module: SessionsModule,
      controllers: [SessionsController, MeController, SecurityController],
      providers: [
        { provide: SessionDirectory, useValue: sessions },
        { provide: Logins, useValue: logins },
        { provide: OpenIdLogin, useValue: openId },
        { provide: OwnAccount, useValue: own },
        { provide: SecurityAlerts, useValue: alerts },
      ],
    }
  }
}
