import { meaningOf } from '../../../../adapters/soap/client-reply.js'
import type { FileCommandIo } from '../../command-io.js'
import { checkChain } from '../chain.js'
import type { ExplainOptions } from '../options.js'
import type { Explanation } from '../report.js'
import { examineSoap, type Examined } from './examine-soap.js'
import type { Candidate } from './explain-signers.js'
import { certificateGiven, readGiven, type Given } from './given.js'
import { likelySignatureMistake } from './likely-signature-mistake.js'
import type { SoapCapture } from './soap-capture.js'
import { SoapChecks } from './soap-checks.js'
import { detailFacts, detailLines } from './soap-details.js'
import { countingSignature, inventoryOf, partsOf, signerOf, type Inventory } from './soap-facts.js'
import { acceptedText, missingOf, otherCertificateText } from './soap-texts.js'
import { unpack, type Unpacked } from './unpack.js'

/** Explains a captured SOAP message. @throws UsageError, CaptureError */
export async function explainSoap(
  capture: SoapCapture,
  options: ExplainOptions,
  io: FileCommandIo,
): Promise<Explanation> {
  const given = await readGiven(options, io)
  const checks = new SoapChecks(capture.shape)
  const unpacked = unpack(capture, options, checks)
  const inventory = inventoryOf(unpacked)
  const examined = capture.shape.isUnsigned
    ? undefined
    : examineSigned(capture, unpacked, inventory, given, options, checks)
  if (!examined) checkUnsigned(unpacked, inventory, checks)
  const mistake = examined && mistakeIn(examined, checks)
  const counting = countingSignature(inventory, examined?.security)
  const details = {
    file: options.file,
    signatures: inventory.signatures,
    counting,
    parts: partsOf(inventory, counting, capture.shape.kind),
    signer: examined?.signer,
  }
  return {
    kind: capture.shape.kind === 'request' ? 'request' : 'reply',
    subject: subjectOf(capture, unpacked),
    at: options.at,
    captureNotes: capture.notes,
    checks: checks.list,
    missing: missingOf(capture.shape, checks.list, options),
    facts: {
      ...messageFacts(capture, unpacked, examined),
      ...detailFacts(details),
      likelyMistake: mistake,
    },
    details: [...detailLines(details)],
    hints: mistake === undefined ? [] : [`Likely mistake: ${mistake}`],
    accepted: acceptedText(capture.shape),
  }
}

type Signed = Examined & { readonly signer: Candidate | undefined }

function examineSigned(
  { shape }: SoapCapture,
  unpacked: Unpacked,
  inventory: Inventory,
  given: Given,
  { at, chain }: ExplainOptions,
  checks: SoapChecks,
): Signed {
  const { kind, isBare } = shape
  const brought = inventory.certificates
  const certificate = certificateGiven(given, kind, brought)
  const rules = { kind, isBare, at, given: certificate, brought }
  const examined = examineSoap(unpacked, rules, checks)
  const { key, timestamp } = examined
  const signer = signerOf(key?.signer.thumbprint, certificate, brought)
  if (timestamp) {
    const { created, expires } = timestamp
    const until = expires ? `, Expires ${expires.toISOString()}` : ''
    checks.note('timestamp', `Created ${created.toISOString()}${until}.`)
  }
  if (signer && chain.trust.length > 0) {
    const others = [...given.others, ...brought.map(({ certificate }) => certificate)]
    const file = { certificate: signer.certificate.der, others }
    checkChain(file, given.trust, { at, crl: chain.crl }, checks)
  } else {
    const why = signer
      ? 'Give an accepted root with --trust.'
      : 'It is not known which certificate signed.'
    checks.skip('chain', why)
  }
  if (kind === 'bus-reply') checkReply(examined, signer, { ...given, certificate }, checks)
  else noteSender(examined, signer, checks)
  return { ...examined, signer }
}

function mistakeIn({ frame, signature, key }: Signed, checks: SoapChecks): string | undefined {
  if (!frame || !signature || !key || !checks.hasFault('signature')) return undefined
  return likelySignatureMistake(frame.document, signature, key)
}

/** A provider's answer without a signature: what is left to be right is its frame. */
function checkUnsigned(unpacked: Unpacked, { document }: Inventory, checks: SoapChecks): void {
  if (unpacked.start && document) checks.enters('envelope')
  checks.note('security', 'The answer bears no signature; the registry says whether it must.')
}

function checkReply(
  { key, whole }: Examined,
  signer: Candidate | undefined,
  { certificate, requestEnvelope }: Given & { readonly certificate: Candidate | undefined },
  checks: SoapChecks,
): void {
  if (!certificate) {
    checks.skip('sender', "Give the bus's certificate with --cert: whoever has one may sign.")
  } else if (key && signer?.thumbprint === certificate.thumbprint) {
    checks.enters('sender')
  } else if (checks.hasFault('token')) {
    checks.advise('token', otherCertificateText)
  }
  if (!whole) return
  checks.enters('answers')
  const meaning = checks.attempt(() => meaningOf(whole, requestEnvelope))
  if (meaning === 'refusal') {
    checks.note('answers', 'It is a refusal of the bus, which names no request.')
  } else if (meaning === 'answer' && requestEnvelope === undefined) {
    checks.skip('answers', 'Give the request with --request.')
  }
}

function noteSender(
  { envelope }: Examined,
  signer: Candidate | undefined,
  checks: SoapChecks,
): void {
  if (signer && envelope) {
    checks.note(
      'sender',
      `client names ${envelope.consumer}; the certificate is that of ${signer.certificate.subject.text}.`,
    )
  }
  const thumbprint = signer ? `: look for ${signer.thumbprint} in sluice registry export` : ''
  checks.note('sender', `Only the registry says whose it is${thumbprint}.`)
  checks.note('registry', 'The registry says that; this command works without it.')
}

function subjectOf({ subject }: SoapCapture, { type, payload }: Unpacked): string {
  if (!type) return subject
  const { version, packaging } = type
  const attachments = payload?.attachments.length ?? 0
  const packed =
    packaging === 'plain' ? '' : `, ${packagings[packaging]}, attachments: ${attachments}`
  return `${subject}, SOAP ${version}${packed}`
}

const packagings = { swa: 'SwA', mtom: 'MTOM' } as const

function messageFacts(
  { shape, status }: SoapCapture,
  { type, soapAction, payload }: Unpacked,
  examined: Signed | undefined,
): Readonly<Record<string, unknown>> {
  const { frame, timestamp, envelope } = examined ?? {}
  return {
    message: shape.kind,
    status,
    soapVersion: frame?.version ?? type?.version,
    packaging: type?.packaging,
    soapAction,
    envelopeBytes: payload?.envelope.length,
    consumer: envelope?.consumer,
    service: envelope && `${envelope.serviceCode}${envelope.version ? `/${envelope.version}` : ''}`,
    messageId: envelope?.messageId,
    timestamp: timestamp && {
      created: timestamp.created.toISOString(),
      expires: timestamp.expires?.toISOString(),
    },
  }
}
