import type { CreateAdapter, ProtocolAdapter } from '../../src/exchange/adapter.js'
import type { VerifiedSoapRequest } from '../../src/exchange/soap-content.js'
import { ProviderPools } from '../../src/http/provider-pools.js'
import { describer } from './description.js'
import { checkBody, checkBodyName, readEnvelope } from './envelope.js'
import { createInbound } from './inbound.js'
import { send } from './outbound.js'
import { restoreRequest } from './restore.js'
import { parseSettings } from './settings.js'

/**
 * SOAP 1.1 and 1.2 after the X-Road message protocol 4.0, with WS-Security signatures.
 * @throws SettingsError
 */
export const createAdapter: CreateAdapter = (settings, tools) => {
  const parsed = parseSettings(settings, tools.signsWithRsa)
  const pools = new ProviderPools(parsed.http)
  const wsdlOf = describer(parsed, tools)
  const adapter: ProtocolAdapter = {
    protocol: 'soap',
    readEnvelope,
    restore: restoreRequest,
    checkContent: checkBody,
    checkNamed(verified: VerifiedSoapRequest, { serviceCode }) {
      checkBodyName(verified, serviceCode)
    },
    listen: async (handle) => {
      await tools.requestSpool.open()
      await tools.replySpool.open()
      return createInbound(parsed.http, wsdlOf, tools, adapter, handle).open()
    },
    send: (request, deadline) => send(request, deadline, pools, wsdlOf, tools),
    probe: (address) => pools.probe(address),
    close: () => pools.close(),
  }
  return adapter
}
