/** Limits of the registry, all in one place. */
import type { ServiceLimits } from './service.js'

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

export const declarationBytesMax = 16_777_216
export const declarationProblemsMax = 200
export const certificateFileBytesMax = 65_536
export const textCharsMax = 1_000
export const addressCharsMax = 2_000

/** RSA keys outside are refused: too weak below, too slow to verify above. */
export const rsaBitsMin = 2_048
export const rsaBitsMax = 8_192

export const revocationListBytesMax = 33_554_432
export const revocationListFetchMsMax = 30_000
/** Pause between two rounds of fetching the lists of all authorities. */
export const revocationListRefreshMs = 60_000

/** How often followers ask for the generation, in case a notification was lost. */
export const registryPollMs = 500
/** How old the last confirmation of the snapshot may be before nothing is authorised any more. */
export const registryStaleMsMax = 10_000
