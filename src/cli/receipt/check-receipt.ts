import type { BilingualText } from '../../exchange/fault.js'
import { readReceipt, type UnverifiedReceipt } from '../../receipt/read-receipt.js'
import { ReceiptError, type ReceiptTrouble } from '../../receipt/receipt-error.js'
import type { Receipt } from '../../receipt/receipt.js'
import { serialText } from '../../trust/x509/certificate.js'
import type { NamedCertificate } from '../command-files.js'
import type { FoundReceipt } from './find-receipt.js'
import { timeText, type ReceiptStep } from './receipt-step.js'

/** A receipt of which the signature proved right, by this certificate. */
export interface CheckedReceipt {
  readonly receipt: Receipt
  readonly certificate: NamedCertificate
}

/**
 * Looks at the receipt itself: its form, its signature, whether its certificate was valid when the entry was recorded,
 * and whether the message that brings it is of the same exchange.
 * @param steps - gets what was found
 * @returns undefined where nothing that it says may be believed
 */
export function checkReceipt(
  { token, message }: FoundReceipt,
  certificates: readonly NamedCertificate[],
  steps: ReceiptStep[],
): CheckedReceipt | undefined {
  const unverified = formOf(token, steps)
  const certificate = unverified && certificateOf(unverified, certificates, steps)
  const receipt = certificate && signedBy(unverified, certificate, steps)
  if (!receipt) return undefined
  steps.push(validityOf(certificate, receipt))
  if (message) steps.push(messageOf(message.exchangeId, receipt))
  return { receipt, certificate }
}

function formOf(token: string, steps: ReceiptStep[]): UnverifiedReceipt | undefined {
  try {
    const unverified = readReceipt(token)
    const { algorithm } = unverified
    const text = {
      en: `It is a receipt, signed with ${algorithm}.`,
      az: `Bu, ${algorithm} alqoritmi ilə imzalanmış qəbzdir.`,
    }
    steps.push({ name: 'form', outcome: 'ok', text })
    return unverified
  } catch (error) {
    if (!(error instanceof ReceiptError)) throw error
    steps.push({ name: 'form', outcome: 'wrong', text: troubleOf(error), remedy: wholeReceipt })
    return undefined
  }
}

function certificateOf(
  { certificateThumbprint }: UnverifiedReceipt,
  certificates: readonly NamedCertificate[],
  steps: ReceiptStep[],
): NamedCertificate | undefined {
  const name = 'certificate'
  const named = certificates.find(({ thumbprint }) => thumbprint === certificateThumbprint)
  if (!named) {
    const text = {
      en: `It names none of the certificates given, but the one with the thumbprint ${certificateThumbprint}.`,
      az: `Qəbzdə verilən sertifikatların heç biri göstərilməyib; göstərilən sertifikatın barmaq izi: ${certificateThumbprint}.`,
    }
    steps.push({ name, outcome: 'wrong', text, remedy: rightCertificate })
    return undefined
  }
  const { subject } = named.certificate
  const serial = serialText(named.certificate)
  const text = {
    en: `It names this certificate, which was given: ${subject.text}, serial number ${serial}.`,
    az: `Qəbzdə göstərilən sertifikat verilən sertifikatdır: ${subject.text}, seriya nömrəsi ${serial}.`,
  }
  steps.push({ name, outcome: 'ok', text })
  return named
}

function signedBy(
  unverified: UnverifiedReceipt,
  { publicKey }: NamedCertificate,
  steps: ReceiptStep[],
): Receipt | undefined {
  const name = 'signature'
  try {
    const receipt = unverified.verifiedBy(publicKey)
    const text = {
      en: 'The key of this certificate signed it, and nothing of it was changed since.',
      az: 'Onu bu sertifikatın açarı imzalayıb və o vaxtdan bəri heç bir hissəsi dəyişməyib.',
    }
    steps.push({ name, outcome: 'ok', text })
    return receipt
  } catch (error) {
    if (!(error instanceof ReceiptError)) throw error
    steps.push({ name, outcome: 'wrong', text: troubleOf(error), remedy: wholeReceipt })
    return undefined
  }
}

function validityOf({ certificate }: NamedCertificate, { recordedAt }: Receipt): ReceiptStep {
  const { notBefore, notAfter } = certificate
  const isValid = recordedAt >= notBefore && recordedAt <= notAfter
  const [at, from, until] = [recordedAt, notBefore, notAfter].map(timeText)
  return {
    name: 'validity',
    outcome: isValid ? 'ok' : 'wrong',
    text: {
      en: `The certificate is valid from ${from} to ${until}; the entry was recorded at ${at}.`,
      az: `Sertifikatın qüvvədə olduğu müddət: ${from} – ${until}; jurnal yazısının vaxtı: ${at}.`,
    },
    remedy: outsideValidity,
  }
}

function messageOf(exchangeId: string | undefined, receipt: Receipt): ReceiptStep {
  const name = 'message'
  if (exchangeId === receipt.exchangeId) {
    const text = {
      en: 'The message that brings it is of the same exchange. (The signature of the message itself was not looked at.)',
      az: 'Qəbzi gətirən mesaj həmin mübadiləyə aiddir. (Mesajın öz imzası yoxlanılmayıb.)',
    }
    return { name, outcome: 'ok', text }
  }
  const text = {
    en: 'The message that brings it says that it is of another exchange, or of none.',
    az: 'Qəbzi gətirən mesajda başqa mübadilə göstərilib və ya mübadilə göstərilməyib.',
  }
  return { name, outcome: 'wrong', text, remedy: wholeReceipt }
}

const troubles: Readonly<Record<ReceiptTrouble, string>> = {
  form: 'Bu, qəbz deyil: qəbz kimi yazılmayıb.',
  header: 'Bu, qəbz deyil: başlığı qəbzin başlığı kimi yazılmayıb.',
  algorithm: 'Göstərilən alqoritm qəbul edilmir.',
  signature: 'İmza etibarsızdır: qəbz dəyişdirilib və ya onu başqa açar imzalayıb.',
  inclusion: 'İmza bu qəbzin məzmununu əhatə etmir: qəbz dəyişdirilib.',
  payload: 'Bu, qəbz deyil: məzmunu qəbzin məzmunu kimi yazılmayıb.',
}

function troubleOf({ trouble, message }: ReceiptError): BilingualText {
  const isReceipt = trouble === 'signature' || trouble === 'inclusion' || trouble === 'algorithm'
  return { en: isReceipt ? message : `It is no receipt. ${message}`, az: troubles[trouble] }
}

const wholeReceipt: BilingualText = {
  en: 'Take the receipt from the reply as it came, to the last character. If it came so, ask the operator.',
  az: 'Qəbzi cavabdan gəldiyi kimi, son simvoluna qədər götürün. Belə gəlibsə, operatora müraciət edin.',
}

const rightCertificate: BilingualText = {
  en: "Give the bus's usual certificate, that of the time of the receipt, with --certificate. If those given are all that the bus has, the receipt is not the bus's.",
  az: 'Şlüzün qəbz verilən vaxtdakı əsas sertifikatını --certificate ilə göstərin. Şlüzün başqa sertifikatı yoxdursa, qəbz şlüzə aid deyil.',
}

const outsideValidity: BilingualText = {
  en: 'A receipt that speaks of a time when the certificate was not valid proves nothing: ask the operator.',
  az: 'Sertifikatın qüvvədə olmadığı vaxtı göstərən qəbz sübut sayılmır: operatora müraciət edin.',
}
