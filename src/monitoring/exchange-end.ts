import type { RequestStage } from '../exchange/exchange.js'
import type { Fault } from '../exchange/fault.js'
import type { Bus } from '../exchange/ports.js'
import type { BusMetrics } from './metrics.js'
import { describeError, reasonsOf, type SystemLog } from './system-log.js'

/**
 * Counts an ended exchange and says in the system log what an engineer must know: a refusal at
 * `info`, trouble of the bus itself at `error` with its cause. An answered exchange is in the message
 * log and needs no line here but at `debug`.
 */
export function endRecorder(metrics: BusMetrics, log: SystemLog): Bus['ended'] {
  return (reached, outcome) => {
    const seconds = (Date.now() - reached.receivedAt.getTime()) / 1000
    if (outcome === 'answered') {
      metrics.answered(seconds)
      log.debug({ exchangeId: reached.exchangeId, seconds }, 'exchange answered')
      return
    }
    if (outcome === 'accepted') {
      metrics.accepted(seconds)
      log.debug({ exchangeId: reached.exchangeId, seconds }, 'message accepted')
      return
    }
    metrics.refused(outcome.code, seconds)
    const details = {
      exchangeId: reached.exchangeId,
      seconds,
      ...describeRefusal(outcome, reached),
    }
    if (outcome.code === 'INTERNAL_ERROR') {
      log.error({ ...details, cause: describeError(outcome.cause) }, 'exchange refused')
    } else {
      log.info(details, 'exchange refused')
    }
  }
}

// Codes and registered identifiers only: what a stranger sent is not repeated here.
function describeRefusal(fault: Fault, reached: RequestStage): Record<string, unknown> {
  return {
    code: fault.code,
    side: fault.side,
    ...(fault.field !== undefined && { field: fault.field }),
    ...('signer' in reached && { certificate: reached.signer.thumbprint }),
    ...('envelope' in reached && { consumer: reached.envelope.consumer }),
    ...('route' in reached && { service: reached.route.service }),
    ...(fault.cause !== undefined && { cause: reasonsOf(fault.cause) }),
  }
}
