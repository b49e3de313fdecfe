import { setTimeout as pause } from 'node:timers/promises'
import type { ParseArgsConfig } from 'node:util'
import type { ActSelection, StoredAct } from '../audit-log/audit-log.store.js'
import { actsFollowEveryMs, actsShownMax } from '../limits/audit-log.js'
import type { CommandIo } from './command-io.js'
import { parsedOptions, withUsage, wrongUse } from './command-usage.js'
import { printable } from '../printable.js'

/** The audit log, opened for a command. */
export interface OpenActs {
  readActs(selection: ActSelection): Promise<StoredAct[]>
  close(): Promise<void>
}

const usage = `Usage: sluice log acts [--last N] [--follow] [--json]

Shows the newest acts of administrators: who did what, when, why, with what stood there before and after.
With --follow it goes on as new ones come, until it is interrupted. Looking changes nothing.

Exit code: 0 shown, 1 not reachable, or an act that does not fit its leaf hash, 2 wrong use.`

const lastDefault = 20

const options = {
  options: {
    last: { type: 'string', default: String(lastDefault) },
    follow: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h', default: false },
  },
} as const satisfies ParseArgsConfig

interface Request {
  readonly last: number
  readonly follow: boolean
  readonly json: boolean
}

/**
 * `sluice log acts …`.
 * @param args - what follows `log acts`
 * @param stop - ends what follows new acts
 * @returns exit code: 0 shown, 1 not reachable or not intact, 2 wrong use
 */
export function logActs(
  args: readonly string[],
  io: CommandIo,
  openActs: () => Promise<OpenActs>,
  stop?: () => AbortSignal,
): Promise<number> {
  return withUsage(io, usage, async () => {
    const request = parse(args)
    return request === 'help' ? 'help' : carryOut(request, io, openActs, stop)
  })
}

async function carryOut(
  request: Request,
  io: CommandIo,
  openActs: () => Promise<OpenActs>,
  stop: (() => AbortSignal) | undefined,
): Promise<number> {
  let log: OpenActs | undefined
  try {
    log = await openActs()
    return await showAll(log, request, io, stop)
  } catch (error) {
    io.err(
      `The audit log could not be read: ${error instanceof Error ? error.message : String(error)}`,
    )
    return 1
  } finally {
    await log?.close()
  }
}

async function showAll(
  log: OpenActs,
  { last, follow, json }: Request,
  io: CommandIo,
  stop: (() => AbortSignal) | undefined,
): Promise<number> {
  let exitCode = 0
  const show = (acts: readonly StoredAct[]): void => {
    for (const act of acts) {
      io.out(json ? JSON.stringify(objectOf(act)) : textOf(act))
      if (act.isIntact) continue
      io.err(`Act ${act.actId} does not fit its leaf hash.`)
      exitCode = 1
    }
  }
  const newest = await log.readActs({ limit: follow ? actsShownMax : last })
  show(newest.slice(-last))
  let known = new Set(newest.map(({ actId }) => actId))
  const ended = follow ? stop?.() : undefined
  while (follow && ended?.aborted !== true) {
    await pause(actsFollowEveryMs, undefined, ended && { signal: ended }).catch(() => undefined)
    // An act may become durable after a younger one, so all of the newest are looked at again.
    const acts = await log.readActs({ limit: actsShownMax })
    show(acts.filter(({ actId }) => !known.has(actId)))
    known = new Set(acts.map(({ actId }) => actId))
  }
  return exitCode
}

/** @throws UsageError */
function parse(args: readonly string[]): Request | 'help' {
  const { values } = parsedOptions(args, options, usage)
  if (values.help) return 'help'
  const last = /^[0-9]{1,4}$/.test(values.last) ? Number(values.last) : 0
  if (last < 1 || last > actsShownMax) {
    throw wrongUse(`--last must be a whole number from 1 to ${actsShownMax}.`, usage)
  }
  return { last, follow: values.follow, json: values.json }
}

function objectOf({ actId, fields, leafHash, isIntact }: StoredAct): object {
  return { actId, leafHash: leafHash.toString('hex'), intact: isIntact, act: fields }
}

function textOf({ actId, fields }: StoredAct): string {
  if (!fields) return `${actId}  (no act can be read there)`
  const { recordedAt, kind, actor, account, role, subject, reason, before, after } = fields
  const who = [actor, role, account !== actor && account].filter(Boolean).join(', ')
  const lines = [
    `${recordedAt}  ${kind}  ${subject ?? ''}`,
    `    by      ${who}`,
    ...(reason === undefined ? [] : [`    reason  ${reason}`]),
    ...(before === undefined ? [] : [`    before  ${JSON.stringify(before)}`]),
    ...(after === undefined ? [] : [`    after   ${JSON.stringify(after)}`]),
  ]
  return lines.map(printable).join('\n')
}
