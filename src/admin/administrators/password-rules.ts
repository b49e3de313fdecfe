import { passwordCharsMax, passwordCharsMin } from './limits.js'

/** What a password may not be; as NIST SP 800-63B §3.1.1.2 has it: long, and nothing that is guessed first. */
export type PasswordFlaw = 'tooShort' | 'tooLong' | 'holdsLogin' | 'common' | 'monotonous'

/** What the person is told. */
export const passwordFlawTexts: Readonly<Record<PasswordFlaw, { az: string; en: string }>> = {
  tooShort: {
    az: `Parol ən azı ${passwordCharsMin} simvoldan ibarət olmalıdır`,
    en: `A password has at least ${passwordCharsMin} characters`,
  },
  tooLong: {
    az: `Parol ən çoxu ${passwordCharsMax} simvoldan ibarət ola bilər`,
    en: `A password has at most ${passwordCharsMax} characters`,
  },
  holdsLogin: {
    az: 'Parolda istifadəçi adı olmamalıdır',
    en: 'A password does not contain the login',
  },
  common: {
    az: 'Bu parol ilk yoxlanılanlardandır, başqasını seçin',
    en: 'This password is among the first that are guessed; choose another',
  },
  monotonous: {
    az: 'Parol çox az müxtəlif simvoldan ibarətdir',
    en: 'A password has more different characters',
  },
}

const differentCharsMin = 5

// Roots of what is guessed first at this length; a password that is one of them with digits and signs around is one of them.
const common = [
  ...[
    'password',
    'passw0rd',
    'parol',
    'parolparol',
    'qwertyuiop',
    'qwerty',
    'azerty',
    'qwertyqwerty',
  ],
  ...['administrator', 'admin', 'adminadmin', 'sluice', 'sluiceadmin', 'letmein', 'welcome'],
  ...['azerbaijan', 'azerbaycan', 'azərbaycan', 'bakubaku', 'baku', 'bakı', 'operator', 'security'],
  ...[
    'changeme',
    'changeit',
    'iloveyou',
    'salam',
    'salamsalam',
    'qarabag',
    'qarabağ',
    'elektronhokumet',
  ],
]

/**
 * @param login - may not be part of it
 * @returns undefined for a password that may be used
 */
export function passwordFlaw(password: string, login: string): PasswordFlaw | undefined {
  const chars = Array.from(password).length
  if (chars < passwordCharsMin) return 'tooShort'
  if (chars > passwordCharsMax) return 'tooLong'
  const lower = password.normalize('NFKC').toLowerCase()
  if (lower.includes(login.toLowerCase())) return 'holdsLogin'
  if (new Set(lower).size < differentCharsMin) return 'monotonous'
  const root = lower.replace(/^[^\p{L}]+|[^\p{L}]+$/gu, '')
  if (root === '' && isRun(lower)) return 'common'
  return common.includes(root) || isRun(root) ? 'common' : undefined
}

const runs = ['abcdefghijklmnopqrstuvwxyz', '01234567890123456789', 'qwertyuiopasdfghjklzxcvbnm']

/** A stretch of the alphabet, of the digits or of the keyboard, there or back. */
function isRun(text: string): boolean {
  if (text.length < passwordCharsMin / 2) return false
  const back = Array.from(text).reverse().join('')
  return runs.some((run) => run.includes(text) || run.includes(back))
}
