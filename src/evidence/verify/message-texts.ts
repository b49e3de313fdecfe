import type { BilingualText } from '../../exchange/fault.js'
import { printable } from '../../printable.js'

/** What is said of messages, those who signed them and their certificates. */

const things = {
  'request-message': { en: 'request', az: 'Sorğu' },
  'reply-message': { en: 'answer', az: 'Cavab' },
} as const

export type MessageStep = keyof typeof things

export function payloadDiffers(step: MessageStep): BilingualText {
  const { en, az } = things[step]
  return {
    en: `The payload of the ${en} is not the one that the entry speaks of.`,
    az: `${az} məzmunu yazıda göstərilən məzmun deyil.`,
  }
}

export function headDiffers(step: MessageStep): BilingualText {
  const { en, az } = things[step]
  return {
    en: `The head of the ${en} is not the one that the entry speaks of.`,
    az: `${az} başlığı yazıda göstərilən başlıq deyil.`,
  }
}

export function messageFits(step: MessageStep): BilingualText {
  const { en, az } = things[step]
  return {
    en: `The ${en} in the container is, byte for byte, the one that the entry in the log speaks of.`,
    az: `Konteynerdəki ${az.toLowerCase()} jurnal yazısında göstərilənlə bayt-bayt eynidir.`,
  }
}

export function messageErased(step: MessageStep): BilingualText {
  const { en, az } = things[step]
  return {
    en: `The ${en} is no longer stored. Its entry still proves that it was; its content is not proved here.`,
    az: `${az} artıq saxlanılmır. Yazı onun mövcud olduğunu sübut edir; məzmunu isə burada sübut edilmir.`,
  }
}

export const messageNeverKept: BilingualText = {
  en: 'No message was kept, as the entry says; what was in it is not proved.',
  az: 'Yazıda göstərildiyi kimi, mesaj saxlanılmayıb; onun məzmunu sübut edilmir.',
}

export function requestOfOther(name: string): BilingualText {
  return {
    en: `The request is signed by ${name}, but the entry speaks of another signature, sender or message.`,
    az: `Sorğu ${name} tərəfindən imzalanıb, lakin yazı başqa imzadan, göndərəndən və ya mesajdan bəhs edir.`,
  }
}

export function askedBy(consumer: string, name: string, at: string): BilingualText {
  return {
    en: `This was asked by the system ${consumer}: the key of its certificate (${name}) signed exactly this request, on ${at}. That the certificate is that of this system is what the bus's registry said.`,
    az: `Bunu ${consumer} sistemi soruşub: onun sertifikatının (${name}) açarı məhz bu sorğunu ${at} tarixində imzalayıb. Sertifikatın bu sistemə aid olması şlüzün reyestrinə əsaslanır.`,
  }
}

export function replyOfOther(name: string): BilingualText {
  return {
    en: `The answer is signed by ${name}, but the entry speaks of another signer.`,
    az: `Cavab ${name} tərəfindən imzalanıb, lakin yazı başqa imzalayandan bəhs edir.`,
  }
}

/** @param isBound whether the signature covers the request's, so that it answers no other */
export function answeredBy(provider: string, name: string, isBound: boolean): BilingualText {
  const [en, az] = isBound ? [' to exactly this request', ' məhz bu sorğuya'] : ['', '']
  return {
    en: `This was answered by the system ${provider}: the key of its certificate (${name}) signed exactly this answer${en}. That the certificate is that of this system is what the bus's registry said.`,
    az: `Bunu ${provider} sistemi cavablandırıb: onun sertifikatının (${name}) açarı${az} məhz bu cavabı imzalayıb. Sertifikatın bu sistemə aid olması şlüzün reyestrinə əsaslanır.`,
  }
}

export function noticeOfOther(name: string): BilingualText {
  return {
    en: `The notice is signed by ${name}, but the entry speaks of another signer, message or notice.`,
    az: `Bildiriş ${name} tərəfindən imzalanıb, lakin yazı başqa imzalayandan, mesajdan və ya bildirişdən bəhs edir.`,
  }
}

export function noticedBy(
  provider: string,
  name: string,
  code: string,
  exchangeId: string,
): BilingualText {
  return {
    en: `The system ${provider} said ${code} of the message ${exchangeId}: the key of its certificate (${name}) signed exactly this notice. That the certificate is that of this system is what the bus's registry said.`,
    az: `${provider} sistemi ${exchangeId} mesajı haqqında ${code} bildirişini verib: onun sertifikatının (${name}) açarı məhz bu bildirişi imzalayıb. Sertifikatın bu sistemə aid olması şlüzün reyestrinə əsaslanır.`,
  }
}

/** @param via - the exchange that brought it; undefined where the bus noted by itself what the recipient's answer meant */
export function noticedElsewhere(provider: string, via: string | undefined): BilingualText {
  const where = via === undefined ? undefined : printable(via)
  return {
    en: `The notice of ${provider} came with ${where === undefined ? 'its answer to the message' : `its own request ${where}`}: what it signed is in the evidence of that exchange, and here is only what the bus noted of it.`,
    az: `${provider} sisteminin bildirişi ${where === undefined ? 'onun mesaja verdiyi cavabla' : `onun öz sorğusu ilə (${where})`} gəlib: imzaladığı mətn həmin mübadilənin sübutundadır, burada yalnız şlüzün qeyd etdiyi var.`,
  }
}

export const deliveryOfOther: BilingualText = {
  en: 'The answer is signed, but not to the request in the container: no signature of the bus over the delivery covers that request.',
  az: 'Cavab imzalanıb, lakin konteynerdəki sorğuya deyil: şlüzün çatdırılma üzərindəki heç bir imzası həmin sorğunu əhatə etmir.',
}

