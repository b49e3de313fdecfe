import type { IncomingMessage, ServerResponse } from 'node:http'
import { preferredLanguage } from '../http/preferred-language.js'

/** What the log API answers. */
export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer
}

const refusals = {
  notFound: {
    status: 404,
    az: 'Belə bir şey yoxdur: belə jurnal, ağac bloku və ya nəzarət nöqtəsi dərc edilməyib.',
    en: 'There is nothing here: no such log, tile or checkpoint was published.',
  },
  archived: {
    status: 404,
    az: 'Bu yazılar arxivə köçürülüb; onların heşləri burada qalır.',
    en: 'These entries went to the archive; their hashes stay here.',
  },
  entriesClosed: {
    status: 403,
    az:
      'Yazılar kimin kimdən nə soruşduğunu bildirir, ona görə yalnız auditorun giriş tokeni ilə oxunur ' +
      '(Authorization: Bearer …). Heşlər və nəzarət nöqtələri hər kəsə açıqdır.',
    en:
      'Entries say who asked whom, so they are read with the auditor’s token only ' +
      '(Authorization: Bearer …). Hashes and checkpoints are open to everybody.',
  },
  methodNotAllowed: {
    status: 405,
    az: 'Jurnal burada yalnız oxunur.',
    en: 'The log is only read here.',
  },
  pathTooLong: { status: 414, az: 'Ünvan çox uzundur.', en: 'The address is too long.' },
  bodyTooLong: { status: 413, az: 'Sorğunun gövdəsi çox uzundur.', en: 'The body is too long.' },
  tooMany: {
    status: 429,
    az: 'Bu ünvandan həddindən artıq sorğu gəlir.',
    en: 'Too many requests come from this address.',
  },
  busy: {
    status: 503,
    az: 'Hazırda həddindən artıq sorğu var.',
    en: 'There are too many requests just now.',
  },
  unavailable: {
    status: 503,
    az: 'Jurnal hazırda oxuna bilmir.',
    en: 'The log cannot be read just now.',
  },
  notAsNote: {
    status: 400,
    az: 'Bu, jurnalın imzalı nəzarət nöqtəsi deyil.',
    en: 'This is no signed checkpoint of the log.',
  },
  noWitness: {
    status: 403,
    az: 'Bu nəzarət nöqtəsinin altında tanınan şahidin düzgün imzası yoxdur.',
    en: 'There is no right signature of a known witness below this checkpoint.',
  },
} as const satisfies Record<string, { status: number; az: string; en: string }>

/** Why something is refused. */
export type RefusalName = keyof typeof refusals

const retryAfterSeconds = '1'

/** RFC 9457, in the caller's language. */
export function refusal(name: RefusalName, request: IncomingMessage): Answer {
  const { status, ...texts } = refusals[name]
  const language = preferredLanguage(request.headers['accept-language'])
  const problem = { type: `urn:sluice:log-api:${name}`, title: texts[language], status }
  return {
    status,
    headers: {
      'Content-Type': 'application/problem+json',
      'Content-Language': language,
      'Cache-Control': 'no-store',
      ...(status === 405 && { Allow: 'GET, HEAD' }),
      ...((status === 429 || status === 503) && { 'Retry-After': retryAfterSeconds }),
    },
    body: Buffer.from(JSON.stringify(problem)),
  }
}

/** Writes an answer; to HEAD without its body. */
export function write(request: IncomingMessage, response: ServerResponse, answer: Answer): void {
  if (response.destroyed || response.headersSent) return
  response.statusCode = answer.status
  for (const [name, value] of Object.entries(answer.headers)) response.setHeader(name, value)
  response.setHeader('Content-Length', answer.body.length)
  response.setHeader('X-Content-Type-Options', 'nosniff')
  // Of a body that was not read to its end, nothing may be taken for the next request.
  if (!request.complete) response.setHeader('Connection', 'close')
  response.end(request.method === 'HEAD' ? undefined : answer.body)
}
