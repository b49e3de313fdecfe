import { FormatError } from '../log-verifier/signed-note.js'
import { verifyLogs, type VerifyOptions } from '../log-verifier/verify-logs.js'
import { readInput } from './command-files.js'
import { UsageError, type FileCommandIo } from './command-io.js'
import { fileReason, isFileTrouble } from './file-trouble.js'
import {
  logVerifyUsage,
  readLogVerifyOptions,
  type LogVerifyOptions,
} from './log-verify/log-verify-options.js'
import { stampReader } from './log-verify/stamp-reader.js'
import { exitCodeOf, jsonOf, linesOf } from './log-verify/verdict-text.js'
import { readTrustFiles } from './trust-files.js'

/** Where the logs are, for whoever may only read them. */
export interface AuditedDatabase extends Pick<VerifyOptions, 'connect' | 'limits'> {
  close(): Promise<void>
}

/** A terminal on which progress may be shown; undefined where there is none. */
export type ShowProgress = (done: number, total: number) => void

export interface VerifyMeans {
  readonly openDatabase: () => Promise<AuditedDatabase>
  /** Keys that the node itself publishes, where nobody gives others. */
  readonly publishedKeys: () => Promise<readonly string[]>
  readonly showProgress?: ShowProgress | undefined
}

const couldNotCheck = 3

/**
 * `sluice log verify …`.
 * @param args - what follows `log verify`
 * @returns exit code: 0 whole, 1 defects found, 2 wrong use, 3 something could not be checked
 */
export async function logVerify(
  args: readonly string[],
  io: FileCommandIo,
  means: VerifyMeans,
): Promise<number> {
  try {
    const options = readLogVerifyOptions(args)
    if (options === 'help') {
      io.out(logVerifyUsage)
      return 0
    }
    const given = await givenOf(options, io)
    return await carryOut(options, given, { io, ...means })
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    io.err(error.message)
    return 2
  }
}

type Given = Pick<VerifyOptions, 'logKeys' | 'witnessKeys' | 'since' | 'stamps' | 'archives'>

/** @throws UsageError where a file cannot be read */
async function givenOf(options: LogVerifyOptions, io: FileCommandIo): Promise<Given> {
  const { trustFiles: trust } = options
  const { anchors } = await readTrustFiles({ trust, intermediate: [], crl: [] }, io)
  const since = []
  for (const file of options.sinceFiles) since.push({ file, note: await readInput(file, io) })
  return {
    logKeys: await readKeys(options.keyFiles, io),
    witnessKeys: await readKeys(options.witnessFiles, io),
    since,
    archives: options.archiveFiles,
    stamps: stampReader(anchors),
  }
}

async function readKeys(files: readonly string[], io: FileCommandIo): Promise<string[]> {
  const keys: string[] = []
  for (const file of files) {
    const lines = (await readInput(file, io)).toString('utf8').split(/\r?\n/)
    keys.push(...lines.map((line) => line.trim()).filter((line) => line !== ''))
  }
  return keys
}

interface Means extends VerifyMeans {
  readonly io: FileCommandIo
}

async function carryOut(
  { log, entriesOnly, isRestored, json, language }: LogVerifyOptions,
  given: Given,
  { io, openDatabase, publishedKeys, showProgress }: Means,
): Promise<number> {
  let database: AuditedDatabase | undefined
  try {
    const keys = given.logKeys.length > 0 ? 'given' : 'of the node'
    const logKeys = keys === 'given' ? given.logKeys : await publishedKeys()
    database = await openDatabase()
    const { connect, limits } = database
    const verdict = await verifyLogs({
      ...given,
      logKeys,
      ...{ connect, limits, log, entriesOnly, isRestored },
      ...(showProgress && { onProgress: showProgress }),
    })
    if (log !== undefined && verdict.logs.length === 0) {
      throw new UsageError(`there is no log ${JSON.stringify(log)}`)
    }
    if (json) io.out(JSON.stringify(jsonOf(verdict, keys), undefined, 2))
    else for (const line of linesOf(verdict, language, keys)) io.out(line)
    return exitCodeOf(verdict, keys)
  } catch (error) {
    if (error instanceof UsageError) throw error
    const reason = error instanceof Error ? error.message : String(error)
    if (error instanceof FormatError) throw new UsageError(reason)
    if (isFileTrouble(error) && given.archives?.includes(error.path ?? '') === true) {
      throw new UsageError(`${error.path ?? ''}: cannot be read (${fileReason(error)})`)
    }
    io.err(`The logs could not be checked: ${reason}`)
    return couldNotCheck
  } finally {
    await database?.close()
  }
}
