import type { BilingualText } from '../../exchange/fault.js'
import { probeLimits } from '../limits.js'

/** Why an endpoint could not be asked, or has not answered; told to the applicant in both languages. */
export class Trouble extends Error {
  override readonly name = 'Trouble'
  readonly text: BilingualText

  constructor(text: BilingualText, cause?: unknown) {
    super(text.en, { cause })
    this.text = text
  }
}

const timeText: BilingualText = {
  az: 'Xidmət ayrılan vaxtda cavab vermədi',
  en: 'The endpoint has not answered in the time that it has',
}

const brokenText: BilingualText = {
  az: 'Xidmət bağlantını cavab verməmiş kəsdi',
  en: 'The endpoint broke the connection off without an answer',
}

const texts: Readonly<Record<string, BilingualText>> = {
  ENOTFOUND: { az: 'Belə ad (DNS) yoxdur', en: 'There is no such name in the DNS' },
  EAI_AGAIN: { az: 'Ad xidməti (DNS) cavab vermir', en: 'The DNS does not answer' },
  ETIMEOUT: { az: 'Ad xidməti (DNS) cavab vermir', en: 'The DNS does not answer' },
  ECONNREFUSED: {
    az: 'Bağlantı rədd edildi: bu ünvanda dinləyən yoxdur',
    en: 'The connection was refused: nobody listens there',
  },
  EHOSTUNREACH: { az: 'Ünvana yol yoxdur', en: 'There is no way to the address' },
  ENETUNREACH: { az: 'Ünvana yol yoxdur', en: 'There is no way to the address' },
  ECONNRESET: brokenText,
  EPIPE: brokenText,
  UND_ERR_SOCKET: brokenText,
  ETIMEDOUT: timeText,
  UND_ERR_CONNECT_TIMEOUT: timeText,
  UND_ERR_HEADERS_TIMEOUT: timeText,
  UND_ERR_BODY_TIMEOUT: timeText,
  ABORT_ERR: timeText,
  UND_ERR_ABORTED: timeText,
  UND_ERR_HEADERS_OVERFLOW: {
    az: `Cavabın başlıqları ${probeLimits.headBytesMax} baytdan uzundur`,
    en: `The header fields of the answer are longer than ${probeLimits.headBytesMax} bytes`,
  },
  ERR_SSL_WRONG_VERSION_NUMBER: {
    az: 'Bu ünvan TLS ilə danışmır',
    en: 'What listens there speaks no TLS',
  },
  DEPTH_ZERO_SELF_SIGNED_CERT: {
    az: 'Sertifikat özü ilə imzalanıb, onu etibarlı qurum verməyib',
    en: 'The certificate is self-signed, and of no authority that is trusted',
  },
  SELF_SIGNED_CERT_IN_CHAIN: {
    az: 'Zəncirin kök sertifikatı etibar edilənlərdən deyil',
    en: 'The root of the chain is none that is trusted',
  },
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: {
    az: 'Sertifikat zənciri natamamdır: aralıq sertifikatlar göndərilmir və ya qurum etibarlı deyil',
    en: 'The chain is incomplete: its intermediate certificates are not sent, or the authority is not trusted',
  },
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: {
    az: 'Sertifikatı verən qurum etibar edilənlərdən deyil',
    en: 'The authority of the certificate is none that is trusted',
  },
  INVALID_PURPOSE: {
    az: 'Sertifikat TLS serveri üçün verilməyib',
    en: 'The certificate is not one for a TLS server',
  },
  CERT_HAS_EXPIRED: {
    az: 'Sertifikatın müddəti bitib',
    en: 'The certificate has expired',
  },
  CERT_NOT_YET_VALID: {
    az: 'Sertifikat hələ qüvvəyə minməyib',
    en: 'The certificate is not valid yet',
  },
  ERR_TLS_CERT_ALTNAME_INVALID: {
    az: 'Sertifikat başqa ad üçündür',
    en: 'The certificate is for another name',
  },
}

/** What a network error says of an endpoint. */
export function networkTrouble(error: unknown): BilingualText {
  if (error instanceof Trouble) return error.text
  const { code, name, cause } = error as { code?: unknown; name?: unknown; cause?: unknown }
  if (name === 'TimeoutError' || name === 'AbortError') return timeText
  const key = typeof code === 'string' ? code : ''
  const known = texts[key]
  if (known) return known
  if (key === '' && cause instanceof Error) return networkTrouble(cause)
  if (key.startsWith('HPE_') || name === 'HTTPParserError') {
    return { az: 'Cavab HTTP qaydalarına uyğun deyil', en: 'The answer is no well-formed HTTP' }
  }
  // Of a name that is not known the code is all that can be told without quoting what came.
  const told = /^[A-Z0-9_]{1,60}$/.test(key) ? key : 'UNKNOWN'
  return { az: `Bağlantı alınmadı (${told})`, en: `There was no connection (${told})` }
}
