import type { BilingualText, Fault } from '../../exchange/fault.js'
import type { Check } from './checks.js'

/** An option without which not every check can be made, and what it is for. */
export interface Missing {
  readonly option: '--cert' | '--trust' | '--request' | 'FILE'
  readonly text: BilingualText
}

/** All that the command found out. */
export interface Explanation {
  readonly kind: 'request' | 'reply'
  /** What was captured, in a line. */
  readonly subject: string
  readonly at: Date
  readonly captureNotes: readonly string[]
  readonly checks: readonly Check[]
  /** Options that would let further checks be made. */
  readonly missing: readonly Missing[]
  /** What only one lane knows, by the keys of the JSON object. */
  readonly facts: Readonly<Record<string, unknown>>
  /** The same in lines, below the checks. */
  readonly details: readonly string[]
  /** Sentences before the verdict. */
  readonly hints: readonly string[]
  /** What "accepted" means here, a sentence. */
  readonly accepted: BilingualText
}

/** `incomplete`: nothing is wrong so far, and not every check could be made. */
export type Verdict = 'accepted' | 'refused' | 'incomplete'

export function verdictOf({ checks }: Explanation): Verdict {
  if (checks.some(({ outcome }) => outcome === 'wrong')) return 'refused'
  return uncheckedOf(checks).length > 0 ? 'incomplete' : 'accepted'
}

function uncheckedOf(checks: readonly Check[]): Check[] {
  return checks.filter(({ byRegistry, outcome }) => outcome === 'not checked' && !byRegistry)
}

interface Refusal {
  readonly fault: Fault
  readonly remedy: BilingualText
}

/** The bus ends at the first fault, so that one is told. */
function refusalOf({ checks }: Explanation): Refusal | undefined {
  const check = checks.find(({ outcome }) => outcome === 'wrong')
  const fault = check?.faults[0]
  if (!check || !fault) return undefined
  return { fault, remedy: check.advice ?? fault.remedy }
}

const marks = { ok: 'ok         ', wrong: 'WRONG      ', 'not checked': 'not checked' } as const
const indent = ' '.repeat(13)
const names = { request: 'Request     ', reply: 'Reply       ' } as const

export function* textOf(explanation: Explanation): Generator<string> {
  const { kind, subject, at, captureNotes, checks, details } = explanation
  yield `${names[kind]} ${subject}`
  yield `Checked at   ${at.toISOString()}`
  for (const note of captureNotes) yield `Capture      ${note}`
  yield ''
  for (const check of checks) {
    yield `${marks[check.outcome]}  ${check.title}`
    for (const { code, field, detail } of check.faults) {
      const named = field === undefined ? code : `${code} (${field})`
      yield indent + (detail === undefined ? named : `${named}: ${detail}`)
    }
    for (const note of check.notes) yield indent + note
  }
  if (details.length > 0) yield ''
  yield* details
  yield ''
  yield* conclusionOf(explanation)
}

function* conclusionOf(explanation: Explanation): Generator<string> {
  const { hints, checks, missing, accepted } = explanation
  yield* hints
  const refusal = refusalOf(explanation)
  if (refusal) {
    const { fault, remedy } = refusal
    yield `REFUSED  ${fault.code}: ${fault.text.en}. Side: ${fault.side}.`
    yield `What to do: ${remedy.en}`
    yield `Qərar: rədd edilir. ${fault.text.az}. ${remedy.az}`
    return
  }
  const unchecked = uncheckedOf(checks).map(({ name }) => name)
  if (unchecked.length > 0) {
    yield `INCOMPLETE  Nothing is wrong so far; still to be checked: ${unchecked.join(', ')}.`
    for (const { text } of missing) yield `What to do: ${text.en}`
    yield `Qərar: hələ yoxdur, yoxlama tamamlanmayıb. ${missing.map(({ text }) => text.az).join(' ')}`
    return
  }
  yield `ACCEPTED  ${accepted.en}`
  yield `Qərar: ${accepted.az}`
}

export function jsonOf(explanation: Explanation): unknown {
  const { kind, subject, at, captureNotes, checks, missing, facts } = explanation
  const verdict = verdictOf(explanation)
  const refusal = refusalOf(explanation)
  return {
    verdict,
    accepted: verdict === 'accepted',
    [kind]: subject,
    at: at.toISOString(),
    captureNotes,
    ...(refusal && {
      fault: refusal.fault.code,
      side: refusal.fault.side,
      ...(refusal.fault.field !== undefined && { field: refusal.fault.field }),
      ...(refusal.fault.detail !== undefined && { message: refusal.fault.detail }),
      text: refusal.fault.text,
      remedy: refusal.remedy,
    }),
    missing,
    checks: checks.map(({ name, title, outcome, faults, notes }) => ({
      name,
      title,
      outcome,
      faults: faults.map(({ code, field, detail }) => ({ code, field, detail })),
      notes,
    })),
    ...facts,
  }
}
