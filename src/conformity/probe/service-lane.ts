import type { MessageChecks } from '../../contract/ready-contract.js'
import type { ServiceContract } from '../../contract/load-contract.js'
import type { BilingualText } from '../../exchange/fault.js'
import type { ServiceId } from '../../exchange/identifier.js'
import type { Violation } from '../../violation/violation.js'
import type { ProbeRequest } from '../application.js'
import type { ConformityTools } from '../conformity-tools.js'
import type { DeclaredEndpoint } from '../endpoint.js'
import { probeLimits } from '../limits.js'
import type { ProbeAnswer, ProbeCall } from './endpoint-caller.js'
import type { PinnedAddress } from './pinned-address.js'

/** A test call that is ready to go out. */
export interface MadeCall {
  readonly call: ProbeCall
  /** How the request itself breaks the contract; a good one must not. */
  readonly violations: readonly Violation[]
  /** What is wrong with an answer that should be a good one; undefined where it keeps the contract. */
  readonly badAnswer: (answer: ProbeAnswer) => BilingualText | undefined
  /** What is wrong with an answer that should be a failure; undefined where it is a proper fault. */
  readonly badFault: (answer: ProbeAnswer) => BilingualText | undefined
  /** Whether a text stands in an answer, as it was sent. */
  readonly holdsText: (answer: ProbeAnswer, text: string) => boolean
}

/** How the services of one protocol are called, and their answers judged. */
export interface ServiceLane {
  /** @throws Trouble for a request that cannot be sent */
  make(request: ProbeRequest): MadeCall
}

/** What a lane is made for. */
export interface LaneTerms {
  readonly service: ServiceId
  readonly domain: string
  readonly endpoint: DeclaredEndpoint
  readonly pinned: PinnedAddress
  readonly contract: ServiceContract
  readonly checks: MessageChecks
  readonly tools: Pick<ConformityTools, 'signer' | 'newExchangeId'>
}

/** For what a test call says that it asks. */
export const probePurpose = 'Uyğunluq yoxlaması'

/** What an answer is that nobody can take for a message: a redirect, a page. */
export function noMessage({ status, rawHeaders, payload }: ProbeAnswer): BilingualText | undefined {
  if (status >= 300 && status < 400) {
    return {
      az: `Xidmət başqa ünvana yönləndirir (HTTP ${status}); yönləndirmə izlənilmir`,
      en: `The endpoint redirects (HTTP ${status}), and redirects are not followed`,
    }
  }
  if (!isPage(rawHeaders, payload)) return undefined
  return {
    az: `Cavab veb-səhifədir (HTML, HTTP ${status})`,
    en: `The answer is a web page (HTML, HTTP ${status})`,
  }
}

function isPage(rawHeaders: readonly string[], payload: Uint8Array): boolean {
  if (/^\s*(text\/html|application\/xhtml)/i.test(headerOf(rawHeaders, 'content-type') ?? '')) {
    return true
  }
  const start = Buffer.from(payload.subarray(0, 64)).toString('latin1')
  return /^\s*<(?:!doctype\s+html|html)\b/i.test(start)
}

/** The first field of a name in lower case. */
export function headerOf(rawHeaders: readonly string[], lowerName: string): string | undefined {
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    if (rawHeaders[at]?.toLowerCase() === lowerName) return rawHeaders[at + 1]
  }
  return undefined
}

/** The places at which a message breaks its contract, as one sentence; values are never among them. */
export function violationText(lead: BilingualText, all: readonly Violation[]): BilingualText {
  const told = all.slice(0, probeLimits.toldMax)
  const places = (language: 'az' | 'en'): string =>
    told.map(({ path, text }) => `${shown(path)}: ${text[language]}`).join('; ')
  return { az: `${lead.az}: ${places('az')}`, en: `${lead.en}: ${places('en')}` }
}

function shown(path: string): string {
  const { quotedCharsMax } = probeLimits
  return path.length <= quotedCharsMax ? path : `${path.slice(0, quotedCharsMax).toWellFormed()}…`
}

export const contractBroken: BilingualText = {
  az: 'Cavab xidmətin təsvirinə uyğun deyil',
  en: 'The answer breaks the contract',
}
