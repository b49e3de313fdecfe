import { loginPattern } from '../admin/administrators/administrator.js'
import { emailText, memberText, nameText, timeText } from '../admin/administrators/texts.js'
import { roles, type Role } from '../admin/permission.js'
import type { MemberId } from '../exchange/identifier.js'
import { wrongUse } from './command-usage.js'

/** @throws UsageError for more than the one login */
export function loginOf(words: readonly string[], usage: string): string {
  const [login = '', ...others] = words
  if (loginPattern.test(login) && others.length === 0) return login
  throw wrongUse(
    'Give one LOGIN: 3 to 64 of a-z, 0-9, ".", "_" and "-", first a letter or digit.',
    usage,
  )
}

/** @throws UsageError */
export function roleOf(word: string | undefined, usage: string): Role {
  const role = roles.find((each) => each === word)
  if (role) return role
  throw wrongUse(`ROLE is ${roles.slice(0, -1).join(', ')} or ${roles.at(-1) ?? ''}.`, usage)
}

interface Checked {
  readonly name: string
  readonly email: string
  readonly member: MemberId
  readonly from: Date
  readonly until: Date
}

const kinds = {
  name: { schema: nameText, what: 'a person’s name in one line' },
  email: { schema: emailText, what: 'an e-mail address' },
  member: { schema: memberText, what: 'a member, like AZ/GOV/DIN' },
  from: { schema: timeText, what: 'a time, like 2026-12-01T09:00:00+04:00' },
  until: { schema: timeText, what: 'a time, like 2026-12-01T09:00:00+04:00' },
} as const

/** The value of an option, by the rule that the API has for it. @throws UsageError */
export function checkedOption<Name extends keyof Checked>(
  name: Name,
  text: string | undefined,
  usage: string,
): Checked[Name] | undefined {
  if (text === undefined) return undefined
  const { schema, what } = kinds[name]
  const result = schema.safeParse(text)
  if (result.success) return result.data as Checked[Name]
  throw wrongUse(`--${name} must be ${what}.`, usage)
}
