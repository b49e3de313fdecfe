import type { ConnectionApplication } from '../../conformity/application.js'
import { readApplication } from '../../conformity/read-application.js'
import { checkDeclaration } from '../agreements/object-entry.js'
import { Problem } from '../problem.js'

/** @throws Problem UNPROCESSABLE with the places */
export function readWhole(value: unknown): ConnectionApplication {
  if (!isWellFormed(value)) throw new Problem('INVALID')
  const { application, flaws } = readApplication(value)
  if (application) {
    checkDeclaration(application)
    return application
  }
  throw new Problem('UNPROCESSABLE', {
    errors: flaws.map(({ pointer, text }) => ({ pointer, detail: text })),
  })
}

const fixed = ['kind', 'member', 'domain', 'objectId'] as const

/**
 * The application with a change as of RFC 7396, whose members are taken whole.
 * @throws Problem UNPROCESSABLE with the places; what a case is about does not change
 */
export function readChange(before: ConnectionApplication, change: object): ConnectionApplication {
  const merged = Object.entries<unknown>({ ...before, ...change }).filter(
    ([, member]) => member !== null,
  )
  const application = readWhole(Object.fromEntries(merged))
  const changed = fixed.filter((name) => application[name] !== before[name])
  if (changed.length === 0) return application
  const detail = { az: 'işin ömrü boyu dəyişmir', en: 'does not change in the life of a case' }
  throw new Problem('UNPROCESSABLE', {
    errors: changed.map((name) => ({ pointer: `/${name}`, detail })),
  })
}

/** Whether the database can keep it: half of a surrogate pair is no text. */
function isWellFormed(value: unknown): boolean {
  const waiting: unknown[] = [value]
  while (waiting.length > 0) {
    const each = waiting.pop()
    if (typeof each === 'string' && !each.isWellFormed()) return false
    if (typeof each !== 'object' || each === null) continue
    for (const [name, member] of Object.entries(each)) {
      if (!name.isWellFormed()) return false
      waiting.push(member)
    }
  }
  return true
}
