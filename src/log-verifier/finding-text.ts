import type { DefectKind } from './defect-kind.js'

/** A sentence for people, in both languages; what is in braces is a detail of the defect. */
interface BothLanguages {
  readonly en: string
  readonly az: string
}

export type Language = keyof BothLanguages

/** What each kind of defect is called. */
export const kindTexts: Readonly<Record<DefectKind, BothLanguages>> = {
  changed: { en: 'changed', az: 'dəyişdirilib' },
  missing: { en: 'missing', az: 'çatışmır' },
  inserted: { en: 'inserted', az: 'əlavə edilib' },
  swapped: { en: 'swapped', az: 'yeri dəyişdirilib' },
  cut: { en: 'cut', az: 'kəsilib' },
  forked: { en: 'forked', az: 'haçalanıb' },
  stale: { en: 'stale', az: 'köhnəlib' },
  'bad stamp': { en: 'bad stamp', az: 'təsdiq etibarsızdır' },
  'unsequenced too long': { en: 'unsequenced too long', az: 'çoxdan sıralanmayıb' },
}

const ofEntries = {
  'entry-changed': {
    en: 'The bytes of this entry are not those that the tree has at this place.',
    az: 'Bu yazının baytları ağacda həmin yerdə olan baytlar deyil.',
  },
  'leaf-hash-changed': {
    en: 'The hash beside this entry was changed; the entry itself is what the tree has.',
    az: 'Yazının yanındakı heş dəyişdirilib; yazının özü ağacdakı kimidir.',
  },
  'entry-replaced': {
    en: 'This entry was replaced together with its hash; the tree has another one at this place.',
    az: 'Bu yazı heşi ilə birlikdə əvəz edilib; ağacda həmin yerdə başqa yazı var.',
  },
  'entry-form': {
    en: 'This entry is not in the canonical form in which the bus writes entries.',
    az: 'Bu yazı şlüzün yazıları saxladığı kanonik formada deyil.',
  },
  'entry-column': {
    en: 'This column says something else than the entry beside it.',
    az: 'Bu sütun yanındakı yazıdan fərqli məlumat verir.',
  },
  'entry-of-another-log': {
    en: 'An entry has its place in a log that it does not belong to.',
    az: 'Yazı aid olmadığı jurnalda yerləşdirilib.',
  },
  'entry-missing': {
    en: '{count} entries from here on are gone, though their places are there.',
    az: 'Buradan başlayaraq {count} yazı yoxdur, halbuki onların yerləri qalıb.',
  },
  'row-rewritten': {
    en: '{count} rows were written again after the bus wrote them. Their entries are what the tree has; columns that only serve the bus’s work may have been changed. If the database was restored from a dump, say so with --restored.',
    az: 'Şlüz yazdıqdan sonra {count} sətir yenidən yazılıb. Onların yazıları ağacdakı kimidir; yalnız şlüzün işi üçün olan sütunlar dəyişdirilmiş ola bilər. Verilənlər bazası ehtiyat nüsxədən bərpa edilibsə, --restored göstərin.',
  },
  'request-other': {
    en: 'This outcome names another request than the one that the log has of its exchange.',
    az: 'Bu nəticə mübadilənin jurnaldakı sorğusunu deyil, başqa sorğunu göstərir.',
  },
  'request-missing': {
    en: 'The log has no request to this outcome.',
    az: 'Jurnalda bu nəticəyə aid sorğu yoxdur.',
  },
  'unplaced-changed': {
    en: 'An entry that waits for its place is not what its hash says.',
    az: 'Yerini gözləyən yazı öz heşinə uyğun gəlmir.',
  },
  unsequenced: {
    en: 'An entry recorded at {recordedAt} has no place in any log; a second is enough for one.',
    az: '{recordedAt} vaxtında qeydə alınmış yazının heç bir jurnalda yeri yoxdur; bunun üçün bir saniyə kifayətdir.',
  },
  'sequencer-missing': {
    en: 'The note on how far entries have their places is gone.',
    az: 'Yazıların haraya qədər sıralandığını göstərən sətir yoxdur.',
  },
  'sequencer-ahead': {
    en: 'The note on how far entries have their places was moved ahead: new ones would get none.',
    az: 'Yazıların haraya qədər sıralandığını göstərən sətir irəli çəkilib: yeni yazılar yersiz qalardı.',
  },
} as const

