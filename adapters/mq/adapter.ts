import type { CreateAdapter, ProtocolAdapter } from '../../src/exchange/adapter.js'
import { checkContent, readEnvelope } from './envelope.js'
import { openInbound, type MqListening } from './mq.module.js'
import { notify } from './notify.js'
import { Outbound } from './outbound.js'
import { Publisher } from './publisher.js'
import { restoreRequest } from './restore.js'
import { parseSettings } from './settings.js'

/**
 * Messages of queues: AMQP 0-9-1 on RabbitMQ, with detached signatures (RFC 7797).
 * @throws SettingsError
 */
export const createAdapter: CreateAdapter = (settings, tools) => {
  const parsed = parseSettings(settings)
  const publisher = new Publisher({
    url: parsed.url,
    name: 'sluice publisher',
    warn: (event, details) => tools.warn(event, details),
  })
  const outbound = new Outbound(parsed, tools, publisher)
  let inbound: MqListening | undefined
  const adapter: ProtocolAdapter = {
    protocol: 'mq',
    readEnvelope,
    checkContent,
    restore: restoreRequest,
    listen: async (handle) => {
      await publisher.start()
      await outbound.start()
      const opened = await openInbound({ settings: parsed, tools, publisher, handle })
      inbound = opened
      return {
        address: opened.address,
        close: async () => {
          await Promise.all([opened.close(), outbound.stop()])
        },
      }
    },
    send: (request, deadline, handedOver) => outbound.send(request, deadline, handedOver),
    notify: async (notice, deadline) => {
      // What is on its way together keeps its order only where none of it waits here.
      if (!publisher.isOpen) await publisher.start()
      await notify(notice, deadline, publisher, tools)
    },
    trouble: () => publisher.trouble ?? inbound?.trouble ?? outbound.trouble,
    close: async () => {
      await outbound.close()
      await publisher.close()
    },
  }
  return adapter
}