export const deliverySignerMissing: BilingualText = {
  en: 'That the answer is to exactly this request cannot be checked: the certificate by which the bus signed the delivery is not in the container.',
  az: 'Cavabın məhz bu sorğuya verildiyini yoxlamaq mümkün deyil: şlüzün çatdırılmanı imzaladığı sertifikat konteynerdə yoxdur.',
}

export function deliveryNotOfBus(name: string): BilingualText {
  return {
    en: `That the answer is to exactly this request is not proved: the delivery is signed by ${name}, which is none of the bus's certificates.`,
    az: `Cavabın məhz bu sorğuya verildiyi sübut edilmir: çatdırılma ${name} tərəfindən imzalanıb, bu isə şlüzün sertifikatlarından deyil.`,
  }
}

export function deliveryUnknownSigner(
  name: string,
  time: string,
  why: BilingualText,
): BilingualText {
  return {
    en: `That the answer is to exactly this request is not proved: whether the certificate of the bus that signed the delivery (${name}) was good on ${time} cannot be said: ${why.en}`,
    az: `Cavabın məhz bu sorğuya verildiyi sübut edilmir: çatdırılmanı imzalayan şlüzün sertifikatının (${name}) ${time} tarixində etibarlı olub-olmadığı müəyyən edilə bilmir: ${why.az}`,
  }
}

export function deliveryBadSigner(name: string, time: string, why: BilingualText): BilingualText {
  return {
    en: `The delivery that the answer is to was signed by a certificate of the bus (${name}) that was not good on ${time}: ${why.en}`,
    az: `Cavabın aid olduğu çatdırılma şlüzün ${time} tarixində etibarlı olmayan sertifikatı (${name}) ilə imzalanıb: ${why.az}`,
  }
}

export function answerUnsigned(provider: string): BilingualText {
  return {
    en: `The bus asked for no signature of the provider ${provider}, or found none that was right: that this answer came from it is the operator's word.`,
    az: `Şlüz ${provider} təchizatçısından imza tələb etməyib və ya düzgün imza tapmayıb: bu cavabın ondan gəlməsi yalnız operator tərəfindən bildirilir.`,
  }
}

export function signatureProvesNothing(why: BilingualText): BilingualText {
  return {
    en: `The signature does not prove who sent this message: ${why.en}`,
    az: `İmza bu mesajı kimin göndərdiyini sübut etmir: ${why.az}`,
  }
}

/** What a container says of revocation where it has no list to look into. */
export type UncheckedRevocation = 'no-list' | 'stated-none'

const unchecked: Readonly<Record<UncheckedRevocation, BilingualText>> = {
  'no-list': {
    en: 'Whether it was revoked was not checked: there is neither a revocation list nor an OCSP answer.',
    az: 'Ləğv edilib-edilmədiyi yoxlanılmayıb: nə ləğv siyahısı, nə də OCSP cavabı var.',
  },
  'stated-none': {
    en: 'Whether it was revoked is not proved: the container says that the bus asked for no revocation lists of this authority (revocation: none), which is the word of whoever made the container. Ask the authority whether it was revoked by then.',
    az: 'Ləğv edilib-edilmədiyi sübut edilmir: konteynerdə göstərilib ki, şlüz bu mərkəzin ləğv siyahısını istifadə etməyib (revocation: none); bu, yalnız konteyneri hazırlayanın sözüdür. Həmin vaxta qədər ləğv edilib-edilmədiyini mərkəzin özündən soruşun.',
  },
}

/** What says that a certificate was not revoked. */
export type RevocationProof = 'list' | 'answer' | 'both'

const notRevoked: Readonly<Record<RevocationProof, BilingualText>> = {
  list: {
    en: ', and the revocation list of that time does not name it.',
    az: ' və həmin vaxtın ləğv siyahısında o yoxdur.',
  },
  answer: {
    en: ', and the signed OCSP answer of that time says that it was not revoked.',
    az: ' və həmin vaxtın imzalanmış OCSP cavabına görə o, ləğv edilməmişdi.',
  },
  both: {
    en: ', and neither the revocation list nor the signed OCSP answer of that time says that a certificate of the chain was revoked.',
    az: ' və həmin vaxtın nə ləğv siyahısında, nə də imzalanmış OCSP cavabında zəncirdəki sertifikatların ləğv edildiyi göstərilmir.',
  },
}

/**
 * @param revocation - why neither lists nor answers were looked into; undefined where they were
 * @param proof - what was looked into
 */
export function certificateGood(
  name: string,
  time: string,
  anchor: string,
  revocation: UncheckedRevocation | undefined,
  proof: RevocationProof,
): BilingualText {
  const said = {
    en: `The certificate of ${name} was valid on ${time}; ${anchor} vouches for it`,
    az: `${name} sertifikatı ${time} tarixində qüvvədə idi; onu ${anchor} təsdiqləyir`,
  }
  return revocation === undefined
    ? {
        en: `${said.en}${notRevoked[proof].en}`,
        az: `${said.az}${notRevoked[proof].az}`,
      }
    : {
        en: `${said.en}. ${unchecked[revocation].en}`,
        az: `${said.az}. ${unchecked[revocation].az}`,
      }
}

export function certificateUnknown(name: string, time: string, why: BilingualText): BilingualText {
  return {
    en: `Whether the certificate of ${name} was good on ${time} cannot be said: ${why.en}`,
    az: `${name} sertifikatının ${time} tarixində etibarlı olub-olmadığı müəyyən edilə bilmir: ${why.az}`,
  }
}

export function certificateBad(name: string, time: string, why: BilingualText): BilingualText {
  return {
    en: `The certificate of ${name} was not good on ${time}: ${why.en}`,
    az: `${name} sertifikatı ${time} tarixində etibarlı deyildi: ${why.az}`,
  }
}
