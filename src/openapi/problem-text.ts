import type { BilingualText } from '../exchange/fault.js'

export type OpenApiRule = keyof typeof texts

/** The closed list of why a description is not taken. `{term}` is a word of the description. */
const texts = {
  file: { az: 'Fayl oxunmur: {term}', en: 'The file cannot be read: {term}' },
  missingFile: { az: 'Müqavilədə belə fayl yoxdur: {term}', en: 'The contract has no file {term}' },
  limit: { az: 'Fayl həddən artıq böyükdür: {term}', en: 'The file is above a limit: {term}' },
  version: {
    az: 'Yalnız bu versiyalar qəbul edilir: {term}',
    en: 'Only these versions are taken: {term}',
  },
  official: {
    az: 'Təsvir rəsmi sxemə uyğun deyil: {term}',
    en: 'The description breaks the official schema: {term}',
  },
  outside: {
    az: 'İstinad müqavilənin fayllarından kənara çıxır: {term}',
    en: 'A reference leads out of the contract’s files: {term}',
  },
  dangling: {
    az: 'İstinadın göstərdiyi yer yoxdur: {term}',
    en: 'What a reference points at is not there: {term}',
  },
  endless: {
    az: 'İstinad özünə qayıdır və heç vaxt bitmir: {term}',
    en: 'A reference comes back to itself and never ends: {term}',
  },
  unsupported: { az: 'Dəstəklənmir: {term}', en: 'Not supported: {term}' },
  unknownKeyword: { az: 'Naməlum açar söz: {term}', en: 'An unknown keyword: {term}' },
  ignoredByStandard: {
    az: 'OpenAPI 3.0-da $ref yanında açar sözün təsiri yoxdur; allOf istifadə edin: {term}',
    en: 'Beside $ref a keyword has no effect in OpenAPI 3.0; use allOf: {term}',
  },
  nullableWithoutType: {
    az: 'type olmadan nullable açar sözünün təsiri yoxdur',
    en: 'Without type, nullable has no effect',
  },
  schema: { az: 'Sxem səhvdir: {term}', en: 'The schema is wrong: {term}' },
  missing: { az: 'Məcburi hissə yoxdur: {term}', en: 'A required part is missing: {term}' },
  twice: { az: 'Eyni ad iki dəfə verilib: {term}', en: 'The same name is given twice: {term}' },
  mediaType: {
    az: 'Məzmunun bu növü dəstəklənmir: {term}',
    en: 'The media type is not supported: {term}',
  },
  parameterType: {
    az: 'Parametrin növü sadə qiymət və ya sadə qiymətlərin siyahısı olmalıdır: {term}',
    en: 'A parameter must be a simple value or a list of such: {term}',
  },
  pattern: {
    az: 'Nümunə (pattern) dəstəklənmir: {term}',
    en: 'The pattern is not supported: {term}',
  },
  branching: {
    az: 'Sxemin variantları bir-birinin içində çoxalır, yoxlama hədsiz uzanardı: {term}',
    en: 'The variants of the schema multiply within one another; checking would take without bound: {term}',
  },
  noOperations: { az: 'Təsvirdə heç bir əməliyyat yoxdur', en: 'The description has no operation' },
} as const satisfies Record<string, BilingualText>

export const openApiTexts: Readonly<Record<OpenApiRule, BilingualText>> = texts
