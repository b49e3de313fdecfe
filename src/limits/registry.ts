/** The registry, its declarations, and services as declared there: fixed limits, with their units in their names. */
import { certificateBytesMax } from './certificates.js'

// Services, as declared in the registry.

/** Limits of one service. */
export interface ServiceLimits {
  /** Total time from delivery to the last byte of the answer, milliseconds. */
  readonly timeLimitMs: number
  readonly requestBytesMax: number
  readonly replyBytesMax: number
  /** Exchanges of this version of the service in progress at one time, per worker. */
  readonly concurrentMax: number
}

/** What a service has where its declaration says nothing. */
export const serviceLimitDefaults: ServiceLimits = {
  timeLimitMs: 30_000,
  requestBytesMax: 1_048_576,
  replyBytesMax: 10_485_760,
  concurrentMax: 64,
}

/** No declaration may ask for less. */
export const serviceLimitFloors: ServiceLimits = {
  timeLimitMs: 100,
  requestBytesMax: 1_024,
  replyBytesMax: 1_024,
  concurrentMax: 1,
}

/**
 * No declaration may ask for more. 64 MiB leaves room for the 50 MB payloads the bus must carry; two
 * minutes end before a stopping worker gives up waiting and before the sweep calls a request unresolved.
 */
export const serviceLimitCaps: ServiceLimits = {
  timeLimitMs: 120_000,
  requestBytesMax: 67_108_864,
  replyBytesMax: 67_108_864,
  concurrentMax: 1_024,
}

/** Payload read for a service the registry does not know: enough to log and refuse the request. */
export const unknownServicePayloadBytesMax = 65_536

// Declarations of the registry.

export const declarationBytesMax = 16_777_216
export const declarationProblemsMax = 200
export const certificateFileBytesMax = certificateBytesMax
export const declarationTextCharsMax = 1_000
export const addressCharsMax = 2_000
export const soapActionCharsMax = 500
/** Brackets within brackets; a declaration needs four. */
export const declarationBracketsMax = 16
/** Indentation, dashes and question marks at the start of a line, each of which may nest once. */
export const declarationIndentMax = 100

// Following the registry.

/** How often followers ask for the generation, in case a notification was lost. */
export const registryPollMs = 500