const ofTrees = {
  'place-missing': {
    en: '{count} places from here on are gone.',
    az: 'Buradan başlayaraq {count} yer yoxdur.',
  },
  'place-twice': { en: 'This place is there twice.', az: 'Bu yer iki dəfə mövcuddur.' },
  'place-beyond': {
    en: 'A place that does not follow the last one of the log.',
    az: 'Jurnalın sonuncu yerinin ardınca gəlməyən yer.',
  },
  'place-rewritten': {
    en: 'This place was written again after it was given.',
    az: 'Bu yer verildikdən sonra yenidən yazılıb.',
  },
  'place-inserted': {
    en: 'An entry was put in here that was not there when the tree was signed.',
    az: 'Ağac imzalanarkən olmayan yazı buraya əlavə edilib.',
  },
  'shift-inserted': {
    en: 'An entry was put in here; {count} entries behind it are one place further than they were.',
    az: 'Buraya yazı əlavə edilib; ondan sonrakı {count} yazı bir yer irəli sürüşüb.',
  },
  'shift-missing': {
    en: 'The entry that was here was taken out; {count} entries behind it moved up.',
    az: 'Burada olan yazı çıxarılıb; ondan sonrakı {count} yazı bir yer geri sürüşüb.',
  },
  swapped: {
    en: 'This entry and the one at index {other} stand in each other’s places.',
    az: 'Bu yazı ilə {other} indeksli yazı bir-birinin yerindədir.',
  },
  'log-cut': {
    en: 'The log ends here, though a checkpoint was signed over {count} entries more.',
    az: 'Jurnal burada bitir, halbuki daha {count} yazı üzərində nəzarət nöqtəsi imzalanıb.',
  },
  'tile-changed': {
    en: 'Hashes of the tree were changed in a tile; the entries below it are as they were signed.',
    az: 'Ağacın heşləri blokda dəyişdirilib; altındakı yazılar imzalandığı kimidir.',
  },
  'tile-missing': {
    en: 'Tile {tile} of level {level} of the tree is gone.',
    az: 'Ağacın {level} səviyyəli {tile} nömrəli bloku yoxdur.',
  },
  'tile-beyond': {
    en: 'Tile {tile} of level {level} is of a larger tree than there is.',
    az: '{level} səviyyəli {tile} nömrəli blok mövcud olandan böyük ağaca aiddir.',
  },
} as const

const ofCheckpoints = {
  'checkpoint-form': {
    en: 'The note of this checkpoint cannot be read.',
    az: 'Bu nəzarət nöqtəsinin imzalı mətni oxunmur.',
  },
  'checkpoint-column': {
    en: 'This column says something else than the signed note beside it.',
    az: 'Bu sütun yanındakı imzalı mətndən fərqli məlumat verir.',
  },
  'checkpoint-signature': {
    en: 'The note of this checkpoint does not bear the signatures of the log’s key.',
    az: 'Bu nəzarət nöqtəsində jurnalın açarının imzaları yoxdur.',
  },
  'checkpoint-other-key': {
    en: 'From here on another key than the given one signed checkpoints in the name of the log.',
    az: 'Buradan başlayaraq nəzarət nöqtələrini jurnalın adından verilən açar deyil, başqa açar imzalayıb.',
  },
  'checkpoint-forked': {
    en: 'The log’s key signed another tree than that of the entries that are there; they differ between index {from} and size {size}.',
    az: 'Jurnalın açarı mövcud yazıların ağacını deyil, başqa ağacı imzalayıb; fərq {from} indeksi ilə {size} ölçüsü arasındadır.',
  },
  'checkpoint-missing': {
    en: 'The checkpoint that was signed at this size is gone.',
    az: 'Bu ölçüdə imzalanmış nəzarət nöqtəsi yoxdur.',
  },
  'checkpoint-stale': {
    en: 'No checkpoint is over the entries from index {signed} on.',
    az: '{signed} indeksindən sonrakı yazılar üzərində nəzarət nöqtəsi yoxdur.',
  },
  'kept-cut': {
    en: 'The log has {entries} entries, fewer than the checkpoint in {file} was signed over.',
    az: 'Jurnalda {entries} yazı var; {file} faylındakı nəzarət nöqtəsi daha çox yazı üzərində imzalanıb.',
  },
  'kept-forked': {
    en: 'The log is not the continuation of the one that the checkpoint in {file} was signed over (size {size}).',
    az: 'Jurnal {file} faylındakı nəzarət nöqtəsinin (ölçü {size}) imzalandığı jurnalın davamı deyil.',
  },
  'kept-other-key': {
    en: 'The checkpoint in {file} was signed by another key than the one given for this log.',
    az: '{file} faylındakı nəzarət nöqtəsini bu jurnal üçün verilən açar deyil, başqa açar imzalayıb.',
  },
} as const

