import type { BilingualText } from '../exchange/fault.js'

/** The closed list of problems: their status (RFC 9110 §15) and title. */
export const problems = {
  INVALID: { status: 400, az: 'Sorğu düzgün deyil', en: 'The request is not valid' },
  LOGIN_REQUIRED: { status: 401, az: 'Daxil olmaq lazımdır', en: 'A login is required' },
  LOGIN_FAILED: { status: 401, az: 'Daxil olmaq alınmadı', en: 'The login failed' },
  FORBIDDEN: { status: 403, az: 'Buna icazəniz yoxdur', en: 'You may not do this' },
  NOT_FOUND: { status: 404, az: 'Belə bir şey yoxdur', en: 'There is no such thing' },
  TOO_SLOW: {
    status: 408,
    az: 'Sorğu vaxtında tam çatmadı',
    en: 'The request did not arrive in time',
  },
  METHOD_NOT_ALLOWED: {
    status: 405,
    az: 'Bu ünvanda belə əməliyyat yoxdur',
    en: 'This address has no such method',
  },
  CONFLICT: {
    status: 409,
    az: 'Sorğu qeydin hazırkı vəziyyətinə ziddir',
    en: 'The request does not fit the present state',
  },
  KEY_IN_USE: {
    status: 409,
    az: 'Bu Idempotency-Key ilə sorğu artıq gəlib',
    en: 'A request with this Idempotency-Key has come already',
  },
  CHANGED_MEANWHILE: {
    status: 412,
    az: 'Qeyd bu müddətdə dəyişdirilib',
    en: 'The entry was changed meanwhile',
  },
  BODY_TOO_LONG: { status: 413, az: 'Sorğunun gövdəsi çox uzundur', en: 'The body is too long' },
  ADDRESS_TOO_LONG: { status: 414, az: 'Ünvan çox uzundur', en: 'The address is too long' },
  MEDIA_TYPE: {
    status: 415,
    az: 'Gövdənin növü uyğun deyil',
    en: 'The body has another media type than this takes',
  },
  UNPROCESSABLE: {
    status: 422,
    az: 'Sorğu yerinə yetirilə bilməz',
    en: 'The request cannot be carried out',
  },
  KEY_REUSED: {
    status: 422,
    az: 'Bu Idempotency-Key başqa sorğu üçün işlədilib',
    en: 'This Idempotency-Key was used for another request',
  },
  REVISION_REQUIRED: {
    status: 428,
    az: 'Dəyişilən qeydin reviziyası göstərilməlidir (If-Match)',
    en: 'Say which revision is changed (If-Match)',
  },
  TOO_MANY: { status: 429, az: 'Həddindən artıq sorğu gəlir', en: 'There are too many requests' },
  HEADERS_TOO_LONG: {
    status: 431,
    az: 'Sorğunun başlıqları çox uzundur',
    en: 'The headers are too long',
  },
  INTERNAL: { status: 500, az: 'Daxili xəta', en: 'Internal error' },
  UNAVAILABLE: { status: 503, az: 'Hazırda mümkün deyil', en: 'Not possible just now' },
} as const satisfies Record<string, { status: number; az: string; en: string }>

export type ProblemCode = keyof typeof problems

/** One place at which a request is wrong. */
export interface ProblemPlace {
  /** JSON Pointer (RFC 6901) into the body, or the name of a parameter or header. */
  readonly pointer: string
  readonly detail: string | BilingualText
  /** Of what stands in the way of a registration: its name, who takes it away, and how. */
  readonly obstacle?: string | undefined
  readonly side?: string | undefined
  readonly remedy?: BilingualText | undefined
}

export interface ProblemDetails {
  /** Both languages where there are both; the caller's is sent. */
  readonly detail?: string | BilingualText | undefined
  readonly errors?: readonly ProblemPlace[] | undefined
  readonly cause?: unknown
}

/** What an administrator is refused by, or fails of: everything here is shown to them, but for the cause. */
export class Problem extends Error {
  override readonly name = 'Problem'
  readonly code: ProblemCode
  readonly detail: string | BilingualText | undefined
  readonly errors: readonly ProblemPlace[]

  constructor(code: ProblemCode, { detail, errors = [], cause }: ProblemDetails = {}) {
    super(problems[code].en, cause === undefined ? {} : { cause })
    this.code = code
    this.detail = detail
    this.errors = errors
  }
}

/** What cannot be carried out, for one reason at one place. */
export function unprocessable(pointer: string, detail: BilingualText): Problem {
  return new Problem('UNPROCESSABLE', { detail, errors: [{ pointer, detail }] })
}

/** A problem as it is sent (RFC 9457 §3), with the title in both languages. */
export interface ProblemJson {
  readonly type: string
  readonly title: string
  readonly titleAz: string
  readonly status: number
  readonly detail?: string
  readonly instance?: string
  readonly errors?: readonly {
    readonly pointer: string
    readonly detail: string
    readonly obstacle?: string | undefined
    readonly side?: string | undefined
    readonly remedy?: string
  }[]
}

/**
 * @param language - of `detail`, where there is a choice
 * @param instance - by which the system log knows it
 */
export function problemJson(
  problem: Problem,
  language: 'az' | 'en',
  instance?: string,
): ProblemJson {
  const { status, az, en } = problems[problem.code]
  const { detail, errors } = problem
  return {
    type: `urn:sluice:problem:${problem.code}`,
    title: en,
    titleAz: az,
    status,
    ...(detail !== undefined && { detail: inLanguage(detail, language) }),
    ...(instance !== undefined && { instance }),
    ...(errors.length > 0 && {
      errors: errors.map(({ pointer, detail: said, obstacle, side, remedy }) => ({
        pointer,
        detail: inLanguage(said, language),
        ...(obstacle !== undefined && { obstacle, side }),
        ...(remedy && { remedy: remedy[language] }),
      })),
    }),
  }
}

function inLanguage(text: string | BilingualText, language: 'az' | 'en'): string {
  return typeof text === 'string' ? text : text[language]
}
