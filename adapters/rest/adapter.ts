import type { CreateAdapter, ProtocolAdapter } from '../../src/exchange/adapter.js'
import { ProviderPools } from '../../src/http/provider-pools.js'
import { parseHttpSettings } from '../../src/http/settings.js'
import { readEnvelope } from './envelope.js'
import { createInbound } from './inbound.js'
import { send } from './outbound.js'
import { restoreRequest } from './restore.js'
import { restOf } from './service-path.js'

/**
 * REST after the X-Road message protocol for REST, version 1, with HTTP message signatures.
 * @throws SettingsError
 */
export const createAdapter: CreateAdapter = (settings, tools) => {
  const parsed = parseHttpSettings(settings)
  const pools = new ProviderPools(parsed)
  const adapter: ProtocolAdapter = {
    protocol: 'rest',
    readEnvelope,
    restore: (kept) => restoreRequest(kept, parsed.publicScheme),
    ownPath: ({ path }) => restOf(path),
    listen: (handle) => createInbound(parsed, tools, adapter, handle).open(),
    send: (request, deadline) => send(request, deadline, pools, tools),
    probe: (address) => pools.probe(address),
    close: () => pools.close(),
  }
  return adapter
}
