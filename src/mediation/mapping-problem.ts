import type { BilingualText } from '../exchange/fault.js'
import { mappingLimits } from '../limits/mediation.js'

/** Why a contract, or a rule of its refinement, makes no mapping without loss. */
export type ProblemText = BilingualText

/** The closed list; `{term}` is a word of the contract or of the rule. */
export const problemTexts = {
  mixed: {
    az: 'Mətn və elementlər qarışıqdır (mixed); JSON-da bunun yeri yoxdur',
    en: 'Text and elements are mixed; JSON has no place for that',
  },
  any: {
    az: 'xs:any: təsvirdə adı olmayan elementlər itərdi',
    en: 'xs:any: elements that the contract does not name would be lost',
  },
  anyAttribute: {
    az: 'xs:anyAttribute: təsvirdə adı olmayan atributlar itərdi',
    en: 'xs:anyAttribute: attributes that the contract does not name would be lost',
  },
  qualifiedName: {
    az: '{term} qiymətindəki prefiks JSON-da məna daşımır',
    en: 'A value of type {term} holds a prefix that means nothing in JSON',
  },
  repeatingGroup: {
    az: 'Birdən çox üzvü olan qrup təkrarlanır ({term}); üzvlərin sırası itərdi',
    en: 'A group with more than one member repeats ({term}); the order between its members would be lost',
  },
  unevenRepeat: {
    az: 'Elementin sayı JSON massivi ilə ifadə oluna bilmir: {term}',
    en: 'How often the element stands cannot be said of an array: {term}',
  },
  sameElement: {
    az: 'Eyni element iki yerdə durur: {term}',
    en: 'The same element stands in two places: {term}',
  },
  sameProperty: {
    az: 'İki sahə JSON-da eyni adı alardı: {term}; mapping.yaml-da birinə "name" verin',
    en: 'Two fields would have the same name in JSON: {term}; give one a "name" in mapping.yaml',
  },
  sameType: {
    az: 'xsi:type üçün iki növün adı eynidir: {term}',
    en: 'Two types that xsi:type may name have the same name: {term}',
  },
  noInstance: {
    az: 'Mücərrəd elementin və ya növün yerinə heç nə dura bilməz: {term}',
    en: 'Nothing can stand for the abstract element or type: {term}',
  },
  tooMuch: {
    az: 'Təsvirdə çox sahə var; hədd: {term}',
    en: 'The contract has too many fields; the limit is {term}',
  },
  noSuchPath: {
    az: 'Qayda heç nəyə aid deyil: təsvirdə belə yer yoxdur ({term})',
    en: 'The rule applies to nothing: the contract has no such place ({term})',
  },
  twoRules: {
    az: 'İki qayda eyni yer üçün eyni şeyi deyir: {term}',
    en: 'Two rules say the same of one place: {term}',
  },
  header: {
    az: 'SOAP başlığının JSON-da yeri yoxdur: {term}',
    en: 'JSON has no place for the SOAP header block {term}',
  },
  attachment: {
    az: 'Əlavənin JSON-da yeri yoxdur: {term}',
    en: 'JSON has no place for the attachment {term}',
  },
  sameFile: {
    az: 'multipart formada iki hissənin adı eyni olardı: {term}; mapping.yaml-da birinə "name" verin',
    en: 'Two parts of the form would have the same name: {term}; give one a "name" in mapping.yaml',
  },
  fileName: {
    az: 'multipart formada hissənin belə adı ola bilməz: {term}',
    en: 'No part of a form can have the name {term}',
  },
  mtomWithParts: {
    az: 'mime:content ilə bağlanmış hissələr MTOM mesajında göndərilə bilməz: {term}',
    en: 'Parts bound by mime:content cannot travel in an MTOM message: {term}',
  },
  malformed: { az: 'mapping.yaml düzgün deyil: {term}', en: 'mapping.yaml is malformed: {term}' },
  wrongRule: { az: 'Qayda bu yerə uyğun deyil: {term}', en: 'The rule does not fit here: {term}' },
} as const satisfies Record<string, BilingualText>

/** Fills the contract's own word in. */
export function problem(name: keyof typeof problemTexts, term: string | number = ''): ProblemText {
  const { az, en } = problemTexts[name]
  const fill = (text: string): string => text.replace('{term}', () => String(term))
  return { az: fill(az), en: fill(en) }
}

/** A place of a contract, in XML names without indexes (`/iller/il/@kod`), and what is wrong with it. */
export interface MappingProblem extends ProblemText {
  readonly path: string
}

/** A contract that cannot be mapped without loss, or a refinement that does not fit it: all that is wrong with it. */
export class MappingError extends Error {
  override readonly name = 'MappingError'
  readonly problems: readonly MappingProblem[]

  constructor(problems: readonly MappingProblem[]) {
    const told = problems.slice(0, mappingLimits.problemsMax)
    super(told.map(({ path, en }) => `${path}: ${en}`).join('\n'))
    this.problems = told
  }
}
