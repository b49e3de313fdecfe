import type { RequestListener, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { once } from 'node:events'
import { Module, type DynamicModule } from '@nestjs/common'
import { APP_FILTER, APP_GUARD, APP_INTERCEPTOR, APP_PIPE, NestFactory } from '@nestjs/core'
import type { NestExpressApplication } from '@nestjs/platform-express'
import { answerBrokenRequests, frontOf } from './front.js'
import { Idempotency } from './idempotency.interceptor.js'
import type { IdempotencyKeys } from './idempotency.store.js'
import { adminLimits, type AdminLimits } from './limits.js'
import { describeApi, OpenApiModule, routeHandlersOf } from './openapi/openapi.module.js'
import { Description } from './openapi/description.js'
import type { OwnerReader } from './owner-reader.js'
import { PermissionGuard } from './permission.guard.js'
import { permissionOf } from './permission.js'
import type { AdminRequest } from './admin-request.js'
import { Problem } from './problem.js'
import { AllowedMethods } from './allowed-methods.js'
import { ProblemFilter, type WarnOfError } from './problem.filter.js'
import { readQuery } from './query.js'
import { SchemaPipe } from './schema-pipe.js'
import { createAdminServer, type AdminTls } from './server.js'
import type { SessionReader } from './session-reader.js'
import { StrictRequest } from './strict-request.interceptor.js'
import { TaggedAnswers } from './tagged.interceptor.js'

/** What stands behind the admin API. */
export interface AdminApiParts {
  readonly sessions: SessionReader
  readonly owners: OwnerReader
  readonly keys: IdempotencyKeys
  /** Controllers, each with what it needs. */
  readonly areas: readonly DynamicModule[]
  readonly warn: WarnOfError
}

/** The admin API: what every route has before and behind it, from the outside to the inside. */
@Module({})
export class AdminModule {
  static forRoot({ sessions, owners, keys, areas, warn }: AdminApiParts): DynamicModule {
    const allowed = new AllowedMethods()
    const filter = new ProblemFilter(warn, allowed)
    return {
      module: AdminModule,
      imports: [OpenApiModule, ...areas],
      providers: [
        { provide: AllowedMethods, useValue: allowed },
        { provide: ProblemFilter, useValue: filter },
        { provide: APP_FILTER, useValue: filter },
        { provide: APP_GUARD, useValue: new PermissionGuard(sessions, owners) },
        { provide: APP_INTERCEPTOR, useValue: new StrictRequest() },
        { provide: APP_INTERCEPTOR, useValue: new Idempotency(keys) },
        { provide: APP_INTERCEPTOR, useValue: new TaggedAnswers() },
        { provide: APP_PIPE, useValue: new SchemaPipe() },
      ],
    }
  }
}

/** The admin API while it is open. */
export interface AdminListener {
  readonly address: string
  /** Every route, by the name that the description has for it. */
  readonly routes: readonly string[]
  /** Those that declare no permission, and are refused to everybody: a mistake of ours. */
  readonly undeclared: readonly string[]
  close(): Promise<void>
}

export interface AdminListen {
  readonly host: string
  readonly port: number
  readonly tls?: AdminTls | undefined
}

/**
 * Opens the admin API.
 * @throws Error of the listener
 */
export async function listenForAdministrators(
  parts: AdminApiParts,
  { host, port, tls }: AdminListen,
  changed: Partial<AdminLimits> = {},
): Promise<AdminListener> {
  const limits = { ...adminLimits, ...changed }
  const app = await makeApp(parts)
  const filter = new ProblemFilter(parts.warn)
  const front = frontOf(
    app.getHttpAdapter().getInstance() as RequestListener,
    (error, request, response) => filter.write(error, request, response),
    limits,
    tls !== undefined,
  )
  const server = createAdminServer(front, limits, tls)
  answerBrokenRequests(server)
  try {
    server.listen(port, host)
    await once(server, 'listening')
  } catch (error) {
    await app.close().catch(() => undefined)
    throw error
  }
  const routes = routeHandlersOf(app)
  const { port: bound } = server.address() as AddressInfo
  return {
    address: `${tls ? 'https' : 'http'}://${host.includes(':') ? `[${host}]` : host}:${bound}`,
    routes: routes.map(({ id }) => id),
    undeclared: routes.flatMap(({ id, handler }) => (permissionOf(handler) ? [] : [id])),
    async close() {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
      await app.close()
    },
  }
}

async function makeApp(parts: AdminApiParts): Promise<NestExpressApplication> {
  const app = await NestFactory.create<NestExpressApplication>(AdminModule.forRoot(parts), {
    logger: false,
    abortOnError: false,
    bodyParser: false,
  })
  app.disable('x-powered-by')
  app.disable('etag')
  app.set('query parser', (text: string | null) => readQuery(`?${text ?? ''}`))
  // Certificates name these addresses for years: they have no version.
  app.setGlobalPrefix('v1', { exclude: ['pki/*path'] })
  await app.init()
  // Behind all routes: what is outside of the prefix, Nest hears nothing of.
  app.use((request: AdminRequest, response: ServerResponse) =>
    app.get<ProblemFilter>(ProblemFilter).write(new Problem('NOT_FOUND'), request, response),
  )
  app.get(Description).set(() => describeApi(app))
  app.get(AllowedMethods).set(() => describeApi(app).paths)
  return app
}
