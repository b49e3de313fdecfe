import type { HoldScope, LegalHold } from '../log-archive/legal-hold.store.js'
import { authorOf } from './author.js'
import type { CommandIo } from './command-io.js'
import { parsedOptions, withUsage, wrongUse } from './command-usage.js'
import { dayOption, keepingOptions, reasonOption, withKeeping } from './keeping-command.js'
import type { OpenKeepingFor } from './open-keeping.js'
import { uuidPattern } from './uuid-pattern.js'

const usage = `Usage: sluice log hold set --reason TEXT [--exchange ID] [--service ID] [--consumer ID] [--domain NAME]
                            [--from DATE] [--to DATE] [--actor NAME]
       sluice log hold lift HOLD_ID --reason TEXT [--actor NAME]
       sluice log hold list [--json]

A legal hold keeps exchanges: their days are not archived and their payloads not erased until it is lifted.
Several options hold what fits all of them; a service, a subsystem or a member stands for all below it; days
are days of UTC, and --to is the last one. Holds and lifts stay on record.

Exit code: 0 done, 1 refused or failed, 2 wrong use.`

/**
 * `sluice log hold …`.
 * @param args - what follows `log hold`
 * @returns exit code: 0 done, 1 refused, failed or no such hold, 2 wrong use
 */
export function logHold(
  args: readonly string[],
  io: CommandIo,
  openKeeping: OpenKeepingFor,
): Promise<number> {
  return withUsage(io, usage, () => {
    const [act = '', ...rest] = args
    switch (act) {
      case 'set':
        return set(rest, io, openKeeping)
      case 'lift':
        return lift(rest, io, openKeeping)
      case 'list':
        return list(rest, io, openKeeping)
      case '--help':
      case '-h':
        return Promise.resolve('help')
      default:
        throw wrongUse('Say set, lift or list.', usage)
    }
  })
}

async function set(
  args: readonly string[],
  io: CommandIo,
  openKeeping: OpenKeepingFor,
): Promise<number | 'help'> {
  const text = { type: 'string' } as const
  const { values } = parsedOptions(
    args,
    {
      options: {
        ...keepingOptions,
        ...{ exchange: text, service: text, consumer: text, domain: text, from: text, to: text },
      },
    },
    usage,
  )
  if (values.help) return 'help'
  const reason = reasonOption(values.reason, usage)
  const scope = scopeOf(values)
  return withKeeping(io, openKeeping, authorOf({ ...values, reason }), async (keeping) => {
    const { holdId } = await keeping.setHold(scope, reason)
    io.out(`Hold ${holdId} is set: ${scopeText(scope)}.`)
    return 0
  })
}

/** @throws UsageError */
function scopeOf(given: {
  readonly exchange?: string | undefined
  readonly service?: string | undefined
  readonly consumer?: string | undefined
  readonly domain?: string | undefined
  readonly from?: string | undefined
  readonly to?: string | undefined
}): HoldScope {
  const { exchange, service, consumer, domain, from, to } = given
  if (exchange !== undefined && !uuidPattern.test(exchange)) {
    throw wrongUse('--exchange must be an exchange id, which is a UUID.', usage)
  }
  if ([service, consumer, domain].includes('')) throw wrongUse('An option has no value.', usage)
  const fromDay = from === undefined ? undefined : dayOption('from', from, usage)
  const toDay = to === undefined ? undefined : dayOption('to', to, usage)
  if (fromDay !== undefined && toDay !== undefined && fromDay > toDay) {
    throw wrongUse('--from must not be after --to.', usage)
  }
  const scope = { exchangeId: exchange, service, consumer, domain, fromDay, toDay }
  if (Object.values(scope).every((value) => value === undefined)) {
    throw wrongUse('Say what is to be held.', usage)
  }
  return scope
}

async function lift(
  args: readonly string[],
  io: CommandIo,
  openKeeping: OpenKeepingFor,
): Promise<number | 'help'> {
  const { values, positionals } = parsedOptions(
    args,
    { options: keepingOptions, allowPositionals: true },
    usage,
  )
  if (values.help) return 'help'
  const [holdId = '', ...others] = positionals
  if (!uuidPattern.test(holdId) || others.length > 0) throw wrongUse('Give one HOLD_ID.', usage)
  const reason = reasonOption(values.reason, usage)
  return withKeeping(io, openKeeping, authorOf({ ...values, reason }), async (keeping) => {
    const hold = await keeping.liftHold(holdId.toLowerCase(), reason)
    if (hold) io.out(`Hold ${hold.holdId} is lifted: ${scopeText(hold)}.`)
    else io.err('No such hold is in force.')
    return hold ? 0 : 1
  })
}

async function list(
  args: readonly string[],
  io: CommandIo,
  openKeeping: OpenKeepingFor,
): Promise<number | 'help'> {
  const { values } = parsedOptions(
    args,
    { options: { ...keepingOptions, json: { type: 'boolean', default: false } } },
    usage,
  )
  if (values.help) return 'help'
  return withKeeping(io, openKeeping, authorOf(values), async (keeping) => {
    const holds = await keeping.holds()
    for (const hold of holds) io.out(values.json ? JSON.stringify(hold) : lineOf(hold))
    if (holds.length === 0 && !values.json) io.out('No hold is in force.')
    return 0
  })
}

function lineOf(hold: LegalHold): string {
  const since = hold.madeAt.toISOString()
  return `${hold.holdId}  since ${since}  ${scopeText(hold)}  (${printable(hold.reason)})`
}

function scopeText({ exchangeId, service, consumer, domain, fromDay, toDay }: HoldScope): string {
  const said = Object.entries({
    exchange: exchangeId,
    service,
    consumer,
    domain,
    from: fromDay,
    to: toDay,
  })
  const parts = said.filter(([, value]) => value !== undefined)
  return parts.map(([name, value]) => `${name} ${printable(value ?? '')}`).join(', ')
}

/** Somebody chose these texts; none of them may steer the reader's terminal. */
function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, '\ufffd')
}
