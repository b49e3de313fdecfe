/** A text for people, in both languages of the bus. */
export interface ArchiveText {
  readonly en: string
  readonly az: string
}

/** Why a file is no archive that may be believed, for machines. */
export type ArchiveProblem = keyof typeof texts

const texts = {
  'not-a-zip': {
    en: 'The file is not a ZIP archive, or is not whole.',
    az: 'Fayl ZIP arxivi deyil və ya tam deyil.',
  },
  'too-large': {
    en: 'A part of the file is larger than is accepted.',
    az: 'Faylın bir hissəsi yol verilən həcmdən böyükdür.',
  },
  'bad-name': {
    en: 'The file has a part with a name that no part of an archive has.',
    az: 'Faylda arxivin heç bir hissəsinə məxsus olmayan adlı hissə var.',
  },
  'name-twice': {
    en: 'Two parts of the file have the same name.',
    az: 'Faylın iki hissəsi eyni adı daşıyır.',
  },
  'unknown-packing': {
    en: 'A part is packed in a way that is not accepted.',
    az: 'Hissə qəbul edilməyən üsulla qablaşdırılıb.',
  },
  'headers-differ': {
    en: 'The file describes one of its parts in two different ways.',
    az: 'Fayl öz hissələrindən birini iki fərqli cür təsvir edir.',
  },
  'manifest-unreadable': {
    en: 'The list of parts (manifest.json) cannot be read, or does not hold together.',
    az: 'Hissələrin siyahısı (manifest.json) oxunmur və ya özü ilə ziddiyyət təşkil edir.',
  },
  'part-missing': {
    en: 'A part that the list names is missing.',
    az: 'Siyahıda göstərilən hissə yoxdur.',
  },
  'part-added': {
    en: 'There is a part that the list does not name.',
    az: 'Siyahıda göstərilməyən hissə var.',
  },
  'part-changed': {
    en: 'A part is not what the list says: it was changed.',
    az: 'Hissə siyahıda göstərilənə uyğun deyil: o, dəyişdirilib.',
  },
  'part-unreadable': {
    en: 'A part does not have the form that it must have.',
    az: 'Hissə tələb olunan formada deyil.',
  },
  'start-differs': {
    en: 'The tree before the first entry is not the one that the list states.',
    az: 'İlk yazıdan əvvəlki ağac siyahıda göstərilən ağac deyil.',
  },
  'end-differs': {
    en: 'The entries do not make the tree that the list states: one was changed, added, removed or moved.',
    az: 'Yazılar siyahıda göstərilən ağacı vermir: yazı dəyişdirilib, əlavə edilib, silinib və ya yeri dəyişdirilib.',
  },
  'checkpoint-differs': {
    en: 'The entries are not in the tree that the checkpoint signs.',
    az: 'Yazılar nəzarət nöqtəsinin imzaladığı ağacda deyil.',
  },
  'signature-missing': {
    en: 'The checkpoint has no signature by this key.',
    az: 'Nəzarət nöqtəsində bu açarın imzası yoxdur.',
  },
  'signature-wrong': {
    en: 'The signature of the checkpoint is wrong.',
    az: 'Nəzarət nöqtəsinin imzası yanlışdır.',
  },
  'index-differs': {
    en: 'The index by exchange does not fit the entries.',
    az: 'Mübadilələr üzrə göstərici yazılara uyğun deyil.',
  },
  'payload-differs': {
    en: 'An encrypted payload, or its key, is not the one that its entry names.',
    az: 'Şifrələnmiş məzmun və ya onun açarı yazıda göstərilən deyil.',
  },
  'not-joined': {
    en: 'The files do not follow one another: between them entries are missing or stand twice.',
    az: 'Fayllar bir-birini davam etdirmir: aralarında yazılar çatışmır və ya təkrarlanır.',
  },
  forked: {
    en: 'The files are of different histories of one log.',
    az: 'Fayllar eyni jurnalın fərqli tarixçələrinə aiddir.',
  },
} satisfies Record<string, ArchiveText>

/** An archive file that is refused. `part` names the member or the place that the trouble is about. */
export class ArchiveError extends Error {
  override readonly name = 'ArchiveError'
  readonly text: ArchiveText

  constructor(
    readonly problem: ArchiveProblem,
    readonly part?: string,
    options?: ErrorOptions,
  ) {
    const text: ArchiveText = texts[problem]
    super(part === undefined ? text.en : `${part}: ${text.en}`, options)
    this.text = text
  }
}
