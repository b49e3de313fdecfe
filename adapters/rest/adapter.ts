import type { CreateAdapter, ProtocolAdapter } from '../../src/exchange/adapter.js'
import { readEnvelope } from './envelope.js'
import { Inbound } from './inbound.js'
import { send } from './outbound.js'
import { ProviderPools } from './provider-pools.js'
import { parseSettings } from './settings.js'

/**
 * REST after the X-Road message protocol for REST, version 1, with HTTP message signatures.
 * @throws SettingsError
 */
export const createAdapter: CreateAdapter = (settings, tools) => {
  const parsed = parseSettings(settings)
  const pools = new ProviderPools(parsed)
  const adapter: ProtocolAdapter = {
    protocol: 'rest',
    readEnvelope,
    listen: (handle) => new Inbound(parsed, tools, adapter, handle).open(),
    send: (request, signal) => send(request, signal, pools, tools),
    close: () => pools.close(),
  }
  return adapter
}
