import { hash } from 'node:crypto'
import { PackagingError } from '../../../adapters/soap/packaging-error.js'
import { Fault, type BilingualText } from '../../exchange/fault.js'
import type { EntryFields } from '../../message-log/entry.js'
import { halfFile } from '../container-files.js'
import { HttpHeadError, isAnswerHead } from '../http-head.js'
import { printable } from '../printable.js'
import type { Believed } from './believed.js'
import { rulesOf } from './container-signers.js'
import {
  verifyRestReply,
  verifyRestRequest,
  verifySoapAnswer,
  verifySoapRequest,
  type SignedMessage,
} from './message-signature.js'
import type { ReadHalf, ReadMessage } from './read-halves.js'
import type { Findings } from './report.js'
import { tellOfCertificate } from './tell-of-certificate.js'

/** Who said what: the messages as they came, against their entries, their signatures and certificates. */
export function verifyMessages(
  halves: readonly ReadHalf[],
  believed: Believed,
  stampedAt: Date | undefined,
  findings: Findings,
): void {
  let asked: SignedMessage | undefined
  for (const half of halves) {
    const isReply = half.half === 2 && isAnswer(half)
    checkDigests(half, isReply ? 'reply-message' : 'request-message', findings)
    const at = stampedAt ?? new Date(half.fields.recordedAt)
    if (isReply) verifyReply(half, asked, at, believed, findings)
    else asked = verifyRequest(half, at, believed, findings) ?? asked
  }
}

/** A refusal may keep the refused request, or the answer that was refused. */
function isAnswer({ fields, message }: ReadHalf): boolean {
  return message ? isAnswerHead(message.head) : fields.requestEntry !== undefined
}

/** Whether the message is the one that the entry speaks of. */
function checkDigests(
  { half, fields, message }: ReadHalf,
  step: 'request-message' | 'reply-message',
  findings: Findings,
): void {
  const [en, az] = step === 'request-message' ? ['request', 'Sorğu'] : ['answer', 'Cavab']
  if (!message) {
    tellOfNoMessage(fields, step, [en, az], findings)
    return
  }
  const { salt, payload, delivery = Buffer.alloc(0), head } = message
  const wrong = (what: BilingualText, file: string): void => findings.isFalse(step, what, file)
  if (digestOf(salt, payload) !== fields.payloadDigest) {
    wrong(
      {
        en: `The payload of the ${en} is not the one that the entry speaks of.`,
        az: `${az} məzmunu yazıda göstərilən məzmun deyil.`,
      },
      message.payloadFile,
    )
    return
  }
  if (digestOf(delivery, head, salt) !== fields.headDigest) {
    // Entries of format 1 say nothing of heads.
    if (fields.headDigest !== undefined) {
      wrong(
        {
          en: `The head of the ${en} is not the one that the entry speaks of.`,
          az: `${az} başlığı yazıda göstərilən başlıq deyil.`,
        },
        message.headFile,
      )
      return
    }
  }
  findings.proved(
    step,
    {
      en: `The ${en} in the container is, byte for byte, the one that the entry in the log speaks of.`,
      az: `Konteynerdəki ${az.toLowerCase()} jurnal yazısında göstərilənlə bayt-bayt eynidir.`,
    },
    halfFile(half, 'head.http'),
  )
}

function digestOf(...parts: readonly Uint8Array[]): string {
  return hash('sha256', Buffer.concat(parts), 'base64url')
}

function tellOfNoMessage(
  fields: EntryFields,
  step: 'request-message' | 'reply-message',
  [en, az]: readonly [string, string],
  findings: Findings,
): void {
  if (fields.payloadDigest === undefined) {
    findings.note(step, {
      en: `No message of the ${fields.kind} was kept, as its entry says; what was in it is not proved.`,
      az: `Yazıda göstərildiyi kimi, mesaj saxlanılmayıb; onun məzmunu sübut edilmir.`,
    })
    return
  }
  findings.notChecked(step, {
    en: `The ${en} is no longer stored. Its entry still proves that it was; its content is not proved here.`,
    az: `${az} artıq saxlanılmır. Yazı onun mövcud olduğunu sübut edir; məzmunu isə burada sübut edilmir.`,
  })
}

