import { createServer, type RequestListener, type Server } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AdminLimits } from './limits.js'

/** PEM texts of a listener that speaks TLS. */
export interface AdminTls {
  readonly key: string
  readonly certificate: string
  /** Where it is there, callers are asked for certificates below these; who has none may still log in otherwise. */
  readonly clientAuthorities: string | undefined
}

/** Node's HTTP(S) server with its limits and clocks; it listens to nothing yet. */
export function createAdminServer(
  handle: RequestListener,
  limits: AdminLimits,
  tls: AdminTls | undefined,
): Server {
  const options = {
    maxHeaderSize: limits.headBytesMax,
    headersTimeout: limits.headMsMax,
    requestTimeout: limits.requestMsMax,
    keepAliveTimeout: limits.idleMsMax,
    connectionsCheckingInterval: Math.max(50, Math.min(1_000, limits.headMsMax / 4)),
    insecureHTTPParser: false,
  }
  const server = tls
    ? createTlsServer(
        {
          ...options,
          key: tls.key,
          cert: tls.certificate,
          minVersion: 'TLSv1.2',
          handshakeTimeout: limits.headMsMax,
          ...(tls.clientAuthorities !== undefined && {
            ca: tls.clientAuthorities,
            requestCert: true,
            // Who logs in by password needs none; a login by certificate looks whether this one was good.
            ['rejectUnauthorized']: false,
          }),
        },
        handle,
      )
    : createServer(options, handle)
  server.maxConnections = limits.connectionsMax
  server.setTimeout(limits.requestMsMax + limits.answerMsMax)
  return server
}
