import type { Caller } from '../caller.js'

/** Whether somebody may see every member's certificates, and not their own members' alone. */
export function seesAll(caller: Caller): boolean {
  return caller.has('OPERATOR') || caller.has('AGENCY') || caller.has('SECURITY')
}
