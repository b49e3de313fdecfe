import type { BilingualText } from '../../exchange/fault.js'

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

/** @param isChecked whether revocation lists were looked into */
export function certificateGood(
  name: string,
  time: string,
  anchor: string,
  isChecked: boolean,
): BilingualText {
  const said = {
    en: `The certificate of ${name} was valid on ${time}; ${anchor} vouches for it`,
    az: `${name} sertifikatı ${time} tarixində qüvvədə idi; onu ${anchor} təsdiqləyir`,
  }
  return isChecked
    ? {
        en: `${said.en}, and the revocation list of that time does not name it.`,
        az: `${said.az} və həmin vaxtın ləğv siyahısında o yoxdur.`,
      }
    : {
        en: `${said.en}. Whether it was revoked was not checked: no revocation list was in use.`,
        az: `${said.az}. Ləğv edilib-edilmədiyi yoxlanılmayıb: ləğv siyahısı istifadə olunmayıb.`,
      }
}

export function certificateUnknown(name: string, time: string, why: string): BilingualText {
  return {
    en: `Whether the certificate of ${name} was good on ${time} cannot be said: ${why}`,
    az: `${name} sertifikatının ${time} tarixində etibarlı olub-olmadığı müəyyən edilə bilmir: ${why}`,
  }
}

export function certificateBad(name: string, time: string, why: string): BilingualText {
  return {
    en: `The certificate of ${name} was not good on ${time}: ${why}`,
    az: `${name} sertifikatı ${time} tarixində etibarlı deyildi: ${why}`,
  }
}
