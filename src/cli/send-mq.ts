import type { ConsumeMessage } from 'amqplib'
import { randomUUID } from 'node:crypto'
import {
  messageKey,
  noticesQueueOf,
  outExchangeOf,
  repliesQueueOf,
  requestKey,
} from '../broker/names.js'
import { Fault } from '../exchange/fault.js'
import { defaultLimits } from '../limits/default-limits.js'
import { signatureHeader } from '../mq-head.js'
import { printable } from '../printable.js'
import { verifyOfBus } from '../trust/jws/client.js'
import { createMqSigner } from '../trust/jws/sign-message.js'
import type { VerifiedMessage } from '../trust/jws/verify-message.js'
import { readInput, type NamedCertificate } from './command-files.js'
import { UsageError, type FileCommandIo } from './command-io.js'
import { OwnMail } from './own-mail.js'
import { byOneOf, readSystem } from './send-identities.js'
import { clientOf, type MqSendOptions } from './send-mq-options.js'
import type { SendOptions } from './send-options.js'
import { showReceipt } from './send-receipt.js'
import { statusLine, textOf } from './send-transport.js'

const now = (): Date => new Date()
const { freshnessMs } = defaultLimits

interface SignedMqRequest {
  readonly id: string
  readonly signature: string
  readonly payload: Buffer
  readonly contentType: string
}

/**
 * Signs a message, publishes it through the system's own exchange at the broker, and verifies what the bus says to it.
 * @returns exit code, as that of `send`
 * @throws UsageError
 */
export async function sendMq(
  options: SendOptions,
  mq: MqSendOptions,
  buses: readonly NamedCertificate[],
  io: FileCommandIo,
): Promise<number> {
  const request = await signedMessage(options, mq, io)
  const client = clientOf(options.client)
  const isRequest = mq.key === 'request'
  const queue = isRequest ? repliesQueueOf(client) : noticesQueueOf(client)
  let mail: OwnMail | undefined
  try {
    mail = await OwnMail.open(mq.url, queue, request.id)
    await mail.publish(
      outExchangeOf(client),
      isRequest ? requestKey : messageKey,
      request.payload,
      {
        contentType: request.contentType,
        messageId: request.id,
        persistent: true,
        headers: { [signatureHeader]: request.signature },
      },
    )
    io.out(`Message id: ${printable(request.id)}, taken by the broker.`)
    const until = performance.now() + mq.waitMs
    if (isRequest) return showReply(await mail.next(until), request, buses, io)
    const recipients = [options.service, ...mq.recipients]
    return await showNotices(mail, until, { request, recipients, buses }, io)
  } catch (error) {
    io.err(`It could not be sent: ${error instanceof Error ? error.message : String(error)}`)
    return 1
  } finally {
    await mail?.close()
  }
}

async function signedMessage(
  options: SendOptions,
  { recipients, terms }: MqSendOptions,
  io: FileCommandIo,
): Promise<SignedMqRequest> {
  const { data, client, service, verbose } = options
  const { privateKey, thumbprint: certificateThumbprint } = await readSystem(options, io)
  if (data === undefined) throw new UsageError('--data is missing: a message has a body.')
  const payload = data.startsWith('@') ? await readInput(data.slice(1), io) : Buffer.from(data)
  const [, contentType] = options.headers.find(([name]) => /^content-type$/i.test(name)) ?? []
  const id = options.id ?? randomUUID()
  const type = contentType ?? 'application/json'
  const to = recipients.length === 0 ? { service } : { to: [service, ...recipients] }
  const envelope = { client, ...to, id, ...terms }
  const signer = createMqSigner({ privateKey, certificateThumbprint, now })
  const signature = signer.sign({
    ...{ type: 'sluice-request+jws', contentType: type, envelope, payload },
  })
  if (verbose) io.out(`> env ${JSON.stringify(envelope)}\n> ${signatureHeader}: ${signature}\n`)
  return { id, signature, payload, contentType: type }
}

