import { readLogKey } from '../config/log-keys.js'
import type { OctetCommandIo } from './c14n.js'
import { logActs } from './log-acts.js'
import { logPayload } from './log-payload.js'
import { logSearch } from './log-search.js'
import { logShow } from './log-show.js'
import { openLogOf, type DatabasePlace } from './open-database.js'
import { openActsOf, openSearchOf, openVaultOf } from './open-log.js'

/** What is said to somebody who says another. */
export const logCommandNames = 'log show, search, acts, payload or key'

interface LogSurroundings {
  readonly io: OctetCommandIo
  readonly place: () => DatabasePlace
  readonly stop: () => AbortSignal
}

/** @returns undefined for a word that is no command of the logs */
export function logCommand(
  word: string,
  args: readonly string[],
  { io, place, stop }: LogSurroundings,
): Promise<number> | undefined {
  switch (word) {
    case 'show':
      return logShow(args, io, () => openLogOf(place()))
    case 'search':
      return logSearch(args, io, {
        open: () => openSearchOf(place()),
        pseudonymKey: () => readLogKey(place(), 'pseudonym'),
      })
    case 'acts':
      return logActs(args, io, () => openActsOf(place()), stop)
    case 'payload':
      return logPayload(args, io, () => openVaultOf(place()))
    default:
      return undefined
  }
}
