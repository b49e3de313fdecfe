import { randomUUID } from 'node:crypto'
import { Fault } from '../exchange/fault.js'
import { signRequest, verifyReply, type VerifiedBusReply } from '../trust/http-signature/client.js'
import { readInput, type NamedCertificate } from './command-files.js'
import { UsageError, type FileCommandIo } from './command-io.js'
import { assertionOf } from './send-assertion.js'
import { byOneOf, readBus, readSystem, type SystemIdentity } from './send-identities.js'
import { showReceipt } from './send-receipt.js'
import { readSendOptions, sendUsage, type SendOptions } from './send-options.js'
import {
  received,
  showHeaders,
  showRequest,
  showUnverified,
  statusLine,
  textOf,
  type SignedRequest,
} from './send-transport.js'

/**
 * `sluice send`: signs a request, sends it through the bus and verifies the answer.
 * @returns exit code: 0 answered (2xx), 1 refused or any other answer, 2 wrong usage, 3 not verifiable
 */
export async function send(
  args: readonly string[],
  io: FileCommandIo,
  environment: Readonly<Record<string, string | undefined>> = {},
): Promise<number> {
  try {
    const options = readSendOptions(args, environment)
    if (options === 'help') {
      io.out(sendUsage)
      return 0
    }
    const buses = await readBus(options, io)
    if (options.mq) {
      const { sendMq } = await import('./send-mq.js')
      return await sendMq(options, options.mq, buses, io)
    }
    if (options.soap) {
      const { sendSoap } = await import('./send-soap.js')
      return await sendSoap(options, options.soap, buses, io)
    }
    const request = await signedRequest(options, io)
    if (options.verbose) showRequest(request, io)
    return await exchange(request, buses, options, io)
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    io.err(error.message)
    return 2
  }
}

async function signedRequest(options: SendOptions, io: FileCommandIo): Promise<SignedRequest> {
  const system = await readSystem(options, io)
  const { privateKey, thumbprint } = system
  const { method, data } = options
  const payload = data === undefined ? undefined : await readData(data, io)
  const url = new URL(
    `/r1/${encoded(options.service)}${options.path}${options.query === undefined ? '' : `?${options.query}`}`,
    options.url,
  ).href
  const headers = headersOf(options, system, payload)
  const signed = { method, url, headers, payload, privateKey, certificateThumbprint: thumbprint }
  return { method, url, headers: signRequest(signed), payload }
}

async function readData(data: string, io: FileCommandIo): Promise<Buffer> {
  return data.startsWith('@') ? readInput(data.slice(1), io) : Buffer.from(data)
}

function headersOf(
  options: SendOptions,
  system: SystemIdentity,
  payload: Buffer | undefined,
): Record<string, string> {
  const { client, service, assertion, id: messageId = randomUUID() } = options
  const headers: Record<string, string> = {
    'X-Road-Client': encoded(client),
    'X-Road-Id': messageId,
  }
  if (assertion) {
    headers['Sluice-Assertion'] = assertionOf(assertion, { client, service, messageId }, system)
  }
  for (const [name, value] of options.envelope) headers[name] = encoded(value)
  const given = options.headers.map(([name]) => name.toLowerCase())
  if (payload && !given.includes('content-type')) headers['Content-Type'] = 'application/json'
  for (const [name, value] of options.headers) headers[name] = value
  return headers
}

// Text that is not ASCII travels percent-encoded; slashes of identifiers stay.
function encoded(value: string): string {
  return value.split('/').map(encodeURIComponent).join('/')
}

async function exchange(
  request: SignedRequest,
  buses: readonly NamedCertificate[],
  { verbose }: SendOptions,
  io: FileCommandIo,
): Promise<number> {
  let reply
  try {
    reply = await received(request)
  } catch (error) {
    io.err(`No answer from the bus: ${(error as Error).message}`)
    return 1
  }
  if (verbose) showHeaders('< ', reply.rawHeaders, io)
  try {
    const verified = byOneOf(buses, ({ publicKey, thumbprint: certificateThumbprint }) =>
      verifyReply({ ...reply, request, publicKey, certificateThumbprint }),
    )
    if (!show(verified, buses, io)) return 3
    return verified.status >= 200 && verified.status < 300 ? 0 : 1
  } catch (error) {
    if (!(error instanceof Fault)) throw error
    showUnverified(reply, 'REST', error.message, io)
    return 3
  }
}

/** @returns whether the receipt, if any, is right */
function show(
  reply: VerifiedBusReply,
  buses: readonly NamedCertificate[],
  io: FileCommandIo,
): boolean {
  const exchangeId = reply.header('sluice-exchange-id')
  io.out(statusLine(reply.status))
  io.out(`Exchange id: ${exchangeId ?? 'none'}`)
  const bound = reply.boundToRequest ? 'this request' : 'no request in particular'
  io.out(`Signed by the bus at ${reply.created.toISOString()}, in answer to ${bound}.`)
  const [token, entry] = [reply.header('sluice-receipt'), reply.header('sluice-entry')]
  const isRight = showReceipt({ token, exchangeId, entry }, buses, io)
  io.out('')
  if (reply.payload.length > 0) io.out(textOf(reply.payload))
  return isRight
}
