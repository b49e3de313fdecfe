import type { Caller } from './caller.js'

/** Whose session a token is: what the guard asks before every route that is not public. */
export interface SessionReader {
  /**
   * @param token - as it stands behind `Bearer`
   * @param address - network address that the request comes from
   * @returns undefined where there is no such session, or it has ended
   */
  callerOf(token: string, address: string): Promise<Caller | undefined>
}