function verified(
  { properties, content: payload }: ConsumeMessage,
  type: 'sluice-reply+jws' | 'sluice-notice+jws',
  request: SignedMqRequest,
  buses: readonly NamedCertificate[],
): VerifiedMessage {
  const {
    contentType,
    type: kind,
    headers,
  } = properties as {
    readonly contentType?: string
    readonly type?: string
    readonly headers?: Readonly<Record<string, unknown>>
  }
  const given = headers?.[signatureHeader]
  const signature = typeof given === 'string' ? given : undefined
  const message = { type, signature, payload, contentType, kind, request: request.signature }
  return byOneOf(buses, (bus) => verifyOfBus(message, bus, { now, freshnessMs }))
}

/** @returns exit code */
function showReply(
  message: ConsumeMessage | undefined,
  request: SignedMqRequest,
  buses: readonly NamedCertificate[],
  io: FileCommandIo,
): number {
  if (!message) return nothingCame(io)
  let said: VerifiedMessage
  try {
    said = verified(message, 'sluice-reply+jws', request, buses)
  } catch (error) {
    return unverified(error, io)
  }
  const { envelope, signature } = said
  const status = Number(envelope.get('status'))
  const exchangeId = textIn(said, 'exchangeId')
  io.out(statusLine(status))
  io.out(`Exchange id: ${exchangeId ?? 'none'}`)
  const bound = envelope.has('requestSignature') ? 'this request' : 'no request in particular'
  io.out(`Signed by the bus at ${signature.created.toISOString()}, in answer to ${bound}.`)
  const receipt = { token: textIn(said, 'receipt'), exchangeId, entry: undefined }
  const isRight = showReceipt(receipt, buses, io)
  io.out('')
  if (message.content.length > 0) io.out(textOf(message.content))
  if (!isRight) return 3
  return status >= 200 && status < 300 ? 0 : 1
}

interface Awaited {
  readonly request: SignedMqRequest
  readonly recipients: readonly string[]
  readonly buses: readonly NamedCertificate[]
}

/** @returns exit code: 0 where every recipient has it and none refused */
async function showNotices(
  mail: OwnMail,
  until: number,
  { request, recipients, buses }: Awaited,
  io: FileCommandIo,
): Promise<number> {
  const delivered = new Set<string>()
  const ended = new Set<string>()
  let isRefused = false
  while (ended.size < recipients.length) {
    const message = await mail.next(until)
    if (!message) break
    let said: VerifiedMessage
    try {
      said = verified(message, 'sluice-notice+jws', request, buses)
    } catch (error) {
      return unverified(error, io)
    }
    const notice = textIn(said, 'notice') ?? ''
    // A message that the bus could not read has no recipients: its refusal is all there is.
    const recipient = recipientIn(message.content)
    const at = said.signature.created.toISOString()
    io.out(
      printable(`${notice}  ${recipient}  exchange ${textIn(said, 'exchangeId') ?? ''}  ${at}`),
    )
    io.out(textOf(message.content))
    isRefused ||= notice === 'IMTINA'
    if (notice === 'IMTINA' && recipient === '') break
    delivered.add(recipient)
    if (notice === 'IMTINA' || notice === 'QEYDIYYATA_ALINIB') ended.add(recipient)
  }
  if (delivered.size === 0 && !isRefused) return nothingCame(io)
  return !isRefused && delivered.size >= recipients.length ? 0 : 1
}

/** Of what is verified. */
function recipientIn(body: Buffer): string {
  const notice: unknown = JSON.parse(body.toString('utf8'))
  const isNamed = typeof notice === 'object' && notice !== null && 'recipient' in notice
  return isNamed && typeof notice.recipient === 'string' ? notice.recipient : ''
}

function textIn({ envelope }: VerifiedMessage, name: string): string | undefined {
  const value = envelope.get(name)
  return typeof value === 'string' ? value : undefined
}

function nothingCame(io: FileCommandIo): number {
  io.err('Nothing came in time. Another program that reads the same queue may have taken it.')
  return 1
}

function unverified(error: unknown, io: FileCommandIo): number {
  if (!(error instanceof Fault)) throw error
  io.err(`What came is not verifiably the bus's, so it is not shown. ${error.message}`)
  return 3
}
