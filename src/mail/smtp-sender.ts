import { createTransport } from 'nodemailer'
import type { MailConfig } from '../config/mail-config.js'
import { mailConnectMsMax, mailSilenceMsMax } from './limits.js'
import { isMailAddress } from './mail-address.js'
import { bodyOf, subjectOf } from './mail-text.js'
import { MailError, type SendMail } from './mail.js'

export interface SmtpSender {
  readonly send: SendMail
  close(): void
}

/**
 * Sends by the operator's SMTP server. Nothing is made of a mail's content but text: no file is read and no address asked for
 * it, whatever it says.
 * @param inbox - where administrators read their notices
 */
export function openSmtpSender(config: MailConfig, inbox: string | undefined): SmtpSender {
  const { host, port, tls, authorities, login, from } = config
  const transport = createTransport({
    ...{ host, port, secure: tls === 'implicit', requireTLS: tls === 'starttls' },
    ignoreTLS: tls === 'none',
    tls: { minVersion: 'TLSv1.2', ...(authorities !== undefined && { ca: authorities }) },
    ...(login && { auth: { user: login.user, pass: login.password.reveal() } }),
    ...{ pool: true, maxConnections: 1, logger: false },
    ...{ disableFileAccess: true, disableUrlAccess: true },
    connectionTimeout: mailConnectMsMax,
    greetingTimeout: mailConnectMsMax,
    socketTimeout: mailSilenceMsMax,
  })
  const domain = from.slice(from.indexOf('@') + 1)
  return {
    async send({ id, recipient, text, at }) {
      if (!isMailAddress(recipient)) throw new MailError('EADDRESS', true)
      try {
        await transport.sendMail({
          envelope: { from, to: [recipient] },
          from: { name: 'Sluice', address: from },
          to: { name: '', address: recipient },
          ...{ subject: subjectOf(text), text: bodyOf(text, inbox), date: at },
          messageId: `<${id}@${domain}>`,
          headers: { 'Auto-Submitted': 'auto-generated' },
        })
      } catch (error) {
        throw troubleOf(error)
      }
    },
    close: () => transport.close(),
  }
}

/** What a server answers may repeat addresses, or what it was told: its codes alone are kept. */
function troubleOf(error: unknown): MailError {
  const { code, responseCode, command } = error as {
    readonly code?: unknown
    readonly responseCode?: unknown
    readonly command?: unknown
  }
  const said = [code, responseCode, command]
    .filter((each) => typeof each === 'string' || typeof each === 'number')
    .map((each) => String(each).split(' ')[0])
    .filter((each) => /^[A-Z0-9]{1,20}$/.test(each ?? ''))
  const isRefused = typeof responseCode === 'number' && responseCode >= 500
  return new MailError(said.join(' ') || 'EUNKNOWN', isRefused && code === 'EENVELOPE')
}
