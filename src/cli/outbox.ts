import { outboxLimits } from '../limits/one-way.js'
import type { FoundMessage } from '../outbox/outbox.store.js'
import { printable } from '../printable.js'
import { authorOf } from './author.js'
import type { CommandIo } from './command-io.js'
import { parsedOptions, withUsage, wrongUse } from './command-usage.js'
import type { OpenOutbox, OpenOutboxFor } from './open-outbox.js'
import { uuidPattern } from './uuid-pattern.js'

const usage = `Usage: sluice outbox list [--sender ID] [--provider ID] [--json]
       sluice outbox show EXCHANGE_ID [--json]
       sluice outbox retry EXCHANGE_ID
       sluice outbox drop EXCHANGE_ID --ground TEXT [--actor NAME]

Shows one-way messages that wait for their delivery, the oldest first; never what is in them. retry has one tried at
once: if others of its sender wait before it, it comes after them. drop gives one up: its sender is told that it was
refused, with the ground, and the act is in the audit log. A running bus does both.

Exit code: 0 done, 1 not reachable, or no such message waits, 2 wrong use.`

const options = {
  sender: { type: 'string' },
  provider: { type: 'string' },
  ground: { type: 'string' },
  actor: { type: 'string' },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
} as const

type Given = ReturnType<typeof given>

/**
 * `sluice outbox …`.
 * @param args - what follows `outbox`
 * @returns exit code: 0 done, 1 not reachable or no such message, 2 wrong use
 */
export function outboxCommand(
  args: readonly string[],
  io: CommandIo,
  open: OpenOutboxFor,
): Promise<number> {
  return withUsage(io, usage, async () => {
    const [word = '', ...rest] = args
    if (word === '--help' || word === '-h') return 'help'
    const act = acts[word]
    if (!act) throw wrongUse('Say list, show, retry or drop.', usage)
    const asked = given(rest)
    if (asked.values.help) return 'help'
    const work = act.prepare(asked)
    return withOutbox(
      io,
      () => open(act.access),
      (outbox) => work(outbox, io),
    )
  })
}

function given(args: readonly string[]) {
  return parsedOptions(args, { options, allowPositionals: true }, usage)
}

type Work = (outbox: OpenOutbox, io: CommandIo) => Promise<number>

interface Act {
  readonly access: 'read' | 'change'
  /** @throws UsageError */
  readonly prepare: (asked: Given) => Work
}

const acts: Readonly<Record<string, Act | undefined>> = {
  list: { access: 'read', prepare: list },
  show: { access: 'read', prepare: show },
  retry: { access: 'change', prepare: retry },
  drop: { access: 'change', prepare: drop },
}

function list({ values: { sender, provider, json } }: Given): Work {
  return async (outbox, io) => {
    const messages = await outbox.list({ sender, provider })
    for (const message of messages) io.out(json ? jsonOf(message) : lineOf(message))
    if (json) return 0
    if (messages.length === 0) io.out('No message waits.')
    if (messages.length === outboxLimits.shownMax) {
      io.out(`These are the first ${outboxLimits.shownMax}.`)
    }
    return 0
  }
}

function show(asked: Given): Work {
  const exchangeId = exchangeIdOf(asked)
  return async (outbox, io) => {
    const message = await outbox.find(exchangeId)
    if (!message) return noSuch(io)
    if (asked.values.json) io.out(jsonOf(message))
    else for (const line of linesOf(message)) io.out(line)
    return 0
  }
}

function retry(asked: Given): Work {
  const exchangeId = exchangeIdOf(asked)
  return async (outbox, io) => {
    if (!(await outbox.retry(exchangeId))) return noSuch(io)
    io.out(`${exchangeId} is tried at once.`)
    return 0
  }
}

function drop(asked: Given): Work {
  const exchangeId = exchangeIdOf(asked)
  const { ground, actor } = asked.values
  if (ground === undefined || ground.trim() === '') throw wrongUse('Say why, with --ground.', usage)
  if (ground.length > outboxLimits.groundCharsMax) {
    throw wrongUse(`A ground has at most ${outboxLimits.groundCharsMax} characters.`, usage)
  }
  return async (outbox, io) => {
    const author = authorOf({ actor, reason: ground })
    if (!(await outbox.drop(exchangeId, ground, author))) return noSuch(io)
    io.out(`${exchangeId} is given up. Its sender is told: ${printable(ground)}`)
    return 0
  }
}

/** @throws UsageError */
function exchangeIdOf({ positionals }: Given): string {
  const [exchangeId = '', ...others] = positionals
  if (!uuidPattern.test(exchangeId) || others.length > 0) {
    throw wrongUse('Give one EXCHANGE_ID.', usage)
  }
  return exchangeId.toLowerCase()
}

function noSuch(io: CommandIo): number {
  io.err('No such message waits; log show tells what became of it.')
  return 1
}

async function withOutbox(
  io: CommandIo,
  open: () => Promise<OpenOutbox>,
  work: (outbox: OpenOutbox) => Promise<number>,
): Promise<number> {
  let outbox: OpenOutbox | undefined
  try {
    outbox = await open()
    return await work(outbox)
  } catch (error) {
    io.err(`It could not be done: ${error instanceof Error ? error.message : String(error)}`)
    return 1
  } finally {
    await outbox?.close()
  }
}

/** Metadata, and of it what is not the message's own. */
function factsOf(message: FoundMessage) {
  const { exchangeId, sender, recipient, messageId, payloadBytes, attempts } = message
  return {
    exchangeId,
    sender,
    recipient,
    messageId,
    payloadBytes,
    acceptedAt: message.acceptedAt.toISOString(),
    expiresAt: message.expiresAt.toISOString(),
    attempts,
    nextAt: message.nextAt.getTime() === 0 ? undefined : message.nextAt.toISOString(),
    lastFault: message.lastFault,
    dropGround: message.dropGround,
  }
}

function jsonOf(message: FoundMessage): string {
  return JSON.stringify(factsOf(message))
}

function lineOf(message: FoundMessage): string {
  const { exchangeId, acceptedAt, sender, recipient, attempts } = factsOf(message)
  const state = message.lastFault === undefined ? '' : ` (${message.lastFault})`
  return `${exchangeId}  ${acceptedAt}  ${sender} -> ${recipient}  attempts ${attempts}${state}`
}

function linesOf(message: FoundMessage): string[] {
  return Object.entries(factsOf(message))
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name.padEnd(13)} ${printable(String(value))}`)
}
