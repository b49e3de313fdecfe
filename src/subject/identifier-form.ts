import type { PersonIdentifier, SubjectType } from '../exchange/person.js'
import { subjectLimits } from '../limits/persons.js'

const finPattern = /^[0-9A-Z]{5,10}$/
const voenPattern = /^[0-9]{10}$/
const telefonPattern = /^\+?[0-9(][0-9 ().-]*$/
const digitsPattern = /^[0-9]{7,15}$/

/**
 * An identifier in the form in which it is compared, and from which its pseudonym is made: a FIN in upper case, of a
 * telephone number the digits, everything else as it stands. Nothing is trimmed: what is not written as an identifier
 * might be read as another one by whoever reads it next.
 * @returns undefined for what is no identifier of this type
 */
export function identifierOf(type: SubjectType, text: string): PersonIdentifier | undefined {
  if (text.length > subjectLimits.valueCharsMax) return undefined
  const value = valueOf(type, text)
  return value === undefined ? undefined : { type, value }
}

function valueOf(type: SubjectType, text: string): string | undefined {
  switch (type) {
    case 'fin': {
      const value = upperCase(text)
      return finPattern.test(value) ? value : undefined
    }
    case 'voen':
      return voenPattern.test(text) ? text : undefined
    case 'telefon': {
      if (!telefonPattern.test(text)) return undefined
      const value = text.replace(/[^0-9]/g, '')
      return digitsPattern.test(value) ? value : undefined
    }
  }
}

// The letters of ASCII alone: Unicode makes an I of a dotless one, and SS of a sharp s.
function upperCase(text: string): string {
  return text.replace(/[a-z]+/g, (letters) => letters.toUpperCase())
}
