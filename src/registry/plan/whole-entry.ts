import type { Declared } from '../declaration/declaration.js'
import { holdsStandIn } from '../declaration/stand-in.js'
import { fieldPlace, report } from '../declaration/yaml-place.js'

/**
 * Makes whole entries of what declarations say and what the registry holds: what is not said stays,
 * what is new gets the defaults. Each reports what is missing, and puts something there that passes
 * every further check, so that the rest of the entry is checked in the same run. Undefined where
 * nothing is left to check.
 */
export type Complete<D, T> = (declared: D, existing: T | undefined) => T | undefined

/** A field that was not said stays; `null` takes it away. */
export function kept<T>(said: T | null | undefined, existing: T | undefined): T | undefined {
  return said === undefined ? existing : (said ?? undefined)
}

export type Present<F> = { readonly [K in keyof F]: Exclude<F[K], undefined> }

export const anyName = { az: '', en: '' }

/** The fields, and the stand-ins of those that are missing. */
export function whole<F extends Readonly<Record<string, unknown>>>(
  { id, at }: Declared<string, unknown>,
  fields: F,
  standIns: Present<F>,
): Present<F> {
  const missing = Object.keys(fields).filter((key) => fields[key] === undefined)
  if (missing.length === 0) return fields as Present<F>
  // Those that are there and wrong have been reported while reading. Of a thing whose identifier is
  // wrong nobody can say what the registry has of it.
  const absent = missing.filter((key) => fieldPlace(at, key).node === undefined)
  if (absent.length > 0 && !holdsStandIn(id)) {
    report(at, `must have ${absent.join(', ')}`, 'It is not in the registry yet.')
  }
  const given = Object.entries(fields).filter(([, value]) => value !== undefined)
  return { ...standIns, ...Object.fromEntries(given) }
}
