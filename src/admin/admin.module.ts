import type { Server } from 'node:http'
import { Module, type DynamicModule } from '@nestjs/common'
import { APP_FILTER, APP_GUARD, NestFactory } from '@nestjs/core'
import type { NestExpressApplication } from '@nestjs/platform-express'
import { adminLimits, type AdminLimits } from './limits.js'
import type { OwnerReader } from './owner-reader.js'
import { PermissionGuard } from './permission.guard.js'
import { ProblemFilter, type WarnOfError } from './problem.filter.js'
import type { SessionReader } from './session-reader.js'

/** What stands behind the admin API. */
export interface AdminApiParts {
  readonly sessions: SessionReader
  readonly owners: OwnerReader
  /** Controllers, each with what it needs. */
  readonly areas: readonly DynamicModule[]
  readonly warn: WarnOfError
}

/** The admin API: what every route has before and behind it. */
@Module({})
export class AdminModule {
  static forRoot({ sessions, owners, areas, warn }: AdminApiParts): DynamicModule {
    return {
      module: AdminModule,
      imports: [...areas],
      providers: [
        { provide: APP_GUARD, useValue: new PermissionGuard(sessions, owners) },
        { provide: APP_FILTER, useValue: new ProblemFilter(warn) },
      ],
    }
  }
}

/** The admin API while it is open. */
export interface AdminListener {
  readonly address: string
  close(): Promise<void>
}

/**
 * Opens the admin API.
 * @throws Error of the listener
 */
export async function listenForAdministrators(
  parts: AdminApiParts,
  listen: { readonly host: string; readonly port: number },
  changed: Partial<AdminLimits> = {},
): Promise<AdminListener> {
  const limits = { ...adminLimits, ...changed }
  const app = await NestFactory.create<NestExpressApplication>(AdminModule.forRoot(parts), {
    logger: false,
    abortOnError: false,
    bodyParser: false,
    forceCloseConnections: true,
  })
  app.disable('x-powered-by')
  app.disable('etag')
  app.setGlobalPrefix('v1')
  limitServer(app.getHttpServer(), limits)
  try {
    await app.listen(listen.port, listen.host)
  } catch (error) {
    await app.close().catch(() => undefined)
    throw error
  }
  return { address: await app.getUrl(), close: () => app.close() }
}

function limitServer(server: Server, limits: AdminLimits): void {
  server.maxConnections = limits.connectionsMax
  server.headersTimeout = limits.requestMsMax
  server.requestTimeout = limits.requestMsMax
  server.keepAliveTimeout = limits.idleMsMax
  server.setTimeout(limits.idleMsMax)
}
