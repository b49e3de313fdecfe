import type { BilingualText } from '../exchange/fault.js'

/** Why a file is no container that may be believed, for machines. */
export type ContainerProblem =
  | 'not-a-zip'
  | 'too-large'
  | 'too-many-files'
  | 'bad-name'
  | 'name-twice'
  | 'encrypted'
  | 'not-a-file'
  | 'foreign-bytes'
  | 'headers-differ'
  | 'unknown-packing'
  | 'content-differs'
  | 'not-asic'
  | 'manifest-unreadable'
  | 'file-missing'
  | 'file-changed'
  | 'file-added'

/** The same for people. What stands in a container is never quoted: its author may be an enemy. */
const texts: Readonly<Record<ContainerProblem, BilingualText>> = {
  'not-a-zip': {
    en: 'The file is not a ZIP archive, or is not whole.',
    az: 'Fayl ZIP arxivi deyil və ya tam deyil.',
  },
  'too-large': {
    en: 'The container, or what it holds, is larger than is accepted.',
    az: 'Konteyner və ya onun içindəkilər yol verilən həcmdən böyükdür.',
  },
  'too-many-files': {
    en: 'The container holds more files than is accepted.',
    az: 'Konteynerdə yol veriləndən çox fayl var.',
  },
  'bad-name': {
    en: 'A file in the container has a name that could lead outside of it or be read in two ways.',
    az: 'Konteynerdəki faylın adı konteynerdən kənara yönələ və ya iki cür oxuna bilər.',
  },
  'name-twice': {
    en: 'Two files in the container have the same name.',
    az: 'Konteynerdə eyni adlı iki fayl var.',
  },
  encrypted: {
    en: 'A file in the container is encrypted.',
    az: 'Konteynerdəki fayl şifrələnib.',
  },
  'not-a-file': {
    en: 'The container holds a folder or a link where only files may be.',
    az: 'Konteynerdə yalnız fayllar ola bilər, lakin qovluq və ya keçid var.',
  },
  'foreign-bytes': {
    en: 'The container has bytes that belong to none of its files.',
    az: 'Konteynerdə heç bir fayla aid olmayan baytlar var.',
  },
  'headers-differ': {
    en: 'The container describes one of its files in two different ways.',
    az: 'Konteyner öz fayllarından birini iki fərqli cür təsvir edir.',
  },
  'unknown-packing': {
    en: 'A file is packed in a way that is not accepted.',
    az: 'Fayl qəbul edilməyən üsulla qablaşdırılıb.',
  },
  'content-differs': {
    en: 'The content of a file does not have the length or the check sum that the container states.',
    az: 'Faylın məzmunu konteynerdə göstərilən uzunluğa və ya yoxlama cəminə uyğun gəlmir.',
  },
  'not-asic': {
    en: 'The archive is not an evidence container (ASiC-E): its first file must be "mimetype".',
    az: 'Arxiv sübut konteyneri (ASiC-E) deyil: onun ilk faylı "mimetype" olmalıdır.',
  },
  'manifest-unreadable': {
    en: 'The list of files that the seal covers cannot be read.',
    az: 'Möhürün əhatə etdiyi faylların siyahısı oxuna bilmir.',
  },
  'file-missing': {
    en: 'A file that was sealed is missing from the container.',
    az: 'Möhürlənmiş fayl konteynerdə yoxdur.',
  },
  'file-changed': {
    en: 'A file is not what was sealed: its content has been changed.',
    az: 'Fayl möhürlənmiş fayl deyil: onun məzmunu dəyişdirilib.',
  },
  'file-added': {
    en: 'A file was added to the container after it had been sealed.',
    az: 'Fayl konteynerə möhürləndikdən sonra əlavə edilib.',
  },
}

/** A container that is refused. `file` names the file that the trouble is about, where one is. */
export class ContainerError extends Error {
  override readonly name = 'ContainerError'
  readonly text: BilingualText

  constructor(
    readonly problem: ContainerProblem,
    readonly file?: string,
    options?: ErrorOptions,
  ) {
    const text = texts[problem]
    super(file === undefined ? text.en : `${file}: ${text.en}`, options)
    this.text = text
  }
}
