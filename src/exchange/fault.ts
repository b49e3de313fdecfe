import { faultTexts } from './fault-text.js'

/** The closed list: every refusal of the bus carries one of these codes. */
export type FaultCode = keyof typeof faultTexts

/** Who has to act on a fault. */
export type FaultSide = 'consumer' | 'bus' | 'provider'

/** A text in both languages of the bus. */
export interface BilingualText {
  readonly az: string
  readonly en: string
}

/** One place at which a message breaks its contract: the path to it and what is wrong; neither quotes a value. */
export interface FaultPlace {
  readonly path: string
  readonly text: BilingualText
}

export interface FaultDetails {
  /** Overrides the side that the code has by default, e.g. for a provider's broken signature. */
  readonly side?: FaultSide
  /** The field, header or part that is wrong; public, so it never quotes a value. */
  readonly field?: string
  /** Planned end of a maintenance window; of THROTTLED, when a quota begins anew. */
  readonly until?: Date
  /** One public English sentence for the caller's engineer; never quotes what others sent. */
  readonly detail?: string
  /** Where a message breaks its contract; `field` is the first of them. */
  readonly places?: readonly FaultPlace[]
  /**
   * Of DUPLICATE_MESSAGE: the exchange that the very same message, signature and all, began before. Public to its
   * sender only.
   */
  readonly repeatOf?: string
  /** What really happened. For the system log only; never rendered. */
  readonly cause?: unknown
}

/**
 * The bus's refusal. Public text comes from the closed list; the cause stays inside.
 * Adapters render it in the consumer's protocol, each in its `fault.ts`.
 */
export class Fault extends Error {
  override readonly name = 'Fault'
  readonly code: FaultCode
  readonly side: FaultSide
  readonly field: string | undefined
  readonly until: Date | undefined
  readonly detail: string | undefined
  readonly places: readonly FaultPlace[]
  readonly repeatOf: string | undefined

  constructor(code: FaultCode, details: FaultDetails = {}) {
    super(details.detail ? `${code}: ${details.detail}` : code, { cause: details.cause })
    this.code = code
    this.side = details.side ?? faultTexts[code].side
    this.field = details.field
    this.until = details.until
    this.detail = details.detail
    this.places = details.places ?? []
    this.repeatOf = details.repeatOf
  }

  /** What is wrong, in both languages, with its place filled in. */
  get text(): BilingualText {
    const { az, en } = this.side === 'consumer' ? faultTexts[this.code] : this.#textOfAnswer
    return { az: this.#fill(az), en: this.#fill(en) }
  }

  /** What to do about it, in both languages. */
  get remedy(): BilingualText {
    const own = faultTexts[this.code]
    if (this.side === own.side) return { az: own.remedyAz, en: own.remedyEn }
    // Whoever is overloaded, waiting is all that the consumer can do.
    if (this.code === 'THROTTLED') return tryLater
    return remedyBySide[this.side] ?? { az: own.remedyAz, en: own.remedyEn }
  }

  // Where not the request but an answer is at fault, the text must not speak of the request.
  get #textOfAnswer(): BilingualText {
    return textsOfAnswers[this.code] ?? faultTexts[this.code]
  }

  #fill(text: string): string {
    return text
      .replace('{field}', () => this.field ?? '–')
      .replace('{time}', () => (this.until ? formatTime(this.until) : '–'))
  }
}

/** Any error becomes a fault; what is not one of ours is mute outside. */
export function toFault(error: unknown): Fault {
  return error instanceof Fault ? error : new Fault('INTERNAL_ERROR', { cause: error })
}

const textsOfAnswers: Partial<Record<FaultCode, BilingualText>> = {
  SIGNATURE_MISSING: { az: 'Cavab imzalanmayıb', en: 'Answer not signed' },
  CLOCK_SKEW: {
    az: 'Cavabın vaxtı yol verilən həddən artıq fərqlənir',
    en: "The answer's time differs too much from the bus's clock",
  },
}

const tryLater: BilingualText = { az: 'Bir qədər sonra yenidən cəhd edin.', en: 'Try again later.' }

// A fault that lies with another side than its code's usual one needs that side's remedy.
const remedyBySide: Partial<Record<FaultSide, BilingualText>> = {
  provider: {
    az: 'Xidmət təchizatçısının sistemindəki nasazlıq aradan qaldırılmalıdır. Mübadilənin identifikatorunu təchizatçıya bildirin.',
    en: "The provider's system has to be repaired. Tell the provider the exchange id.",
  },
  bus: {
    az: 'Mübadilənin identifikatorunu operatora bildirin.',
    en: 'Tell the operator the exchange id.',
  },
}

/** 05.02.2013 14:30 UTC: the date form of the bus's users, with the zone said. */
function formatTime(time: Date): string {
  const two = (n: number): string => String(n).padStart(2, '0')
  const date = `${two(time.getUTCDate())}.${two(time.getUTCMonth() + 1)}.${time.getUTCFullYear()}`
  return `${date} ${two(time.getUTCHours())}:${two(time.getUTCMinutes())} UTC`
}
