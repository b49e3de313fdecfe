import type { BilingualText } from '../exchange/fault.js'

export type ViolationRule = keyof typeof texts

/** The closed list of what can be wrong with a message under a contract. `{term}` is the contract's own word. */
const texts = {
  syntax: { az: 'Mətn düzgün formatda deyil: {term}', en: 'The text is malformed: {term}' },
  mediaType: {
    az: 'Məzmunun növü xidmətin təsvirinə uyğun deyil; gözlənilir: {term}',
    en: 'The media type is not one of the contract; expected: {term}',
  },
  operation: {
    az: 'Xidmətin təsvirində belə əməliyyat yoxdur; mövcuddur: {term}',
    en: 'The contract has no such operation; it has: {term}',
  },
  status: {
    az: 'Cavabın statusu xidmətin təsvirində yoxdur',
    en: 'The status of the answer is not in the contract',
  },
  missing: { az: 'Məcburi sahə yoxdur: {term}', en: 'A required field is missing: {term}' },
  unexpected: {
    az: 'Bu yerdə belə sahə gözlənilmir; gözlənilir: {term}',
    en: 'No such field is expected here; expected: {term}',
  },
  unknown: { az: 'Xidmətin təsvirində belə sahə yoxdur', en: 'The contract has no such field' },
  tooFew: { az: 'Ən azı {term} element olmalıdır', en: 'There must be at least {term} of these' },
  tooMany: { az: 'Ən çoxu {term} element ola bilər', en: 'There may be at most {term} of these' },
  repeated: { az: 'Sahə təkrarlanır', en: 'The field is repeated' },
  type: {
    az: 'Qiymətin növü səhvdir; gözlənilir: {term}',
    en: 'Wrong type of value; expected: {term}',
  },
  text: { az: 'Bu yerdə mətn ola bilməz', en: 'There may be no text here' },
  null: { az: 'Sahə boş (null, nil) ola bilməz', en: 'The field may not be null (nil)' },
  notEmpty: {
    az: 'nil olan sahənin məzmunu ola bilməz',
    en: 'A field that is nil may have no content',
  },
  abstract: {
    az: 'Mücərrəd element və ya növ birbaşa istifadə edilə bilməz',
    en: 'An abstract element or type may not be used itself',
  },
  derivedType: {
    az: 'xsi:type bu yer üçün nəzərdə tutulmayan növü göstərir',
    en: 'xsi:type names a type that may not stand here',
  },
  fixed: { az: 'Qiymət sabit olmalıdır: {term}', en: 'The value must be the fixed one: {term}' },
  enumeration: { az: 'Qiymət siyahıda yoxdur: {term}', en: 'The value is none of: {term}' },
  pattern: { az: 'Qiymət nümunəyə uyğun deyil: {term}', en: 'The value does not match: {term}' },
  length: { az: 'Uzunluq {term} olmalıdır', en: 'The length must be {term}' },
  tooShort: { az: 'Uzunluq ən azı {term} olmalıdır', en: 'The length must be at least {term}' },
  tooLong: { az: 'Uzunluq ən çoxu {term} ola bilər', en: 'The length may be at most {term}' },
  tooSmall: {
    az: 'Qiymət {term} ədədindən kiçik ola bilməz',
    en: 'The value may not be below {term}',
  },
  tooLarge: {
    az: 'Qiymət {term} ədədindən böyük ola bilməz',
    en: 'The value may not be above {term}',
  },
  above: { az: 'Qiymət {term} ədədindən böyük olmalıdır', en: 'The value must be above {term}' },
  below: { az: 'Qiymət {term} ədədindən kiçik olmalıdır', en: 'The value must be below {term}' },
  digits: {
    az: 'Rəqəmlərin sayı ən çoxu {term} ola bilər',
    en: 'There may be at most {term} digits',
  },
  fraction: {
    az: 'Vergüldən sonra ən çoxu {term} rəqəm ola bilər',
    en: 'There may be at most {term} digits after the point',
  },
  multipleOf: {
    az: 'Qiymət {term} ədədinə bölünməlidir',
    en: 'The value must be a multiple of {term}',
  },
  unique: { az: 'Elementlər təkrarlanmamalıdır', en: 'The items must differ from each other' },
  choice: {
    az: 'Yol verilən variantların heç birinə və ya birdən çoxuna uyğundur',
    en: 'It fits none, or more than one, of the variants allowed',
  },
  depth: { az: 'Mesajın dərinliyi həddi aşır', en: 'The message is nested too deeply' },
  work: {
    az: 'Mesaj digər protokola çevrilmək üçün həddən artıq böyükdür',
    en: 'The message is too large to be carried into the other protocol',
  },
  attachment: {
    az: 'Əlavə xidmətin təsvirinə uyğun deyil: {term}',
    en: 'The attachment breaks the contract: {term}',
  },
  unmappable: {
    az: 'Qiymət digər protokola itkisiz çevrilə bilmir: {term}',
    en: 'The value cannot be carried into the other protocol without loss: {term}',
  },
} as const satisfies Record<string, BilingualText>

export const violationTexts: Readonly<Record<ViolationRule, BilingualText>> = texts
