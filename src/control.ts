import { NestFactory } from '@nestjs/core'
import type { NestExpressApplication } from '@nestjs/platform-express'
import { MonitoringModule } from './monitoring/monitoring.module.js'
import type { NodeStatus } from './monitoring/health.controller.js'
import { listenTrouble } from './process/start-trouble.js'

/** The open management side of a node. */
export interface Control {
  readonly address: string
  close(): Promise<void>
}

/**
 * Opens health and metrics on the management address.
 * @throws ConfigError when the address cannot be listened on
 */
export async function openControl(
  listen: { readonly host: string; readonly port: number },
  status: NodeStatus,
): Promise<Control> {
  const app = await NestFactory.create<NestExpressApplication>(MonitoringModule.forRoot(status), {
    logger: false,
    abortOnError: false,
    bodyParser: false,
    forceCloseConnections: true,
  })
  app.disable('x-powered-by')
  try {
    await app.listen(listen.port, listen.host)
  } catch (error) {
    await app.close().catch(() => undefined)
    throw listenTrouble('management', error)
  }
  return { address: await app.getUrl(), close: () => app.close() }
}
