import { createServer, type Server } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { HttpSettings } from './settings.js'

/** Node's HTTP(S) server with its limits and clocks; it listens to nothing yet. */
export function createHttpServer({ tls, limits }: HttpSettings): Server {
  const { requestHeadTimeoutMs, requestTimeoutMs } = limits
  const options = {
    maxHeaderSize: limits.headBytesMax,
    headersTimeout: Math.min(requestHeadTimeoutMs, requestTimeoutMs),
    requestTimeout: requestTimeoutMs,
    connectionsCheckingInterval: Math.max(100, Math.min(1_000, requestHeadTimeoutMs / 4)),
    keepAliveTimeout: limits.keepAliveTimeoutMs,
    keepAlive: true,
    noDelay: true,
    highWaterMark: 65_536,
    insecureHTTPParser: false,
    // Looked at with the rest of the head, so that the refusal is logged and signed.
    requireHostHeader: false,
  }
  const server = tls
    ? createTlsServer({
        ...options,
        cert: tls.certificate,
        key: tls.key,
        minVersion: tls.minVersion,
        handshakeTimeout: requestHeadTimeoutMs,
      })
    : createServer(options)
  server.maxConnections = limits.connectionsMax
  // Node would silently drop what is above; the head check refuses it instead.
  server.maxHeadersCount = 0
  return server
}
