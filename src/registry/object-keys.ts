import { folded } from './folded.js'
import type { DataObject } from './resource.js'

/** By what a data object is known for the same: its code, and its Azerbaijani name. */
export function objectKeys({ code, name }: Pick<DataObject, 'code' | 'name'>): string[] {
  return [...new Set([folded(code), folded(name.az)])]
}