const ofAttestations = {
  'cosignature-bad': {
    en: 'The line of a witness is not its signature over this checkpoint.',
    az: 'Şahidin sətri onun bu nəzarət nöqtəsi üzərində imzası deyil.',
  },
  'cosignature-column': {
    en: 'This column says something else than the line of the witness beside it.',
    az: 'Bu sütun yanındakı şahid sətrindən fərqli məlumat verir.',
  },
  'cosignature-stale': {
    en: 'The newest cosignature of {witness} is from {newest}.',
    az: '{witness} şahidinin ən yeni imzası {newest} tarixlidir.',
  },
  'stamp-bad': {
    en: 'A time-stamp is not one over this checkpoint: {reason}',
    az: 'Vaxt möhürü bu nəzarət nöqtəsinə aid deyil: {reason}',
  },
  'stamp-column': {
    en: 'This column says something else than the time-stamp beside it.',
    az: 'Bu sütun yanındakı vaxt möhüründən fərqli məlumat verir.',
  },
  'attestation-alone': {
    en: 'A cosignature or time-stamp of a checkpoint that is not there.',
    az: 'Mövcud olmayan nəzarət nöqtəsinə aid imza və ya vaxt möhürü.',
  },
} as const

const ofPayloads = {
  'payload-changed': {
    en: 'The stored payload is not what its entry says was stored.',
    az: 'Saxlanılan məzmun yazıda göstərilən məzmun deyil.',
  },
  'payload-missing': {
    en: 'The payload is gone, and no act in the audit log answers for that.',
    az: 'Məzmun yoxdur və audit jurnalında bunun üçün heç bir əməl göstərilməyib.',
  },
  'payload-inserted': {
    en: 'There is a payload to an entry that has none.',
    az: 'Məzmunu olmayan yazıya məzmun əlavə edilib.',
  },
  'payload-alone': { en: 'A payload without an entry.', az: 'Yazısı olmayan məzmun.' },
  'data-key-changed': {
    en: 'The row of a data key was changed: none of its {count} payloads is what its entry says.',
    az: 'Məlumat açarının sətri dəyişdirilib: onun {count} məzmunundan heç biri öz yazısına uyğun gəlmir.',
  },
  'data-key-missing': {
    en: 'The data key of {count} payloads is gone: nobody can open them any more.',
    az: '{count} məzmunun məlumat açarı yoxdur: onları daha heç kim aça bilməz.',
  },
  'message-id-missing': {
    en: 'The message id of a request is not taken any more: the request could be replayed.',
    az: 'Sorğunun mesaj identifikatoru artıq tutulmayıb: sorğu təkrar göndərilə bilər.',
  },
  'message-id-alone': {
    en: 'A message id is taken that no request in the log has.',
    az: 'Jurnalda heç bir sorğuya aid olmayan mesaj identifikatoru tutulub.',
  },
  'message-id-column': {
    en: 'This column says something else than the request’s entry.',
    az: 'Bu sütun sorğunun yazısından fərqli məlumat verir.',
  },
} as const

