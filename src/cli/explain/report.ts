import type { Fault } from '../../exchange/fault.js'
import type { Check, CheckName } from './checks.js'

/** All that the command found out. */
export interface Explanation {
  readonly request: string
  readonly at: Date
  readonly captureNotes: readonly string[]
  readonly checks: readonly Check[]
  readonly signatureBase: string | undefined
  readonly firstDifference: string | undefined
  readonly likelyMistake: string | undefined
}

// What helps at this check; where there is nothing here, the fault's own remedy is told.
const advice: Partial<Record<CheckName, string>> = {
  coverage:
    'Add the part to the components in Signature-Input, and its line to the signature base, in the same order.',
  freshness: "Correct your system's clock; for an old capture give its time with --at.",
  certificate: 'Set keyid to the thumbprint of the certificate that belongs to the signing key.',
  verification:
    'Compare the signature base with the one your system signed, byte by byte; --base FILE finds the first difference.',
}

export function firstFault({ checks }: Explanation): { check: Check; fault: Fault } | undefined {
  const check = checks.find(({ outcome }) => outcome === 'wrong')
  const fault = check?.faults[0]
  return check && fault ? { check, fault } : undefined
}

const marks = { ok: 'ok         ', wrong: 'WRONG      ', 'not checked': 'not checked' } as const
const indent = ' '.repeat(13)

export function* textOf(explanation: Explanation): Generator<string> {
  const { request, at, captureNotes, checks, signatureBase: base } = explanation
  yield `Request      ${request}`
  yield `Checked at   ${at.toISOString()}`
  for (const note of captureNotes) yield `Capture      ${note}`
  yield ''
  for (const check of checks) {
    yield `${marks[check.outcome]}  ${check.title}`
    for (const { code, field, detail } of check.faults) {
      yield `${indent}${code}${field === undefined ? '' : ` (${field})`}: ${detail ?? ''}`
    }
    for (const note of check.notes) yield indent + note
  }
  if (base !== undefined) {
    yield ''
    yield `Signature base: ${base.length} bytes, lines end in LF, no line feed after the last one.`
    for (const line of base.split('\n')) yield `  | ${line}`
  }
  yield ''
  yield* verdictOf(explanation)
}

function* verdictOf(explanation: Explanation): Generator<string> {
  const { firstDifference, likelyMistake } = explanation
  if (firstDifference !== undefined) yield firstDifference
  if (likelyMistake !== undefined) yield `Likely mistake: ${likelyMistake}`
  const first = firstFault(explanation)
  if (!first) {
    const open = explanation.checks.filter(({ outcome }) => outcome === 'not checked').length
    yield `NOTHING WRONG FOUND  ${open} of ${explanation.checks.length} checks were not made.`
    yield 'Qərar: yoxlanılanlarda səhv aşkar edilmədi.'
    return
  }
  const { check, fault } = first
  yield `REFUSED  ${fault.code}: ${fault.text.en}.`
  yield `What to do: ${advice[check.name] ?? fault.remedy.en}`
  yield `Qərar: rədd edilir. ${fault.text.az}. ${fault.remedy.az}`
}

export function jsonOf(explanation: Explanation): unknown {
  const { request, at, captureNotes, checks, ...found } = explanation
  const first = firstFault(explanation)
  return {
    accepted: first === undefined,
    request,
    at: at.toISOString(),
    captureNotes,
    ...(first && {
      fault: first.fault.code,
      side: first.fault.side,
      ...(first.fault.field !== undefined && { field: first.fault.field }),
      ...(first.fault.detail !== undefined && { message: first.fault.detail }),
      text: first.fault.text,
      remedy: {
        en: advice[first.check.name] ?? first.fault.remedy.en,
        az: first.fault.remedy.az,
      },
    }),
    checks: checks.map(({ name, title, outcome, faults, notes }) => ({
      name,
      title,
      outcome,
      faults: faults.map(({ code, field, detail }) => ({ code, field, detail })),
      notes,
    })),
    ...found,
  }
}
