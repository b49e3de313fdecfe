import { hash } from 'node:crypto'
import type { BilingualText } from '../../../exchange/fault.js'
import { signingInput } from '../../../trust/jws/detached-jws.js'
import { printable } from '../../../printable.js'
import { readCertificate, readInput, type NamedCertificate } from '../../command-files.js'
import type { FileCommandIo } from '../../command-io.js'
import { checkGivenChain } from '../chain.js'
import type { ExplainOptions } from '../options.js'
import type { Explanation, Missing } from '../report.js'
import { trustText } from '../trust-text.js'
import { examineMq, type Examined } from './examine-mq.js'
import { likelyMqMistake } from './likely-mq-mistake.js'
import { readMqCapture } from './mq-capture.js'
import { MqChecks } from './mq-checks.js'

/** Explains a captured message of a queue. @throws UsageError, CaptureError */
export async function explainMq(
  file: Buffer,
  options: ExplainOptions,
  io: FileCommandIo,
): Promise<Explanation> {
  const { certificateFile, bodyFile, at } = options
  const given =
    certificateFile === undefined ? undefined : await readCertificate(certificateFile, io)
  const body = bodyFile === undefined ? undefined : await readInput(bodyFile, io)
  const capture = readMqCapture(file, body)
  const { payload } = capture
  const checks = new MqChecks()
  const examined = examineMq(capture, given, at, checks)
  await checkGivenChain(options, checks, io)
  const facts = factsOf(examined, payload, given, checks)
  return {
    kind: 'request',
    subject: `message of a queue, ${payload.length} bytes of body`,
    at,
    captureNotes: [],
    checks: checks.list,
    missing: missingOf(options, examined),
    facts,
    details: detailsOf(facts),
    hints: facts.likelyMistake === undefined ? [] : [`Likely mistake: ${facts.likelyMistake}`],
    accepted: {
      en: 'Whether the sender may call the service, the registry says.',
      az: 'mesaj qəbul edilir. Göndərənin bu xidmətə giriş icazəsi reyestr üzrə yoxlanılır.',
    },
  }
}

interface Facts extends Readonly<Record<string, unknown>> {
  readonly protectedHeader: string | undefined
  readonly signedBytes: number | undefined
  readonly signedSha256: string | undefined
  readonly likelyMistake: string | undefined
}

function factsOf(
  { jws }: Examined,
  payload: Buffer,
  given: NamedCertificate | undefined,
  checks: MqChecks,
): Facts {
  const input = jws && signingInput(jws.header, payload)
  const isOther = jws && given && checks.hasFault('verification')
  return {
    protectedHeader: jws?.headerBytes.toString('utf8'),
    signedBytes: input?.length,
    signedSha256: input && hash('sha256', input, 'hex'),
    likelyMistake: isOther ? likelyMqMistake(jws, payload, given.publicKey) : undefined,
  }
}

function detailsOf({ protectedHeader, signedBytes, signedSha256 }: Facts): string[] {
  if (protectedHeader === undefined) return []
  return [
    'Protected header:',
    `  | ${printable(protectedHeader)}`,
    `Signed octets: ${signedBytes} bytes, the header in base64url, a dot, the body; SHA-256 ${signedSha256}`,
  ]
}

function missingOf(
  { certificateFile, chain }: Pick<ExplainOptions, 'certificateFile' | 'chain'>,
  { header }: Examined,
): Missing[] {
  const missing: Missing[] = []
  if (certificateFile === undefined) {
    missing.push({ option: '--cert', text: certText(header?.thumbprint) })
  }
  if (chain.trust.length === 0) missing.push({ option: '--trust', text: trustText })
  return missing
}

function certText(thumbprint: string | undefined): BilingualText {
  const named = thumbprint === undefined ? 'x5t#S256' : `x5t#S256 ${thumbprint}`
  return {
    en: `Add the signer's certificate with --cert FILE: a message of a queue holds only its thumbprint (${named}).`,
    az: `İmzalayanın sertifikatını --cert FAYL ilə əlavə edin: növbənin mesajında yalnız sertifikatın barmaq izi olur (${named}).`,
  }
}
