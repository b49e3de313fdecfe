import type { Config } from '../config/config.js'
import { findLogKey } from '../config/log-keys.js'
import type { OctetCommandIo } from './c14n.js'
import { logActs } from './log-acts.js'
import { logArchive } from './log-archive.js'
import { logArchiveVerify } from './log-archive-verify.js'
import { logErase } from './log-erase.js'
import { logHold } from './log-hold.js'
import { logKey, publishedKeys } from './log-key.js'
import { logPayload } from './log-payload.js'
import { logSearch } from './log-search.js'
import { logShow } from './log-show.js'
import { logVerify, type ShowProgress } from './log-verify.js'
import { openAuditedOf, openLogOf, type DatabasePlace } from './open-database.js'
import { openKeepingOf, type OpenKeepingFor } from './open-keeping.js'
import { openActsOf, openSearchOf, openVaultOf } from './open-log.js'

/** What is said to somebody who says another. */
export const logCommandNames =
  'log show, search, acts, payload, key, verify, archive, erase or hold'

interface LogSurroundings {
  readonly io: OctetCommandIo
  readonly place: () => DatabasePlace
  readonly config: () => Config
  readonly stop: () => AbortSignal
  readonly showProgress?: ShowProgress | undefined
}

/** @returns undefined for a word that is no command of the logs */
export function logCommand(
  word: string,
  args: readonly string[],
  { io, place, config, stop, showProgress }: LogSurroundings,
): Promise<number> | number | undefined {
  const openKeeping: OpenKeepingFor = (author) => openKeepingOf(place(), config(), author)
  switch (word) {
    case 'show':
      return logShow(args, io, () => openLogOf(place()))
    case 'search':
      return logSearch(args, io, {
        open: () => openSearchOf(place()),
        pseudonymKey: () => findLogKey(place(), 'pseudonym'),
      })
    case 'acts':
      return logActs(args, io, () => openActsOf(place()), stop)
    case 'payload':
      return logPayload(args, io, () => openVaultOf(place()))
    case 'key':
      return logKey(args, io, config)
    case 'verify':
      return logVerify(args, io, {
        openDatabase: () => openAuditedOf(place()),
        publishedKeys: () => publishedKeys(config()),
        showProgress,
      })
    case 'archive':
      if (args[0] === 'verify') return logArchiveVerify(args.slice(1), io)
      return logArchive(args, io, openKeeping)
    case 'erase':
      return logErase(args, io, openKeeping)
    case 'hold':
      return logHold(args, io, openKeeping)
    default:
      return undefined
  }
}
