import type { BilingualText } from '../../../exchange/fault.js'
import type { Check } from '../checks.js'
import type { ExplainOptions } from '../options.js'
import type { Missing } from '../report.js'
import { trustText } from '../trust-text.js'
import type { SoapKind, SoapShape } from './soap-checks.js'

/** What has to be added to the command for a whole verdict. */
export function missingOf(
  { kind, isBare }: SoapShape,
  checks: readonly Check[],
  { certificateFile, requestFile, chain }: ExplainOptions,
): Missing[] {
  const isOpen = (...names: readonly string[]): boolean =>
    checks.some(({ name, outcome }) => outcome === 'not checked' && names.includes(name))
  const missing: Missing[] = []
  if (certificateFile === undefined && kind === 'bus-reply' && isOpen('sender')) {
    missing.push({ option: '--cert', text: busCertificateText })
  } else if (certificateFile === undefined && isOpen('token')) {
    missing.push({ option: '--cert', text: certificateText })
  }
  if (chain.trust.length === 0 && isOpen('chain')) {
    missing.push({ option: '--trust', text: trustText })
  }
  if (requestFile === undefined && isOpen('answers')) {
    missing.push({ option: '--request', text: requestText })
  }
  if (isBare && isOpen('http', 'payload')) missing.push({ option: 'FILE', text: captureText })
  return missing
}

const certificateText: BilingualText = {
  en: "Add the signer's certificate with --cert FILE: the message only names it.",
  az: 'İmzalayanın sertifikatını --cert FAYL ilə əlavə edin: mesajda yalnız onun adı göstərilib.',
}

const busCertificateText: BilingualText = {
  en: "Add the bus's certificate with --cert FILE: nothing else says that the bus signed the reply.",
  az: 'Şlüzün sertifikatını --cert FAYL ilə əlavə edin: cavabı məhz şlüzün imzaladığını başqa heç nə göstərmir.',
}

/** What to do where a reply names another certificate than those given. */
export const otherCertificateText: BilingualText = {
  en: "Give the bus's certificates, as its operator handed them out, with --cert FILE; if they are those, the reply is not the bus's.",
  az: 'Şlüzün operatorundan aldığınız sertifikatları --cert FAYL ilə göstərin; bunlar həmin sertifikatlardırsa, cavab şlüzə aid deyil.',
}

const requestText: BilingualText = {
  en: 'Add the request with --request FILE: requestHash says which request is answered.',
  az: 'Sorğunu --request FAYL ilə əlavə edin: hansı sorğuya cavab verildiyini requestHash göstərir.',
}

const captureText: BilingualText = {
  en: 'Capture the whole HTTP message, head and body: an envelope alone does not show how it was sent.',
  az: 'HTTP mesajını bütövlükdə (başlıq və gövdə) götürün: təkcə zərfdən onun necə göndərildiyi görünmür.',
}

const accepted: Readonly<Record<SoapKind, BilingualText>> = {
  request: {
    en: 'Whether the sender may call the service, the registry says.',
    az: 'sorğu qəbul edilir. Göndərənin bu xidmətə giriş icazəsi reyestr üzrə yoxlanılır.',
  },
  'bus-reply': {
    en: 'The bus signed this reply, and nothing in it has changed.',
    az: 'cavab qəbul edilir. Onu şlüz imzalayıb və heç bir hissəsi dəyişməyib.',
  },
  'provider-reply': {
    en: "Whether the certificate is the provider's, the registry says.",
    az: 'cavab qəbul edilir. Sertifikatın təchizatçıya aid olması reyestr üzrə yoxlanılır.',
  },
}

const acceptedUnsigned: BilingualText = {
  en: 'The bus passes the answer, unless the registry demands the provider’s signature (providerSignature).',
  az: 'cavab qəbul edilir, əgər reyestrdə təchizatçının imzası tələb olunmayıbsa (providerSignature).',
}

/** What "accepted" means for such a message. */
export function acceptedText({ kind, isUnsigned }: SoapShape): BilingualText {
  return isUnsigned ? acceptedUnsigned : accepted[kind]
}
