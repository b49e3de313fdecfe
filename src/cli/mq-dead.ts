import type { Act } from '../audit-log/act.js'
import { LetterError, type HeldLetter, type LetterBox } from '../letters/letter-box.js'
import { letterLimits } from '../limits/queues.js'
import { printable } from '../printable.js'
import { authorOf } from './author.js'
import type { OctetCommandIo } from './c14n.js'
import { parsedOptions, withUsage, wrongUse } from './command-usage.js'
import { letterFacts, letterLine, letterLines } from './letter-text.js'
import type { OpenLetters, OpenLettersFor } from './open-letters.js'

const usage = `Usage: sluice mq dead list [--unroutable] [--json]
       sluice mq dead show LETTER_ID [--unroutable] [--json]
       sluice mq dead show LETTER_ID --body --reason TEXT [--unroutable] [--actor NAME]
       sluice mq dead requeue LETTER_ID [--unroutable]
       sluice mq dead drop LETTER_ID --ground TEXT [--unroutable] [--actor NAME]

Shows messages that were put aside at the broker, the oldest first: why, out of which queue, and of which
exchange. With --unroutable those that came to no queue, that nobody can read or believe; else the dead
letters. What is in one is shown with --body only, for a reason, as it came. requeue publishes one again
where it was published; it is judged then as any other, so that one whose signature has grown old is
refused; a message whose sender was told that it did not arrive (IMTINA) does not go back. drop takes one away. Opening and dropping are acts in the audit log.

While one command looks, another sees fewer of them; nothing is lost by that.

Exit code: 0 done, 1 not reachable, or no such letter, 2 wrong use.`

const options = {
  unroutable: { type: 'boolean', default: false },
  body: { type: 'boolean', default: false },
  reason: { type: 'string' },
  ground: { type: 'string' },
  actor: { type: 'string' },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
} as const

/** What the command reaches. */
export interface LetterPlaces {
  readonly open: OpenLettersFor
  /** Resolves once the act is durable. */
  readonly record: (act: Act) => Promise<void>
}

type Given = ReturnType<typeof given>
type Work = (box: LetterBox, io: OctetCommandIo, places: LetterPlaces) => Promise<number>

/**
 * `sluice mq dead …`.
 * @param args - what follows `mq dead`
 * @returns exit code: 0 done, 1 not reachable or no such letter, 2 wrong use
 */
export function mqDead(
  args: readonly string[],
  io: OctetCommandIo,
  places: LetterPlaces,
): Promise<number> {
  return withUsage(io, usage, async () => {
    const [word = '', ...rest] = args
    if (word === '--help' || word === '-h') return 'help'
    const prepare = acts[word]
    if (!prepare) throw wrongUse('Say list, show, requeue or drop.', usage)
    const asked = given(rest)
    if (asked.values.help) return 'help'
    const work = prepare(asked)
    const which = asked.values.unroutable ? 'unroutable' : 'dead'
    return withLetters(
      io,
      () => places.open(which),
      (box) => work(box, io, places),
    )
  })
}

function given(args: readonly string[]) {
  return parsedOptions(args, { options, allowPositionals: true }, usage)
}

const acts: Readonly<Record<string, ((asked: Given) => Work) | undefined>> = {
  list,
  show,
  requeue,
  drop,
}

function list({ values: { json } }: Given): Work {
  return async (box, io) => {
    const letters = await box.list(letterLimits.shownMax)
    for (const letter of letters) {
      io.out(json ? JSON.stringify(letterFacts(letter)) : letterLine(letter, new Date()))
    }
    if (json) return 0
    if (letters.length === 0) io.out('There is no letter.')
    if (letters.length === letterLimits.shownMax) {
      io.out(`These are the first ${letterLimits.shownMax}.`)
    }
    return 0
  }
}

function show(asked: Given): Work {
  const id = letterIdOf(asked)
  const { json, body, reason, actor } = asked.values
  if (!body) {
    return withLetter(id, ({ letter }, io) => {
      if (json) io.out(JSON.stringify(letterFacts(letter)))
      else for (const line of letterLines(letter, new Date())) io.out(line)
      return 0
    })
  }
  if (!reason?.trim()) throw wrongUse('Say why the body is opened, with --reason.', usage)
  return withLetter(id, async ({ letter, message }, io, { record }) => {
    const author = authorOf({ actor, reason })
    await record({ ...author, kind: 'letter.open', subject: subjectOf(letter) })
    io.write(message.content)
    return 0
  })
}

function requeue(asked: Given): Work {
  const id = letterIdOf(asked)
  return async (box, io) => {
    const held = await box.find(id)
    if (!held) return noSuch(io)
    const { exchange, from } = held.letter
    try {
      await box.giveBack(held)
    } catch (error) {
      if (!(error instanceof LetterError)) throw error
      io.err(`It cannot go back: ${error.message}.`)
      return 1
    }
    io.out(
      `${id} is published again${exchange === '' ? '' : ` to ${printable(exchange)}`}, for ${printable(from)}.`,
    )
    return 0
  }
}

function drop(asked: Given): Work {
  const id = letterIdOf(asked)
  const { ground, actor } = asked.values
  if (!ground?.trim()) throw wrongUse('Say why, with --ground.', usage)
  return async (box, io, { record }) => {
    const held = await box.find(id)
    if (!held) return noSuch(io)
    const author = authorOf({ actor, reason: ground })
    // First: a letter that is gone without an act would be answered for by nobody.
    await record({ ...author, kind: 'letter.drop', subject: subjectOf(held.letter) })
    box.drop(held)
    io.out(`${id} is dropped: ${printable(ground)}`)
    return 0
  }
}

function withLetter(
  id: string,
  work: (held: HeldLetter, io: OctetCommandIo, places: LetterPlaces) => number | Promise<number>,
): Work {
  return async (box, io, places) => {
    const held = await box.find(id)
    return held ? work(held, io, places) : noSuch(io)
  }
}

function subjectOf({ id, exchangeId, from }: HeldLetter['letter']): string {
  return exchangeId === undefined
    ? `letter ${id} from ${from}`
    : `letter ${id} of exchange ${exchangeId}`
}

/** @throws UsageError */
function letterIdOf({ positionals }: Given): string {
  const [id = '', ...others] = positionals
  if (!/^[0-9a-f-]{32,36}$/i.test(id) || others.length > 0) {
    throw wrongUse('Give one LETTER_ID, as list has it.', usage)
  }
  return id.toLowerCase()
}

function noSuch(io: OctetCommandIo): number {
  io.err('There is no such letter here; another command may be looking at it.')
  return 1
}

async function withLetters(
  io: OctetCommandIo,
  open: () => Promise<OpenLetters>,
  work: (box: LetterBox) => Promise<number>,
): Promise<number> {
  let letters: OpenLetters | undefined
  try {
    letters = await open()
    return await work(letters.box)
  } catch (error) {
    io.err(`It could not be done: ${error instanceof Error ? error.message : String(error)}`)
    return 1
  } finally {
    await letters?.close()
  }
}
