import type { BilingualText } from '../exchange/fault.js'
import type { MappingProblem } from '../mediation/mapping-problem.js'

/** Why a REST contract has no face in SOAP without loss; `{term}` is a word of the contract. */
const viewTexts = {
  combination: {
    az: '{term}: XML sxemində bunun dəqiq qarşılığı yoxdur',
    en: '{term} has no exact counterpart in XML Schema',
  },
  freeForm: {
    az: 'Sahələri və ya növü təsvir olunmayıb ({term}); məzmun itərdi',
    en: 'Neither fields nor a type are described ({term}); what is there would be lost',
  },
  map: {
    az: 'Adları əvvəlcədən məlum olmayan sahələr ({term}) XML-də ifadə olunmur',
    en: 'Fields with names that nobody knows before ({term}) have no form in XML',
  },
  types: {
    az: 'Bir sahənin bir neçə növü ola bilər: {term}',
    en: 'One field may have several types: {term}',
  },
  endless: { az: 'Sxem sonsuzdur: {term}', en: 'The schema never ends: {term}' },
  contradiction: {
    az: 'Şərtlər bir-birini istisna edir: {term}',
    en: 'The conditions exclude each other: {term}',
  },
  mediaType: {
    az: 'Bu məzmun növü SOAP-a çevrilmir: {term}',
    en: 'Content of this media type is not carried into SOAP: {term}',
  },
  method: {
    az: '{term} metodunun cavabında çevriləcək məzmun yoxdur',
    en: 'An answer to {term} has no content that could be carried over',
  },
  header: {
    az: 'Başlıq sahəsi şinin özünə və ya bağlantıya aiddir: {term}',
    en: 'The header field belongs to the bus or to the connection: {term}',
  },
  noSuccess: {
    az: 'Uğurlu cavab (2xx) təsvir olunmayıb',
    en: 'No successful response (2xx) is described',
  },
  status: {
    az: 'Bu status üzrə cavab SOAP-da fərqləndirilmir: {term}',
    en: 'A response of this status cannot be told in SOAP: {term}',
  },
  character: {
    az: 'XML-də yazıla bilməyən simvol var ({term})',
    en: 'It holds a character that XML cannot write ({term})',
  },
  tooMuch: {
    az: 'Təsvirdə çox sahə var; hədd: {term}',
    en: 'The contract has too many fields; the limit is {term}',
  },
} as const satisfies Record<string, BilingualText>

export type ViewRule = keyof typeof viewTexts

/** @param path - operation, part of it, and the place in its JSON: `voenTap 200 /voenler/ad` */
export function viewProblem(path: string, rule: ViewRule, term = ''): MappingProblem {
  const { az, en } = viewTexts[rule]
  const fill = (text: string): string => text.replace('{term}', () => term)
  return { path, az: fill(az), en: fill(en) }
}
