import type { Server } from 'node:http'
import { Module, type DynamicModule } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import type { NestExpressApplication } from '@nestjs/platform-express'
import { logApiLimits } from '../limits/transparency.js'
import { Gate, type LogApiLimits } from './gate.js'
import { LogApiController } from './log-api.controller.js'
import { LogApi } from './log-api.js'

/** The logs in the form of C2SP tlog-tiles. */
@Module({})
export class LogApiModule {
  static forRoot(api: LogApi): DynamicModule {
    return {
      module: LogApiModule,
      controllers: [LogApiController],
      providers: [{ provide: LogApi, useValue: api }],
    }
  }
}

/** Everything on the listener. */
@Module({})
class LogListenerModule {
  // Routes are tried in this order, and the log API takes every address.
  static forRoot(api: LogApi, beside: readonly DynamicModule[]): DynamicModule {
    return { module: LogListenerModule, imports: [...beside, LogApiModule.forRoot(api)] }
  }
}

/** The log API while it is open. */
export interface LogApiListener {
  readonly address: string
  close(): Promise<void>
}

/**
 * Opens the log API.
 * @param beside - what else is served there, at addresses that the gate knows
 * @throws Error of the listener
 */
export async function listenForLogReaders(
  api: LogApi,
  listen: { readonly host: string; readonly port: number },
  changed: Partial<LogApiLimits> = {},
  beside: readonly DynamicModule[] = [],
): Promise<LogApiListener> {
  const limits = { ...logApiLimits, ...changed }
  const module = LogListenerModule.forRoot(api, beside)
  const app = await NestFactory.create<NestExpressApplication>(module, {
    logger: false,
    abortOnError: false,
    bodyParser: false,
    forceCloseConnections: true,
  })
  app.disable('x-powered-by')
  app.disable('etag')
  limitServer(app.getHttpServer(), limits)
  app.use(new Gate(limits).handle)
  try {
    await app.listen(listen.port, listen.host)
  } catch (error) {
    await app.close().catch(() => undefined)
    throw error
  }
  return { address: await app.getUrl(), close: () => app.close() }
}

function limitServer(server: Server, limits: LogApiLimits): void {
  server.maxConnections = limits.connectionsMax
  server.headersTimeout = limits.requestMsMax
  server.requestTimeout = limits.requestMsMax
  server.keepAliveTimeout = limits.idleMsMax
  server.setTimeout(limits.idleMsMax)
}
