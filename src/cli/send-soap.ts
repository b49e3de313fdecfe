import { meaningOf } from '../../adapters/soap/client-reply.js'
import { readContentType } from '../../adapters/soap/content-type.js'
import { readMultipart } from '../../adapters/soap/multipart.js'
import { PackagingError } from '../http/packaging-error.js'
import { Fault } from '../exchange/fault.js'
import type { SoapPayload } from '../exchange/soap-content.js'
import { firstValue } from '../http/headers.js'
import { verifyBusReply } from '../trust/wss/client.js'
import type { NamedCertificate } from './command-files.js'
import type { FileCommandIo } from './command-io.js'
import { byOneOf } from './send-identities.js'
import type { SendOptions } from './send-options.js'
import { signedSoap, type SignedSoapRequest } from './send-soap-request.js'
import type { SoapSendOptions } from './send-soap-options.js'
import { showSoapReply, type ReplyToShow } from './send-soap-show.js'
import {
  received,
  showHeaders,
  showRequest,
  showUnverified,
  textOf,
  type ReceivedAnswer,
} from './send-transport.js'

/**
 * Signs a SOAP request, sends it through the bus and verifies the answer: its signature, and that it answers
 * this request. A refusal names no request, since the bus may have found that request wrong.
 * @returns exit code, as that of `send`
 * @throws UsageError
 */
export async function sendSoap(
  options: SendOptions,
  soap: SoapSendOptions,
  buses: readonly NamedCertificate[],
  io: FileCommandIo,
): Promise<number> {
  const request = await signedSoap(options, soap, io)
  if (options.verbose) {
    showRequest(request, io)
    io.out(textOf(request.envelope))
    io.out('')
  }
  let answer
  try {
    answer = await received(request)
  } catch (error) {
    io.err(`No answer from the bus: ${(error as Error).message}`)
    return 1
  }
  if (options.verbose) showHeaders('< ', answer.rawHeaders, io)
  try {
    const { status } = answer
    return showSoapReply({ status, ...verifiedReply(answer, request, buses) }, buses, io)
  } catch (error) {
    if (!(error instanceof Fault || error instanceof PackagingError)) throw error
    showUnverified(answer, 'SOAP', error.message, io)
    return 3
  }
}

/** @throws Fault, PackagingError */
function verifiedReply(
  answer: ReceivedAnswer,
  { envelope }: SignedSoapRequest,
  buses: readonly NamedCertificate[],
): Omit<ReplyToShow, 'status'> {
  const payload = payloadOf(answer)
  const verified = byOneOf(buses, ({ publicKey, thumbprint: certificateThumbprint }) =>
    verifyBusReply({ payload, publicKey, certificateThumbprint }),
  )
  const { attachments } = payload
  return { verified, attachments, meaning: meaningOf(verified, envelope) }
}

/** @throws PackagingError */
function payloadOf({ rawHeaders, payload: bytes }: ReceivedAnswer): SoapPayload {
  const type = readContentType(firstValue(rawHeaders, 'content-type'))
  if (type.packaging === 'plain') return { bytes, envelope: bytes, attachments: [] }
  const { soapPart, attachments } = readMultipart(bytes, type)
  return { bytes, envelope: soapPart.envelope, attachments, isXop: type.packaging === 'mtom' }
}