const ofKeeping = {
  'archive-record': {
    en: 'The record of the archive file with entries {from} up to {to} is not what the act in the audit log, or the tree, says of it.',
    az: '{from} indeksindən {to} indeksinədək yazıların arxiv faylı haqqında sətir audit jurnalındakı əmələ və ya ağaca uyğun deyil.',
  },
  'archive-unanswered': {
    en: 'A record claims that entries {from} up to {to} lie in an archive file, and no act in the audit log answers for it.',
    az: 'Sətirdə {from} indeksindən {to} indeksinədək yazıların arxiv faylında olduğu göstərilir, lakin audit jurnalında bunun üçün heç bir əməl yoxdur.',
  },
  'archive-record-missing': {
    en: 'An act in the audit log archived entries from here on, and the record of their file is gone.',
    az: 'Audit jurnalındakı əməllə buradan başlayaraq yazılar arxivə köçürülüb, lakin onların faylı haqqında sətir yoxdur.',
  },
  'archive-unproved': {
    en: '{count} entries from here on lie in archive files, but nothing in the database says any more what their hashes are: the tree cannot be computed.',
    az: 'Buradan başlayaraq {count} yazı arxiv fayllarındadır, lakin verilənlər bazasında onların heşləri qalmayıb: ağacı hesablamaq mümkün deyil.',
  },
  'archive-file': { en: '{reason}', az: '{reason}' },
  'archive-file-other': {
    en: 'This archive file is not the one that the record of these entries names.',
    az: 'Bu arxiv faylı həmin yazılar haqqında sətirdə göstərilən fayl deyil.',
  },
  'archive-file-unknown': {
    en: 'No record names this archive file.',
    az: 'Bu arxiv faylı heç bir sətirdə göstərilməyib.',
  },
  'archive-file-forked': {
    en: 'The log’s tree of size {size} is not the one that this archive file has.',
    az: 'Jurnalın {size} ölçülü ağacı bu arxiv faylındakı ağac deyil.',
  },
  'archive-payloads-missing': {
    en: '{count} parts with payloads, from here on, were taken out of this archive file, and no act in the audit log answers for that.',
    az: 'Bu arxiv faylından, buradan başlayaraq, {count} məzmun hissəsi çıxarılıb və audit jurnalında bunun üçün heç bir əməl göstərilməyib.',
  },
  'archive-stamp': {
    en: 'What this archive file says of a time-stamp in it is not what the time-stamp says.',
    az: 'Arxiv faylının içindəki vaxt möhürü haqqında göstərdiyi məlumat möhürün özünə uyğun deyil.',
  },
  'erasure-record': {
    en: 'The record of erased payloads is not what the act in the audit log says.',
    az: 'Silinmiş məzmunlar haqqında sətir audit jurnalındakı əmələ uyğun deyil.',
  },
  'erasure-unanswered': {
    en: 'A record claims that payloads were erased, and no act in the audit log answers for it.',
    az: 'Sətirdə məzmunların silindiyi göstərilir, lakin audit jurnalında bunun üçün heç bir əməl yoxdur.',
  },
  'erasure-record-missing': {
    en: 'An act in the audit log erased payloads, and a record of it is gone.',
    az: 'Audit jurnalındakı əməllə məzmunlar silinib, lakin bu barədə sətir yoxdur.',
  },
  'payload-erased-more': {
    en: '{gone} payloads are gone where the act in the audit log says that {said} were erased.',
    az: 'Audit jurnalındakı əmələ görə {said} məzmun silinib, halbuki {gone} məzmun yoxdur.',
  },
  'hold-record': {
    en: 'A legal hold is not what the act in the audit log says.',
    az: 'Hüquqi saxlama audit jurnalındakı əmələ uyğun deyil.',
  },
  'hold-unanswered': {
    en: 'There is a legal hold, or the end of one, for which no act in the audit log answers.',
    az: 'Hüquqi saxlama və ya onun ləğvi var, lakin audit jurnalında bunun üçün heç bir əməl yoxdur.',
  },
  'hold-record-missing': {
    en: 'An act in the audit log set or lifted a legal hold, and its record is gone.',
    az: 'Audit jurnalındakı əməllə hüquqi saxlama qoyulub və ya ləğv edilib, lakin onun sətri yoxdur.',
  },
} as const

/** What each finding means. */
export const findingTexts = {
  ...{ ...ofEntries, ...ofTrees, ...ofCheckpoints },
  ...{ ...ofAttestations, ...ofPayloads, ...ofKeeping },
} satisfies Readonly<Record<string, BothLanguages>>

export type Finding = keyof typeof findingTexts
