import type { BilingualText, Fault } from '../../exchange/fault.js'
import { registryChecks, type Check, type CheckName } from './checks.js'
import type { Missing } from './missing.js'

/** All that the command found out. */
export interface Explanation {
  readonly request: string
  readonly at: Date
  readonly captureNotes: readonly string[]
  readonly checks: readonly Check[]
  /** Options that would let further checks be made. */
  readonly missing: readonly Missing[]
  readonly signatureBase: string | undefined
  readonly firstDifference: string | undefined
  readonly likelyMistake: string | undefined
}

/** `incomplete`: nothing is wrong so far, and not every check could be made. */
export type Verdict = 'accepted' | 'refused' | 'incomplete'

export function verdictOf({ checks }: Explanation): Verdict {
  if (checks.some(({ outcome }) => outcome === 'wrong')) return 'refused'
  return uncheckedOf(checks).length > 0 ? 'incomplete' : 'accepted'
}

function uncheckedOf(checks: readonly Check[]): Check[] {
  return checks.filter(
    ({ name, outcome }) => outcome === 'not checked' && !registryChecks.has(name),
  )
}

// What helps at this check; where there is nothing here, the fault's own remedy is told.
const adviceByCheck: Partial<Record<CheckName, BilingualText>> = {
  coverage: {
    en: 'Add the part to the components in Signature-Input, and its line to the signature base, in the same order.',
    az: 'Həmin hissəni Signature-Input başlığındakı komponentlərə, sətrini isə eyni ardıcıllıqla imza bazasına əlavə edin.',
  },
  freshness: {
    en: "Correct your system's clock; for an old capture give its time with --at.",
    az: 'Sisteminizin saatını dəqiqləşdirin; köhnə sorğu yoxlanılırsa, onun vaxtını --at ilə göstərin.',
  },
  certificate: {
    en: 'Set keyid to the thumbprint of the certificate that belongs to the signing key.',
    az: 'keyid parametrində imzalayan açara məxsus sertifikatın barmaq izini göstərin.',
  },
  verification: {
    en: 'Compare the signature base with the one your system signed, byte by byte; --base FILE finds the first difference.',
    az: 'İmza bazasını sisteminizin imzaladığı baza ilə bayt-bayt müqayisə edin; ilk fərqi --base FAYL göstərir.',
  },
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
  return { fault, remedy: check.advice ?? adviceByCheck[check.name] ?? fault.remedy }
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
      const named = field === undefined ? code : `${code} (${field})`
      yield indent + (detail === undefined ? named : `${named}: ${detail}`)
    }
    for (const note of check.notes) yield indent + note
  }
  if (base !== undefined) {
    yield ''
    yield `Signature base: ${base.length} bytes, lines end in LF, no line feed after the last one.`
    for (const line of base.split('\n')) yield `  | ${line}`
  }
  yield ''
  yield* conclusionOf(explanation)
}

function* conclusionOf(explanation: Explanation): Generator<string> {
  const { firstDifference, likelyMistake, checks, missing } = explanation
  if (firstDifference !== undefined) yield firstDifference
  if (likelyMistake !== undefined) yield `Likely mistake: ${likelyMistake}`
  const refusal = refusalOf(explanation)
  if (refusal) {
    const { fault, remedy } = refusal
    yield `REFUSED  ${fault.code}: ${fault.text.en}.`
    yield `What to do: ${remedy.en}`
    yield `Qərar: rədd edilir. ${fault.text.az}. ${remedy.az}`
    return
  }
  const unchecked = uncheckedOf(checks).map(({ name }) => name)
  if (unchecked.length > 0) {
    yield `INCOMPLETE  Nothing is wrong so far; ${unchecked.length} checks are still to be made: ${unchecked.join(', ')}.`
    for (const { text } of missing) yield `What to do: ${text.en}`
    yield `Qərar: hələ yoxdur, yoxlama tamamlanmayıb. ${missing.map(({ text }) => text.az).join(' ')}`
    return
  }
  yield 'ACCEPTED  Whether the sender may call the service, the registry says.'
  yield 'Qərar: sorğu qəbul edilir. Göndərənin bu xidmətə giriş icazəsi reyestr üzrə yoxlanılır.'
}

export function jsonOf(explanation: Explanation): unknown {
  const { request, at, captureNotes, checks, missing, ...found } = explanation
  const verdict = verdictOf(explanation)
  const refusal = refusalOf(explanation)
  return {
    verdict,
    accepted: verdict === 'accepted',
    request,
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
    ...found,
  }
}
