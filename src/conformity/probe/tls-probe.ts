import { isIP } from 'node:net'
import { connect, type ConnectionOptions, type TLSSocket } from 'node:tls'
import type { BilingualText } from '../../exchange/fault.js'
import { probeLimits } from '../limits.js'
import type { PinnedAddress } from './pinned-address.js'
import { networkTrouble } from './trouble.js'

/** What a handshake as the bus makes it has shown, or why there is none. */
export interface TlsSeen {
  /** `TLSv1.3`; undefined where no version was agreed on that is accepted. */
  readonly version: string | undefined
  /** Undefined where all is well. */
  readonly trouble: BilingualText | undefined
  /** When the certificate ends. */
  readonly until: Date | undefined
  /** An old version that the endpoint would speak, too: `TLSv1.1`. */
  readonly oldVersion: string | undefined
}

/**
 * Makes a handshake as the bus does with providers, and another one to learn whether versions are spoken that nobody
 * should speak any more. Nothing is sent. Never rejects.
 * @param authorities - PEM; undefined is Node's own list
 */
export async function probeTls(
  pinned: PinnedAddress,
  authorities: string | undefined,
  signal: AbortSignal,
): Promise<TlsSeen> {
  const ca = authorities === undefined ? {} : { ca: authorities }
  const seen = await handshake(pinned, { minVersion: 'TLSv1.2', ...ca }, signal)
  const old = await handshake(pinned, oldVersions, signal)
  const oldVersion = old.version
  if (seen.version !== undefined || oldVersion === undefined) return { ...seen, oldVersion }
  const az = `Yalnız köhnə versiya danışılır (${oldVersion}); ən azı TLS 1.2 olmalıdır`
  const en = `Only an old version is spoken (${oldVersion}); TLS 1.2 is the least`
  return { ...seen, oldVersion, trouble: { az, en } }
}

/** OpenSSL speaks them at its lowest security level only; no secret goes over such a connection. */
const oldVersions: ConnectionOptions = {
  minVersion: 'TLSv1',
  maxVersion: 'TLSv1.1',
  ciphers: 'DEFAULT:@SECLEVEL=0',
}

type Handshake = Omit<TlsSeen, 'oldVersion'>

function handshake(
  { endpoint, ip, port }: PinnedAddress,
  options: ConnectionOptions,
  signal: AbortSignal,
): Promise<Handshake> {
  const name = endpoint.hostname
  return new Promise((resolve) => {
    // The certificate is judged, and its trouble told, once the handshake is over.
    const socket = connect({
      ...{ host: ip, port, ['rejectUnauthorized']: false, ALPNProtocols: ['http/1.1'], ...options },
      ...(isIP(name) === 0 && { servername: name }),
    })
    const end = (seen: Handshake): void => {
      signal.removeEventListener('abort', stop)
      socket.destroy()
      resolve(seen)
    }
    const stop = (): void => end(without(signal.reason))
    socket.setTimeout(probeLimits.connectMsMax, () =>
      end(without(Object.assign(new Error('too slow'), { code: 'ETIMEDOUT' }))),
    )
    // A slow drip of a handshake never is idle.
    const limit = setTimeout(() => socket.emit('timeout'), probeLimits.connectMsMax)
    socket.once('close', () => clearTimeout(limit))
    socket.on('error', (error) => end(without(error)))
    socket.once('secureConnect', () => end(seenIn(socket)))
    if (signal.aborted) stop()
    else signal.addEventListener('abort', stop)
  })
}

function without(error: unknown): Handshake {
  return { version: undefined, trouble: networkTrouble(error), until: undefined }
}

function seenIn(socket: TLSSocket): Handshake {
  const { valid_to: validTo } = socket.getPeerCertificate()
  const until = new Date(validTo)
  // In Node's spelling, here and above, which is not the house's.
  const isTrusted = socket['authorized']
  return {
    version: socket.getProtocol() ?? undefined,
    trouble: isTrusted ? undefined : certificateTrouble(socket.authorizationError),
    until: Number.isNaN(until.getTime()) ? undefined : until,
  }
}

/** Node gives the error in one place, and its code alone in the other. */
function certificateTrouble(error: unknown): BilingualText {
  return networkTrouble(typeof error === 'string' ? { code: error } : (error ?? {}))
}
