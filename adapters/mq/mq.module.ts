import { Module, type DynamicModule } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import type { MicroserviceOptions } from '@nestjs/microservices'
import type { Listening } from '../../src/exchange/adapter.js'
import { Consumers } from './consumers.js'
import { Inbound, type InboundParts } from './inbound.js'
import { MqController } from './mq.controller.js'
import { MqServer } from './mq.strategy.js'
import { Poisoned } from './poisoned.js'
import type { MqSettings } from './settings.js'

/** The consumer-facing side of the lane, as a microservice of Nest. */
@Module({})
export class MqModule {
  static forRoot(inbound: Inbound): DynamicModule {
    return {
      module: MqModule,
      controllers: [MqController],
      providers: [{ provide: Inbound, useValue: inbound }],
    }
  }
}

/** The lane while it is open. */
export interface MqListening extends Listening {
  /** What is wrong with it, for health. */
  readonly trouble: string | undefined
}

/** Begins to read the queues of consumers; whether there is a broker, health says. */
export async function openInbound(
  parts: InboundParts & { readonly settings: MqSettings },
): Promise<MqListening> {
  const inbound = new Inbound(parts)
  const { settings, tools, publisher } = parts
  const poisoned = new Poisoned(tools, publisher, (arrived) => inbound.takePoisoned(arrived))
  const consumers = new Consumers(settings, tools, poisoned)
  const app = await NestFactory.createMicroservice<MicroserviceOptions>(MqModule.forRoot(inbound), {
    strategy: new MqServer(consumers),
    logger: false,
    abortOnError: false,
  })
  await app.listen()
  return {
    address: addressOf(parts.settings),
    get trouble() {
      return consumers.trouble
    },
    close: async () => {
      inbound.close()
      await app.close()
    },
  }
}

/** Without user and password. */
function addressOf({ url }: MqSettings): string {
  const { protocol, host, pathname } = new URL(url.reveal())
  return `${protocol}//${host}${pathname}`
}