function verifyRequest(
  { fields, message }: ReadHalf,
  at: Date,
  believed: Believed,
  findings: Findings,
): SignedMessage | undefined {
  if (!message) return undefined
  const receivedAt = new Date(fields.receivedAt ?? fields.recordedAt)
  const rules = rulesOf(believed.certificates, fields.consumer ?? '', receivedAt)
  const verify = fields.consumerProtocol === 'soap' ? verifySoapRequest : verifyRestRequest
  const signed = attempted(() => verify(message, rules), 'request-signature', message, findings)
  if (!signed) return undefined
  const isOfEntry =
    signed.thumbprint === fields.consumerCertificate &&
    hash('sha256', signed.signature.value, 'base64url') === fields.consumerSignatureDigest &&
    signed.envelope.consumer === fields.consumer &&
    signed.envelope.messageId === fields.messageId
  const certificate = believed.certificates.get(signed.thumbprint)
  const name = printable(certificate?.subject.text ?? signed.thumbprint)
  if (!isOfEntry) {
    findings.isFalse(
      'request-signature',
      {
        en: `The request is signed by ${name}, but the entry speaks of another signature, sender or message.`,
        az: `Sorğu ${name} tərəfindən imzalanıb, lakin yazı başqa imzadan, göndərəndən və ya mesajdan bəhs edir.`,
      },
      message.headFile,
    )
    return undefined
  }
  const consumer = printable(fields.consumer ?? '')
  findings.proved(
    'request-signature',
    {
      en: `This was asked by the system ${consumer}: the key of its certificate (${name}) signed exactly this request, on ${signed.signature.created.toISOString()}.`,
      az: `Bunu ${consumer} sistemi soruşub: onun sertifikatının (${name}) açarı məhz bu sorğunu ${signed.signature.created.toISOString()} tarixində imzalayıb.`,
    },
    message.payloadFile,
  )
  if (certificate) tellOfCertificate(certificate, at, 'request-certificate', believed, findings)
  return signed
}

function verifyReply(
  { fields, message }: ReadHalf,
  asked: SignedMessage | undefined,
  at: Date,
  believed: Believed,
  findings: Findings,
): void {
  if (!message) return
  if (fields.providerCertificate === undefined) {
    tellOfUnsignedReply(fields, message, findings)
    return
  }
  const answeredAt = new Date(fields.answeredAt ?? fields.recordedAt)
  const rules = rulesOf(believed.certificates, fields.provider ?? '', answeredAt)
  const thumbprint = attempted(
    () =>
      fields.providerProtocol === 'soap'
        ? verifySoapAnswer(message, asked?.signature.value, rules)
        : verifyRestReply(message, rules),
    'reply-signature',
    message,
    findings,
  )
  if (thumbprint === undefined) return
  const certificate = believed.certificates.get(thumbprint)
  const name = printable(certificate?.subject.text ?? thumbprint)
  if (thumbprint !== fields.providerCertificate || !certificate) {
    findings.isFalse(
      'reply-signature',
      {
        en: `The answer is signed by ${name}, but the entry speaks of another signer.`,
        az: `Cavab ${name} tərəfindən imzalanıb, lakin yazı başqa imzalayandan bəhs edir.`,
      },
      message.headFile,
    )
    return
  }
  const provider = printable(fields.provider ?? '')
  findings.proved(
    'reply-signature',
    {
      en: `This was answered by the system ${provider}: the key of its certificate (${name}) signed exactly this answer to exactly this request.`,
      az: `Bunu ${provider} sistemi cavablandırıb: onun sertifikatının (${name}) açarı məhz bu sorğuya məhz bu cavabı imzalayıb.`,
    },
    message.payloadFile,
  )
  tellOfCertificate(certificate, at, 'reply-certificate', believed, findings)
}

function tellOfUnsignedReply(fields: EntryFields, message: ReadMessage, findings: Findings): void {
  const provider = printable(fields.provider ?? '')
  findings.note(
    'reply-signature',
    {
      en: `The bus asked for no signature of the provider ${provider}, or found none that was right: that this answer came from it is the operator's word.`,
      az: `Şin ${provider} təchizatçısından imza tələb etməyib və ya düzgün imza tapmayıb: bu cavabın ondan gəlməsi yalnız operator tərəfindən bildirilir.`,
    },
    message.headFile,
  )
}

/** What the bus's own verifiers say, in a sentence. */
function attempted<Result>(
  verify: () => Result,
  step: 'request-signature' | 'reply-signature',
  { headFile }: ReadMessage,
  findings: Findings,
): Result | undefined {
  try {
    return verify()
  } catch (error) {
    const why = reasonOf(error)
    if (!why) throw error
    findings.isFalse(
      step,
      {
        en: `The signature does not prove who sent this message: ${why.en}`,
        az: `İmza bu mesajı kimin göndərdiyini sübut etmir: ${why.az}`,
      },
      headFile,
    )
    return undefined
  }
}

function reasonOf(error: unknown): BilingualText | undefined {
  if (error instanceof Fault) {
    const { code, text, detail } = error
    return { en: printable(`${code}: ${detail ?? text.en}`), az: printable(`${code}: ${text.az}`) }
  }
  if (error instanceof HttpHeadError || error instanceof PackagingError) {
    const text = printable(error.message)
    return { en: text, az: text }
  }
  return undefined
}
