import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { SMTPServer, type SMTPServerOptions } from 'smtp-server'
import type { TlsFiles } from './tls-lane.js'

/** A mail as a server got it. */
export interface GotMail {
  readonly recipients: readonly string[]
  readonly isTls: boolean
  readonly user: string | undefined
  /** Names of header fields in their order, with their values. */
  readonly headers: readonly (readonly [string, string])[]
  readonly raw: string
}

export interface TestMailServer {
  readonly port: number
  readonly mails: GotMail[]
  /** What a recipient is refused with, once for each of these. */
  readonly refusals: number[]
  close(): Promise<void>
}

export const mailLogin = { user: 'sluice', password: 'poçtun sirri' }

/** An SMTP server of other people's making. */
export async function startMailServer(
  tls: TlsFiles,
  { port = 0, ...changed }: SMTPServerOptions & { readonly port?: number } = {},
): Promise<TestMailServer> {
  const mails: GotMail[] = []
  const refusals: number[] = []
  const server = new SMTPServer({
    ...{ key: readFileSync(tls.keyFile), cert: readFileSync(tls.certificateFile) },
    ...{ logger: false, closeTimeout: 100 },
    onAuth: ({ username, password }, _session, done) => {
      const isRight = username === mailLogin.user && password === mailLogin.password
      done(isRight ? null : new Error('535 no'), isRight ? { user: username } : undefined)
    },
    onRcptTo: (_address, _session, done) => {
      const code = refusals.shift()
      if (code === undefined) done()
      else done(Object.assign(new Error(`no ${mailLogin.password}`), { responseCode: code }))
    },
    onData: (stream, session, done) => {
      const chunks: Buffer[] = []
      stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      stream.on('end', () => {
        const raw = Buffer.concat(chunks).toString('utf8')
        mails.push({
          recipients: session.envelope.rcptTo.map(({ address }) => address),
          ...{
            isTls: session.secure,
            user: session.user as string | undefined,
            headers: headersOf(raw),
            raw,
          },
        })
        done()
      })
    },
    ...changed,
  })
  server.on('error', () => undefined)
  const listening = server.listen(port, '127.0.0.1')
  await once(listening, 'listening')
  return {
    ...{ mails, refusals, port: portOf(listening.address()) },
    close: () => new Promise((resolve) => server.close(() => resolve())),
  }
}

function portOf(address: unknown): number {
  return (address as AddressInfo).port
}

function headersOf(raw: string): (readonly [string, string])[] {
  const [head = ''] = raw.split('\r\n\r\n', 1)
  return head
    .replaceAll(/\r\n[ \t]+/g, ' ')
    .split('\r\n')
    .map((line) => {
      const at = line.indexOf(':')
      return [line.slice(0, at), line.slice(at + 1).trim()] as const
    })
}
