import type { AdapterTools, CreateAdapter, ProtocolAdapter } from '../exchange/adapter.js'
import type { Config } from './config.js'
import { ConfigError } from './env.js'

/** The lane that runs over a broker. */
export const brokerLane = 'mq'

const adapterName = /^[a-z][a-z0-9]{0,15}$/

/**
 * Loads `adapters/<name>/adapter.js` for each name in the configuration: a new protocol is one
 * folder and one line of configuration, and no edit here.
 * @throws ConfigError for a name that is no folder's, or an adapter that calls itself otherwise
 */
export async function loadAdapters(
  { adapters: settings, broker, limits }: Pick<Config, 'adapters' | 'broker' | 'limits'>,
  tools: AdapterTools,
): Promise<Map<string, ProtocolAdapter>> {
  const adapters = new Map<string, ProtocolAdapter>()
  for (const [name, own] of Object.entries(settings)) {
    // The others run; health says what is missing.
    if (name === brokerLane && !broker?.url) continue
    const createAdapter = await importAdapter(name)
    if ('limits' in own)
      throw new ConfigError(`adapters.${name}.limits: limits have one place, at the top`)
    if ('url' in own) throw new ConfigError(`adapters.${name}.url: the broker is named at the top`)
    const ofBroker = name === brokerLane ? { url: broker?.url } : {}
    const adapter = make(createAdapter, name, { ...own, ...ofBroker, limits }, tools)
    if (adapter.protocol !== name) {
      throw new ConfigError(`adapters/${name} calls itself ${adapter.protocol}`)
    }
    adapters.set(name, adapter)
  }
  return adapters
}

// An adapter's own words about its settings are for the person who wrote them.
function make(
  createAdapter: CreateAdapter,
  name: string,
  settings: unknown,
  tools: AdapterTools,
): ProtocolAdapter {
  try {
    return createAdapter(settings, tools)
  } catch (error) {
    throw new ConfigError(
      `adapters.${name}: ${error instanceof Error ? error.message : 'failed'}`,
      {
        cause: error,
      },
    )
  }
}

async function importAdapter(name: string): Promise<CreateAdapter> {
  if (!adapterName.test(name)) throw new ConfigError(`adapters: "${name}" is not an adapter's name`)
  let module: { readonly createAdapter?: CreateAdapter }
  try {
    module = (await import(`../../adapters/${name}/adapter.js`)) as typeof module
  } catch (error) {
    throw new ConfigError(`adapters: there is no adapter "${name}"`, { cause: error })
  }
  if (!module.createAdapter) throw new ConfigError(`adapters/${name} exports no createAdapter`)
  return module.createAdapter
}
