import type { BilingualText } from '../../exchange/fault.js'
import type { ProbeAddresses } from '../conformity-tools.js'
import type { DeclaredEndpoint } from '../endpoint.js'
import type { TransportSeen } from '../seen.js'
import { pinnedAddress, type PinnedAddress } from './pinned-address.js'
import { probeTls } from './tls-probe.js'
import { Trouble } from './trouble.js'

/** How an endpoint was reached, and where test calls go: nowhere unless the connection can be trusted. */
export interface Reached {
  readonly transport: TransportSeen
  readonly pinned: PinnedAddress | undefined
}

/** Judges a declared address and looks at its TLS. Never rejects for what the endpoint does. */
export async function reach(
  endpoint: DeclaredEndpoint | undefined,
  rules: ProbeAddresses,
  signal: AbortSignal,
): Promise<Reached> {
  const { address } = endpoint ?? {}
  if (address === undefined) return { transport: { by: 'none' }, pinned: undefined }
  try {
    if (!rules.plainHttp && new URL(address).protocol !== 'https:') throw new Trouble(noTls)
    const pinned = await pinnedAddress(address, rules)
    if (pinned.endpoint.scheme === 'http') return { transport: { by: 'http' }, pinned }
    const seen = await probeTls(pinned, rules.authorities, signal)
    const isTrusted = seen.version !== undefined && seen.trouble === undefined
    return { transport: { by: 'tls', seen }, pinned: isTrusted ? pinned : undefined }
  } catch (error) {
    if (!(error instanceof Trouble)) throw error
    return { transport: { by: 'refused', trouble: error.text }, pinned: undefined }
  }
}

const noTls: BilingualText = {
  az: 'Ünvan http:// ilə başlayır; TLS-siz ünvana sorğu göndərilmir',
  en: 'The address begins with http://, and nothing is sent without TLS',
}
