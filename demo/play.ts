import type { OpenLog } from '../src/cli/log-show.js'
import type { CallOutcome } from './consumer.js'
import type { Scene } from './scenes.js'

/** What every lane's calls say. */
interface Asked {
  readonly client: string
  readonly service: string
}

/** A consumer's system, of any lane. */
interface Consumer<Call> {
  call(call: Call): Promise<CallOutcome>
}

/**
 * Plays the scenes one after the other and prints each with its outcome, its times and its place in
 * the log; a refusal with its side, its text and its remedy, too.
 * @returns how many did not go as they should
 */
export async function play<Call extends Asked>(
  scenes: readonly Scene<Call>[],
  consumer: Consumer<Call>,
  log: OpenLog,
  say: (text: string) => void,
): Promise<number> {
  let failures = 0
  for (const scene of scenes) {
    const trouble = await playOne(scene, consumer, log, say)
    if (trouble === undefined) continue
    failures += 1
    say(`     WRONG: ${trouble}`)
  }
  return failures
}

async function playOne<Call extends Asked>(
  scene: Scene<Call>,
  consumer: Consumer<Call>,
  log: OpenLog,
  say: (text: string) => void,
): Promise<string | undefined> {
  const outcome = await consumer.call(scene.call)
  const entries = await log.readEntries({ exchangeId: outcome.exchangeId })
  const trouble = troubleOf(scene, outcome, entries.length)
  const last = entries.at(-1)
  const rows = entries.map(({ rowId }) => rowId).join(', ')
  say(`${trouble === undefined ? 'ok  ' : '!!  '} ${scene.title}`)
  say(`     ${scene.call.client} → ${scene.call.service}`)
  say(
    `     ${outcome.status} ${verdictOf(outcome)}   ${timesOf(outcome, last?.fields)}   ` +
      `log row ${rows || 'MISSING'}   entry ${last?.leafHash.toString('hex').slice(0, 16) ?? '–'}…`,
  )
  if (isProblem(outcome.body)) sayProblem(outcome.body, say)
  return trouble
}

function troubleOf(
  scene: Scene<unknown>,
  outcome: CallOutcome,
  entries: number,
): string | undefined {
  const { status, fault } = scene.expected
  if (outcome.status !== status) return `expected status ${status}`
  if (outcome.fault !== fault) return `expected ${fault ?? 'no fault'}`
  if (fault !== undefined && !isProblem(outcome.body)) return 'the refusal does not explain itself'
  // An answered exchange has two entries; one refused at the gate has its refusal.
  const expectedEntries = fault === undefined ? 2 : 1
  if (entries !== expectedEntries) return `${entries} log entries instead of ${expectedEntries}`
  if (scene.deliveredTo && scene.deliveredTo.latestSha256 !== outcome.sentSha256) {
    return 'the provider did not get the bytes that were signed'
  }
  return scene.check?.(outcome.body)
}

function verdictOf({ fault, body }: CallOutcome): string {
  if (fault === undefined) return 'answered'
  return isProblem(body) ? `${fault}, side: ${body.side}` : fault
}

function timesOf(
  { milliseconds }: CallOutcome,
  entry:
    | { readonly deliveredAt?: string | undefined; readonly answeredAt?: string | undefined }
    | undefined,
): string {
  const whole = `${milliseconds.toFixed(1)} ms`
  if (entry?.deliveredAt === undefined || entry.answeredAt === undefined) return whole
  const provider = Date.parse(entry.answeredAt) - Date.parse(entry.deliveredAt)
  return `${whole}, provider ${provider} ms`
}

const languages = ['az', 'en'] as const

type Texts = Readonly<Record<(typeof languages)[number], string>>

/** What of a refusal is for a person: whose turn it is, what is wrong, what to do. */
interface ProblemText {
  readonly side: string
  readonly text: Texts
  readonly remedy: Texts
}

function sayProblem({ text, remedy }: ProblemText, say: (text: string) => void): void {
  for (const language of languages) {
    say(`     ${language}: ${text[language]}. ${remedy[language]}`)
  }
}

function isProblem(body: unknown): body is ProblemText {
  const { side, text, remedy } = (body ?? {}) as Partial<Record<keyof ProblemText, unknown>>
  return typeof side === 'string' && isBilingual(text) && isBilingual(remedy)
}

function isBilingual(texts: unknown): boolean {
  if (typeof texts !== 'object' || texts === null) return false
  return languages.every((language) => language in texts)
}
