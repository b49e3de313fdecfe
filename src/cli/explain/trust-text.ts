import type { BilingualText } from '../../exchange/fault.js'

/** What to do where no accepted root was given. */
export const trustText: BilingualText = {
  en: 'Add an accepted root with --trust FILE: without it nothing says who vouches for the certificate.',
  az: 'Etibarlı kök sertifikatı --trust FAYL ilə əlavə edin: onsuz sertifikata kimin zəmin durduğu bilinmir.',
}
