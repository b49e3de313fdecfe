import type { AdapterTools } from '../../src/exchange/adapter.js'
import type { DeadlineSignal } from '../../src/exchange/deadline.js'
import type { DeliveryNotice } from '../../src/exchange/message-notice.js'
import type { Publisher } from './publisher.js'

/** Tells a sender what became of its message. */
export function notify(
  notice: DeliveryNotice,
  deadline: DeadlineSignal,
  publisher: Publisher,
  tools: AdapterTools,
): Promise<void> {
  return Promise.reject(
    new TypeError(
      `not here yet ${notice.id} ${deadline.aborted} ${publisher.trouble} ${tools.signsWithRsa}`,
    ),
  )
}
