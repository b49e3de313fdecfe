import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:https'
import type { RequestListener } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect, type ConnectionOptions, type SecureVersion } from 'node:tls'
import { privateKeyPem } from '../../src/trust/issuing/key-pair.js'
import { makeAuthority, SubjectAlternativeNameExtension, type TestAuthority } from './pki.js'

/** What a lane over TLS needs: an authority, and a certificate of `localhost` with its key, in files. */
export interface TlsFiles {
  readonly caFile: string
  readonly certificateFile: string
  readonly keyFile: string
  /** What a client of that authority shows. */
  readonly client: { readonly cert: string; readonly key: string; readonly thumbprint: string }
  remove(): void
}

const extendedKeyUsage = '2.5.29.37'

export async function makeTlsFiles(): Promise<TlsFiles> {
  const directory = mkdtempSync(join(tmpdir(), 'sluice-tls-'))
  const written = (name: string, pem: string): string => {
    writeFileSync(join(directory, name), pem)
    return join(directory, name)
  }
  const authority = await makeAuthority('Test CA')
  const { pem, privateKey } = await authority.issue({
    subject: 'localhost',
    extensions: [new SubjectAlternativeNameExtension([{ type: 'dns', value: 'localhost' }])],
    without: [extendedKeyUsage],
  })
  return {
    caFile: written('ca.pem', authority.pem),
    certificateFile: written('certificate.pem', pem),
    keyFile: written('key.pem', privateKeyPem(privateKey)),
    client: await clientOf(authority),
    remove: () => rmSync(directory, { recursive: true }),
  }
}

/** A certificate, with its key, that a client may show. */
export async function clientOf(authority: TestAuthority): Promise<TlsFiles['client']> {
  const { pem, privateKey, thumbprint } = await authority.issue({ without: [extendedKeyUsage] })
  return { cert: pem, key: privateKeyPem(privateKey), thumbprint }
}

/** What a client of exactly this TLS version gets for these bytes, or why it gets nothing. */
export function askOverTls(
  port: number,
  version: SecureVersion,
  bytes: Uint8Array | string,
  client: Pick<ConnectionOptions, 'cert' | 'key'> = {},
): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect({
      port,
      host: '127.0.0.1',
      rejectUnauthorized: false,
      minVersion: version,
      maxVersion: version,
      ciphers: 'DEFAULT@SECLEVEL=0',
      ...client,
    })
    let text = ''
    socket.on('data', (chunk: Buffer) => (text += chunk.toString('latin1')))
    socket.on('error', (error: Error) => resolve(error.message))
    socket.on('close', () => resolve(text))
    socket.write(bytes)
  })
}

/** A provider over TLS, which does not listen yet. */
export function httpsServer(
  { certificateFile, keyFile }: TlsFiles,
  answer: RequestListener,
): Server {
  return createServer({ cert: readFileSync(certificateFile), key: readFileSync(keyFile) }, answer)
}

/** What clients of each version get from a listener that asks for at least this one. */
export const tlsVersionCases = [
  [undefined, 'TLSv1.1', 'alert protocol version'],
  [undefined, 'TLSv1.2', 'HTTP/1.1 200 OK'],
  [undefined, 'TLSv1.3', 'HTTP/1.1 200 OK'],
  ['TLSv1.3', 'TLSv1.2', 'alert protocol version'],
  ['TLSv1.3', 'TLSv1.3', 'HTTP/1.1 200 OK'],
] as const
