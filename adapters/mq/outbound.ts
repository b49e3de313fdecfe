import type { AdapterTools } from '../../src/exchange/adapter.js'
import type { DeadlineSignal } from '../../src/exchange/deadline.js'
import type { MediatedRequest, ReceivedReply } from '../../src/exchange/exchange.js'
import type { Publisher } from './publisher.js'
import type { MqSettings } from './settings.js'

/** The provider-facing side. */
export class Outbound {
  constructor(settings: MqSettings, tools: AdapterTools, publisher: Publisher) {
    throw new TypeError(
      `not here yet ${settings.payloadBytesMax} ${tools.signsWithRsa} ${publisher.trouble}`,
    )
  }

  /** What is wrong with it, for health. */
  get trouble(): string | undefined {
    return undefined
  }

  /** Begins to read answers and notices; deliveries begin it by themselves. Resolves at once. */
  async start(): Promise<void> {}

  send(mediated: MediatedRequest, deadline: DeadlineSignal): Promise<ReceivedReply> {
    return Promise.reject(
      new TypeError(`not here yet ${mediated.mappingVersion} ${deadline.aborted}`),
    )
  }

  /** Takes no more notices; what is being taken is taken to its end. */
  async stop(): Promise<void> {}

  async close(): Promise<void> {}
}
