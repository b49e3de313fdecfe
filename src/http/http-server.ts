import { createServer, type Server } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import { constants } from 'node:crypto'
import type { TlsOptions } from 'node:tls'
import type { HttpSettings, TlsSettings } from './settings.js'

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
        ciphers,
        honorCipherOrder: true,
        handshakeTimeout: requestHeadTimeoutMs,
        ...clientCertificatesOf(tls),
      })
    : createServer(options)
  server.maxConnections = limits.connectionsMax
  // Node would silently drop what is above; the head check refuses it instead.
  server.maxHeadersCount = 0
  return server
}

/** Forward secrecy and authenticated encryption only; those of TLS 1.3 first. */
const ciphers = [
  'TLS_AES_256_GCM_SHA384',
  'TLS_CHACHA20_POLY1305_SHA256',
  'TLS_AES_128_GCM_SHA256',
  'ECDHE-ECDSA-AES256-GCM-SHA384',
  'ECDHE-RSA-AES256-GCM-SHA384',
  'ECDHE-ECDSA-CHACHA20-POLY1305',
  'ECDHE-RSA-CHACHA20-POLY1305',
  'ECDHE-ECDSA-AES128-GCM-SHA256',
  'ECDHE-RSA-AES128-GCM-SHA256',
].join(':')

/**
 * Where certificates are optional, any is let in whose key the other end holds: whose it is, and whether it is good, the bus
 * says by its registry, at each request. Sessions are not resumed then: each connection proves its key anew.
 */
function clientCertificatesOf({ clientCertificates, clientAuthorities }: TlsSettings): TlsOptions {
  if (clientCertificates === 'none') return {}
  return {
    requestCert: true,
    ['rejectUnauthorized']: clientCertificates === 'required',
    secureOptions: constants.SSL_OP_NO_TICKET,
    ...(clientAuthorities !== undefined && { ca: clientAuthorities }),
  }
}
